package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;

/** How a file of a flow is read. */
enum FlowFormat {
    PARQUET,
    CSV,
    JSON_LINES,
    /** There is nothing in it. */
    EMPTY;

    /**
     * By its content, and where that says only that it is text, by what the flow declares.
     *
     * @throws KeywharfException with code {@code aws.bad_file} when it is none that a flow writes
     */
    static FlowFormat of(FileKind kind, FlowFileType declared, String name) {
        return switch (kind) {
            case PARQUET -> PARQUET;
            case JSON_LINES -> JSON_LINES;
            case EMPTY -> EMPTY;
            case TEXT -> {
                if (declared == FlowFileType.JSON || declared == FlowFileType.PARQUET) {
                    throw bad(kind, declared, name);
                }
                yield CSV;
            }
            default -> throw bad(kind, declared, name);
        };
    }

    private static KeywharfException bad(FileKind kind, FlowFileType declared, String name) {
        return new KeywharfException(
                "aws.bad_file",
                name,
                "It is " + kind + ", not a file that a flow writes as " + declared
                        + "; remove it from the folder of the run, or run the flow again");
    }

    /** All columns of a file, whose rows are then read from its beginning. CSV and JSON have text alone. */
    Rows open(PinnedObject file, RejectListener rejects) {
        return switch (this) {
            case PARQUET -> Parquet.reader(file::open).rows();
            case CSV -> Csv.reader(file.key(), file::stream).rejects(rejects).rows();
            case JSON_LINES ->
                JsonLines.reader(file.key(), file::stream)
                        .allKeys()
                        .rejects(rejects)
                        .rows();
            case EMPTY -> Rows.empty(Schema.of());
        };
    }
}
