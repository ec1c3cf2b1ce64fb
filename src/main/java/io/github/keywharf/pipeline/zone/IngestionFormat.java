package io.github.keywharf.pipeline.zone;

/** The format of the files in the ingestion zone. The processed zone is always Parquet. */
public enum IngestionFormat {
    /** Typed, compressed, columnar. */
    PARQUET("parquet"),
    /** Text, for people and older tools; the manifest beside it keeps the types. */
    CSV("csv");

    private final String extension;

    IngestionFormat(String extension) {
        this.extension = extension;
    }

    /** What keys end with, without the dot. */
    public String extension() {
        return extension;
    }
}
