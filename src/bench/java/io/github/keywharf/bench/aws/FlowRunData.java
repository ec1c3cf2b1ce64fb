package io.github.keywharf.bench.aws;

import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The run: accounts with numbers, dates, names from lists, and texts that are all different; a hundred bytes a row. */
final class FlowRunData {
    static final Schema SCHEMA = Schema.of(
            Column.required("id", ColumnType.INT64),
            Column.required("amount", ColumnType.FLOAT64),
            Column.nullable("city", ColumnType.STRING),
            Column.required("owner", ColumnType.INT32),
            Column.required("score", ColumnType.FLOAT64),
            Column.required("created", ColumnType.TIMESTAMP_UTC),
            Column.required("changed", ColumnType.TIMESTAMP_UTC),
            Column.nullable("birthday", ColumnType.DATE),
            Column.required("visits", ColumnType.INT32),
            Column.required("orders", ColumnType.INT32),
            Column.nullable("country", ColumnType.STRING),
            Column.nullable("stage", ColumnType.STRING),
            Column.nullable("source", ColumnType.STRING),
            Column.nullable("title", ColumnType.STRING),
            Column.required("reference", ColumnType.STRING),
            Column.nullable("email", ColumnType.STRING),
            Column.nullable("phone", ColumnType.STRING),
            Column.required("revenue", ColumnType.FLOAT64),
            Column.required("employees", ColumnType.INT64),
            Column.required("parent", ColumnType.INT64));

    private static final int FILES = 8;
    private static final String[] WORDS = {
        "Leeds", "York", "Hull", "Berlin", "Lyon", "Porto", "Gdansk", "Utrecht", "Turin", "Graz", "Bergen", "Malmo"
    };
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private FlowRunData() {}

    static void write(ObjectStore store, String prefix, int rows) {
        SplittableRandom random = new SplittableRandom(17);
        int perFile = (rows + FILES - 1) / FILES;
        for (int file = 0; file < FILES; file++) {
            int end = Math.min(rows, (file + 1) * perFile);
            try (BatchWriter writer = Parquet.writer(store, prefix + file)
                    .compression(Parquet.Compression.SNAPPY)
                    .open(SCHEMA)) {
                for (int first = file * perFile; first < end; first += ColumnBatch.DEFAULT_ROWS) {
                    writer.write(batch(random, first, Math.min(ColumnBatch.DEFAULT_ROWS, end - first)));
                }
                writer.commit();
            }
        }
    }

    private static ColumnBatch batch(SplittableRandom random, int first, int size) {
        List<ColumnVector> vectors = new ArrayList<>();
        for (int column = 0; column < SCHEMA.size(); column++) {
            ColumnVector.Builder builder =
                    ColumnVector.builder(SCHEMA.column(column).type(), size);
            for (int row = 0; row < size; row++) {
                append(builder, SCHEMA.column(column), first + row, random);
            }
            vectors.add(builder.build());
        }
        return ColumnBatch.of(SCHEMA, vectors);
    }

    private static void append(ColumnVector.Builder builder, Column column, int id, SplittableRandom random) {
        if (column.nullable() && random.nextInt(20) == 0) {
            builder.appendNull();
        } else if (builder instanceof LongVector.Builder longs) {
            longs.append(
                    switch (column.name()) {
                        case "id" -> id;
                        case "created", "changed" -> 1_700_000_000_000_000L + random.nextInt(30_000_000) * 1_000_000L;
                        default -> random.nextInt(5_000_000);
                    });
        } else if (builder instanceof IntVector.Builder ints) {
            ints.append(random.nextInt(20_000));
        } else if (builder instanceof DoubleVector.Builder doubles) {
            doubles.append(random.nextInt(1_000_000) / 100.0);
        } else {
            text((BytesVector.Builder) builder, column.name(), random);
        }
    }

    private static void text(BytesVector.Builder builder, String name, SplittableRandom random) {
        if (name.equals("reference") || name.equals("email") || name.equals("phone")) {
            byte[] text = new byte[name.equals("phone") ? 10 : 18];
            for (int i = 0; i < text.length; i++) {
                text[i] = DIGITS[random.nextInt(name.equals("phone") ? 10 : 16)];
            }
            builder.append(text, 0, text.length);
        } else {
            builder.append(WORDS[random.nextInt(WORDS.length)]);
        }
    }
}
