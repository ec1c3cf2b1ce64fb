package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.CsvReader;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.format.JsonLinesReader;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetReader;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of a tenant's file. Where the file is on the platform stays out of messages, which the tenant reads. */
final class FileRows implements RowsSource {

    private final Path path;
    private final String name;
    private final FileFormat format;
    private final Optional<Schema> declared;
    private final TextValues values;

    private FileRows(Path path, String name, FileFormat format, RowsPlan plan) {
        this.path = path;
        this.name = name;
        this.format = format;
        declared = plan.schema();
        values = plan.values();
    }

    static FileRows of(IngestJob job, RowsPlan plan) {
        String name = job.file().name();
        return new FileRows(job.path(), name, FileFormat.of(name), plan);
    }

    /** The file as its tenant calls it. */
    String name() {
        return name;
    }

    FileFormat format() {
        return format;
    }

    /**
     * The columns to read: as the profile declares them, or else those of the file; of Parquet with the types that they have
     * there.
     */
    Schema schema() {
        if (declared.isPresent() && (format != FileFormat.PARQUET || !Files.exists(path))) {
            return declared.get();
        }
        if (!Files.exists(path)) {
            throw new KeywharfException(
                    "batch.content_gone",
                    name,
                    "The file was removed, and the profile does not say what its columns are; declare the schema in the"
                            + " profile");
        }
        try (Rows rows = rows(rejected -> {})) {
            return rows.schema();
        }
    }

    /** Gives columns of a Parquet file the types that the profile declares; text is read so from the beginning. */
    @Override
    public RowStep fit() {
        List<RowStep> steps = new ArrayList<>();
        if (format == FileFormat.PARQUET && declared.isPresent()) {
            Schema there = schema();
            for (Column column : declared.get()) {
                Column found = there.column(column.name());
                if (!found.type().equals(column.type())) {
                    steps.add(values.retype(column.name(), column.type()));
                }
                if (found.nullable() && !column.nullable()) {
                    steps.add(RowStep.require(List.of(column.name())));
                }
            }
        }
        return RowStep.all(steps);
    }

    @Override
    public Rows rows(RejectListener rejects) {
        FileContent.check(path, name, format);
        return switch (format) {
            case CSV, TSV -> {
                CsvReader reader = csv().values(values).rejects(rejects);
                declared.ifPresent(reader::schema);
                yield reader.rows();
            }
            case JSON_LINES -> {
                JsonLinesReader reader =
                        JsonLines.reader(name, this::stream).values(values).rejects(rejects);
                declared.ifPresent(reader::schema);
                yield reader.rows();
            }
            case PARQUET -> parquet();
        };
    }

    @Override
    public Rows unread() {
        return switch (format) {
            case CSV, TSV -> {
                CsvReader reader = csv().values(values).rejects(rejected -> {});
                declared.ifPresent(schema -> reader.schema(typed(schema, ColumnType.STRING)));
                yield reader.rows();
            }
            case JSON_LINES ->
                JsonLines.reader(name, this::stream)
                        .schema(typed(schema(), ColumnType.JSON))
                        .rejects(rejected -> {})
                        .rows();
            case PARQUET -> parquet();
        };
    }

    /** These columns, all nullable and of one type. */
    static Schema typed(Schema schema, ColumnType type) {
        return Schema.of(schema.columns().stream()
                .map(column -> Column.nullable(column.name(), type))
                .toList());
    }

    private CsvReader csv() {
        return Csv.reader(name, this::stream).separator(format == FileFormat.TSV ? '\t' : ',');
    }

    private InputStream stream() {
        try {
            return Files.newInputStream(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Rows parquet() {
        ParquetReader reader = Parquet.reader(path, name);
        declared.ifPresent(schema -> reader.columns(schema.names()));
        try {
            return reader.rows();
        } catch (IllegalArgumentException e) {
            throw new KeywharfException(
                    "table.schema_mismatch",
                    name,
                    e.getMessage() + "; correct the file, or the schema in the profile",
                    e);
        }
    }

    /** An error that names the file as the tenant knows it. */
    KeywharfException named(KeywharfException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains(path.toString())
                ? e.about(
                        e.subject().replace(path.toString(), name),
                        message.substring(message.indexOf("] ") + 2).replace(path.toString(), name))
                : e;
    }
}
