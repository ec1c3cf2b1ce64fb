package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Readings of devices, ten columns and some 120 bytes a row, with commas and quotes in the texts.
 *
 * @param order in which the file has its rows
 * @param key of the table, as {@code PRIMARY KEY} has it
 */
record Readings(Order order, String key) implements LoadData {

    /** One row a partition. */
    static final String BY_ROW = "id";

    /** A device's day is a partition. */
    static final String BY_DAY = "(device, day), ts, id";

    private static final LocalDate FIRST_DAY = LocalDate.of(2024, 1, 1);
    private static final int READINGS_A_DAY = 50;
    private static final int DEVICES = 400;
    private static final int FEW_PARTITIONS = 100;

    /** In which order a file has its rows. */
    enum Order {
        /** The devices interleaved, as they report: 400 devices, 50 readings of each a day. */
        TIME,
        /** All 50 rows of a partition, a device's day, one after the other. */
        PARTITION,
        /** All rows in 100 partitions, interleaved. */
        FEW
    }

    @Override
    public String name() {
        return "readings-" + order.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String columns() {
        return "id uuid, device text, day date, ts timestamp, n int, reading double, ok boolean, note text, price decimal,"
                + " remark text, PRIMARY KEY (" + key + ")";
    }

    @Override
    public Map<String, Object> row(int i, int rows) {
        int device;
        int slot;
        int day;
        if (order == Order.FEW) {
            device = i % FEW_PARTITIONS;
            slot = i / FEW_PARTITIONS;
            day = 0;
        } else if (order == Order.TIME) {
            device = i % DEVICES;
            slot = i / DEVICES % READINGS_A_DAY;
            day = i / DEVICES / READINGS_A_DAY;
        } else {
            slot = i % READINGS_A_DAY;
            device = i / READINGS_A_DAY % DEVICES;
            day = i / READINGS_A_DAY / DEVICES;
        }
        long mixed = LoadData.mixed(i);
        LocalDate date = FIRST_DAY.plusDays(day);
        Instant ts =
                date.atStartOfDay(ZoneOffset.UTC).toInstant().plusSeconds(order == Order.FEW ? slot : slot * 1_700L);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", new UUID(mixed, rows * 31L + i));
        row.put("device", "device-" + device);
        row.put("day", date);
        row.put("ts", ts);
        row.put("n", i % 1000);
        row.put("reading", (mixed >>> 40) / 1000.0);
        row.put("ok", i % 3 == 0);
        row.put("note", "note " + (mixed >>> 50) + ", of \"" + slot + "\"");
        row.put("price", new BigDecimal((mixed >>> 52) + "." + (10 + i % 90)));
        row.put("remark", "remark " + (mixed >>> 44));
        return row;
    }

    @Override
    public int number(JsonNode row, int rows) {
        return (int) (UUID.fromString(row.get("id").textValue()).getLeastSignificantBits() - rows * 31L);
    }

    @Override
    public List<String> totals() {
        return List.of("n", "remark");
    }
}
