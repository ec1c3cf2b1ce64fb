package io.github.keywharf.aws;

/** How {@link AWSManager#ensureSparkFormat} works. */
public enum SparkFormatOption {
    /** Only says what it would do. */
    DRY_RUN,
    /**
     * CSV with a header and JSON lines become Parquet with columns of text; the columns of JSON are the keys of all lines. A
     * file with a row that cannot be read stays as it is.
     */
    CONVERT
}
