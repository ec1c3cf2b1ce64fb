package io.github.keywharf.aws;

/** The format of the files that a flow writes. */
public enum FlowFileType {
    /** CSV with a header. */
    CSV,
    /** JSON, an object a line. */
    JSON,
    /** Parquet. */
    PARQUET,
    /** The flow does not say, or says what this version does not know. */
    UNKNOWN
}
