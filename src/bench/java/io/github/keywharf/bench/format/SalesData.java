package io.github.keywharf.bench.format;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Micros;
import io.github.keywharf.table.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A million sales orders, the same every time: whole numbers, a price, timestamps and short texts. */
final class SalesData {

    static final int ROWS = 1_000_000;

    static final Schema SCHEMA = Schema.of(
            Column.required("sales_order_id", ColumnType.INT32),
            Column.required("created_at", ColumnType.TIMESTAMP),
            Column.required("last_updated", ColumnType.TIMESTAMP),
            Column.required("design_id", ColumnType.INT32),
            Column.required("staff_id", ColumnType.INT32),
            Column.required("counterparty_id", ColumnType.INT32),
            Column.required("units_sold", ColumnType.INT32),
            Column.required("unit_price", ColumnType.decimal(10, 2)),
            Column.required("currency_id", ColumnType.INT32),
            Column.required("agreed_delivery_date", ColumnType.STRING),
            Column.required("agreed_payment_date", ColumnType.STRING),
            Column.required("agreed_delivery_location_id", ColumnType.INT32));

    private static final int DAYS = 730;
    private static final long START = 1_667_260_800L * Micros.PER_SECOND;

    private SalesData() {}

    static List<ColumnBatch> batches() {
        Random random = new Random(7);
        byte[][] days = new byte[DAYS + 60][];
        for (int i = 0; i < days.length; i++) {
            days[i] = java.time.LocalDate.of(2022, 11, 1).plusDays(i).toString().getBytes(StandardCharsets.US_ASCII);
        }
        List<ColumnBatch> batches = new ArrayList<>();
        List<ColumnVector.Builder> builders = ColumnBatch.builders(SCHEMA, ColumnBatch.DEFAULT_ROWS);
        for (int row = 0; row < ROWS; row++) {
            int day = (int) ((long) row * DAYS / ROWS);
            long created =
                    START + (long) row * DAYS * 86_400 / ROWS * Micros.PER_SECOND + random.nextInt(60_000) * 1_000L;
            add(builders, 0, row + 1);
            ((LongVector.Builder) builders.get(1)).append(created);
            ((LongVector.Builder) builders.get(2)).append(created + random.nextInt(10) / 9 * 3_600_000_000L);
            add(builders, 3, 1 + random.nextInt(400));
            add(builders, 4, 1 + random.nextInt(20));
            add(builders, 5, 1 + random.nextInt(20));
            add(builders, 6, 1 + random.nextInt(100_000));
            ((LongVector.Builder) builders.get(7)).append(200 + random.nextInt(200));
            add(builders, 8, 1 + random.nextInt(3));
            text(builders, 9, days[day + random.nextInt(30)]);
            text(builders, 10, days[day + random.nextInt(30)]);
            add(builders, 11, 1 + random.nextInt(30));
            if (builders.get(0).size() == ColumnBatch.DEFAULT_ROWS) {
                batches.add(ColumnBatch.build(SCHEMA, builders));
            }
        }
        return batches;
    }

    private static void add(List<ColumnVector.Builder> builders, int column, int value) {
        ((IntVector.Builder) builders.get(column)).append(value);
    }

    private static void text(List<ColumnVector.Builder> builders, int column, byte[] value) {
        ((BytesVector.Builder) builders.get(column)).append(value, 0, value.length);
    }
}
