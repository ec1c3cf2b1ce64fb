package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import java.util.Locale;

/** What is in a file that the rows app reads, by the end of its name, in either case. */
enum FileFormat {
    CSV,
    TSV,
    JSON_LINES,
    PARQUET;

    /** Which one a file's name says. */
    static FileFormat of(String name) {
        String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (end) {
            case "csv" -> CSV;
            case "tsv" -> TSV;
            case "jsonl", "json" -> JSON_LINES;
            case "parquet" -> PARQUET;
            default ->
                throw new KeywharfException(
                        "batch.unknown_format",
                        name,
                        "The app '" + TenantProfile.ROWS_APP
                                + "' reads files that end in .csv, .tsv, .jsonl, .json or .parquet; send one of those, or choose"
                                + " another app in the profile");
        };
    }

    /** Whether fields are text without types of their own. */
    boolean isDelimited() {
        return this == CSV || this == TSV;
    }

    @Override
    public String toString() {
        return switch (this) {
            case CSV -> "CSV";
            case TSV -> "CSV with tabs";
            case JSON_LINES -> "JSON lines";
            case PARQUET -> "Parquet";
        };
    }
}
