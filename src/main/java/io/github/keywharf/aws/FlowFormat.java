package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetReader;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** How a file of a flow is read. CSV and JSON lines have text alone. */
enum FlowFormat {
    PARQUET,
    CSV,
    JSON_LINES,
    /** There is nothing in it. */
    EMPTY;

    static final String BAD_FILE = "aws.bad_file";

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
                BAD_FILE,
                name,
                "It is " + kind + (declared == FlowFileType.UNKNOWN ? "" : ", and the flow writes " + declared)
                        + "; remove it from the folder of the run, or run the flow again");
    }

    /** The columns of a file. For JSON lines the whole file is read, as each line may bring keys. */
    Schema schema(PinnedObject file) {
        return switch (this) {
            case PARQUET -> Parquet.reader(file::open).schema();
            case CSV -> {
                try (Rows rows = Csv.reader(file.key(), file::stream).rows()) {
                    yield rows.schema();
                }
            }
            case JSON_LINES -> {
                try (Rows rows =
                        JsonLines.reader(file.key(), file::stream).allKeys().rows()) {
                    yield rows.schema();
                }
            }
            case EMPTY -> Schema.of();
        };
    }

    /**
     * The rows of a file.
     *
     * @param columns those to read, of the file's own
     * @param rejects takes rows of text that cannot be read
     */
    Rows open(PinnedObject file, Schema columns, @Nullable Executor executor, RejectListener rejects) {
        return switch (this) {
            case PARQUET -> {
                ParquetReader reader = Parquet.reader(file::open).columns(columns.names());
                yield (executor == null ? reader : reader.executor(executor)).rows();
            }
            case CSV ->
                Csv.reader(file.key(), file::stream)
                        .schema(columns)
                        .rejects(rejects)
                        .rows();
            case JSON_LINES ->
                JsonLines.reader(file.key(), file::stream)
                        .schema(columns)
                        .rejects(rejects)
                        .rows();
            case EMPTY -> Rows.empty(columns);
        };
    }
}
