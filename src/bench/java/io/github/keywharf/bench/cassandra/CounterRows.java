package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Increments of the counters of pages and days, four for each counter, far apart in the file. */
record CounterRows() implements LoadData {
    private static final int INCREMENTS = 4;
    private static final int DAYS = 10;
    private static final LocalDate FIRST_DAY = LocalDate.of(2024, 1, 1);

    @Override
    public String name() {
        return "counters";
    }

    @Override
    public String columns() {
        return "page text, day date, hits counter, bytes counter, PRIMARY KEY (page, day)";
    }

    @Override
    public int stored(int rows) {
        return Math.max(1, rows / INCREMENTS);
    }

    private int pages(int rows) {
        return Math.max(1, stored(rows) / DAYS);
    }

    private static long hits(int i) {
        return 1 + i % 3;
    }

    /** Now and then a correction, which takes away. */
    private static long bytes(int i) {
        return (LoadData.mixed(i) >>> 50) - 500;
    }

    private Map<String, Object> row(int counter, int rows, long hits, long bytes) {
        int pages = pages(rows);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("page", "page-" + counter % pages);
        row.put("day", FIRST_DAY.plusDays(counter / pages));
        row.put("hits", hits);
        row.put("bytes", bytes);
        return row;
    }

    @Override
    public Map<String, Object> row(int i, int rows) {
        return row(i % stored(rows), rows, hits(i), bytes(i));
    }

    @Override
    public Map<String, Object> expected(int number, int rows) {
        long hits = 0;
        long bytes = 0;
        for (int i = number; i < rows; i += stored(rows)) {
            hits += hits(i);
            bytes += bytes(i);
        }
        return row(number, rows, hits, bytes);
    }

    @Override
    public int number(JsonNode row, int rows) {
        int page = Integer.parseInt(row.get("page").textValue().substring("page-".length()));
        LocalDate day = LocalDate.parse(row.get("day").textValue());
        return page + (int) ChronoUnit.DAYS.between(FIRST_DAY, day) * pages(rows);
    }

    @Override
    public List<String> totals() {
        return List.of("hits", "bytes");
    }
}
