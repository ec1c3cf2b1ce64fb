package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Answers of devices, interleaved, in twelve columns of which some half are absent.
 *
 * @param full whether none is absent
 */
record SparseRows(boolean full) implements LoadData {
    static final int COLUMNS = 12;
    private static final int DEVICES = 200;
    private static final List<String> TYPES = List.of("text", "int", "double", "timestamp", "decimal", "boolean");
    private static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");

    @Override
    public String name() {
        return full ? "nulls-none" : "nulls";
    }

    @Override
    public String columns() {
        StringBuilder columns = new StringBuilder("device text, n int");
        for (int c = 0; c < COLUMNS; c++) {
            columns.append(", c").append(c).append(' ').append(TYPES.get(c % TYPES.size()));
        }
        return columns + ", PRIMARY KEY (device, n)";
    }

    @Override
    public Map<String, Object> row(int i, int rows) {
        long mixed = LoadData.mixed(i);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("device", "device-" + i % DEVICES);
        row.put("n", i / DEVICES);
        for (int c = 0; c < COLUMNS; c++) {
            boolean absent = !full && (mixed >>> (30 + c) & 1) == 0;
            row.put("c" + c, absent ? null : value(c % TYPES.size(), mixed, i));
        }
        return row;
    }

    private static Object value(int type, long mixed, int i) {
        return switch (type) {
            case 0 -> "answer " + (mixed >>> 44);
            case 1 -> i % 1_000;
            case 2 -> (mixed >>> 40) / 8.0;
            case 3 -> FIRST.plusSeconds(i);
            case 4 -> new BigDecimal((mixed >>> 48) + "." + (10 + i % 90));
            default -> i % 3 == 0;
        };
    }

    @Override
    public int number(JsonNode row, int rows) {
        return Integer.parseInt(row.get("device").textValue().substring("device-".length()))
                + row.get("n").intValue() * DEVICES;
    }

    @Override
    public List<String> totals() {
        return IntStream.range(0, COLUMNS).mapToObj(c -> "c" + c).toList();
    }
}
