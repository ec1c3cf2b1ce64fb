package io.github.keywharf.sharing.usage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one chart, added up row by row. However many rows, days and texts there are, so many numbers are kept at most; not
 * thread-safe.
 */
final class ChartFigures {

    /** How many days a trend shows: the latest. */
    static final int MAX_DAYS = 366;

    /** How many texts of a column are distinguished while rows are read. */
    static final int MAX_TEXTS = 500;

    /** What texts beyond the most are called. */
    static final String OTHER = "(other)";

    /** What the absent text is called. */
    static final String NONE = "(none)";

    /** The longest text that the page shows, in characters. */
    private static final int MAX_TEXT = 200;

    /** The unit of times in {@link UsageLog}. */
    private static final String NANOSECONDS = "nanoseconds";

    private final UsageChart chart;
    private final List<String> names;
    private final int column;
    private final List<Map.Entry<Integer, List<String>>> where = new ArrayList<>();
    private final int by;
    private final int time;
    private final Map<String, BigDecimal> texts = new HashMap<>();
    private final NavigableMap<LocalDate, Map<String, BigDecimal>> days = new TreeMap<>();
    private BigDecimal total = BigDecimal.ZERO;

    private ChartFigures(UsageCharts charts, UsageChart chart, Rows rows) {
        this.chart = chart;
        this.names = rows.schema().names();
        this.column = rows.schema().position(chart.measure().column());
        chart.measure()
                .where()
                .forEach((name, values) -> where.add(Map.entry(rows.schema().position(name), values)));
        this.by = chart.by().map(rows.schema()::position).orElse(-1);
        this.time = rows.schema().position(charts.time());
    }

    /** The figures of all charts, in one pass; closes the rows. */
    static List<ChartFigures> of(UsageCharts charts, Rows source) {
        try (Rows rows = source) {
            List<ChartFigures> all = charts.charts().stream()
                    .map(chart -> new ChartFigures(charts, chart, rows))
                    .toList();
            int tenant = rows.schema().names().indexOf(UsageLog.TENANT);
            Set<Object> tenants = new HashSet<>();
            try (Stream<Row> each = rows.stream()) {
                each.forEach(row -> {
                    if (tenant >= 0) {
                        tenants.add(String.valueOf(row.value(tenant)));
                        checkOne(tenants);
                    }
                    all.forEach(figures -> figures.add(row));
                });
            }
            return all;
        }
    }

    /** Who forgets a filter shows a tenant what others do. */
    private static void checkOne(Set<Object> tenants) {
        if (tenants.size() > 1) {
            throw new IllegalArgumentException("There are rows of several tenants in the column " + UsageLog.TENANT
                    + "; give those of one, by rows(Condition.eq(\"" + UsageLog.TENANT + "\", …))");
        }
    }

    private void add(Row row) {
        for (Map.Entry<Integer, List<String>> test : where) {
            Object text = row.value(test.getKey());
            if (text == null || !test.getValue().contains(current(test.getKey(), text))) {
                return;
            }
        }
        BigDecimal amount = number(row.value(column));
        if (amount == null) {
            return;
        }
        total = total.add(amount);
        String text = text(row);
        texts.merge(text, amount, BigDecimal::add);
        if (chart.shape() == UsageChart.Shape.TREND) {
            LocalDate day = day(row.value(time));
            if (day != null) {
                days.computeIfAbsent(day, first -> new HashMap<>()).merge(text, amount, BigDecimal::add);
                if (days.size() > MAX_DAYS) {
                    days.pollFirstEntry();
                }
            }
        }
    }

    private String current(int position, Object text) {
        return FormerNames.current(names.get(position), text.toString());
    }

    private String text(Row row) {
        if (by < 0) {
            return "";
        }
        Object found = row.value(by);
        String text = found == null ? NONE : current(by, found);
        return texts.containsKey(text) || texts.size() < MAX_TEXTS ? text : OTHER;
    }

    private static @Nullable BigDecimal number(@Nullable Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number) ? BigDecimal.valueOf(number) : null;
        }
        return value instanceof Number number ? BigDecimal.valueOf(number.longValue()) : null;
    }

    private static @Nullable LocalDate day(@Nullable Object time) {
        if (time instanceof Instant instant) {
            return instant.atOffset(ZoneOffset.UTC).toLocalDate();
        }
        return time instanceof LocalDateTime local ? local.toLocalDate() : (LocalDate) time;
    }

    UsageChart chart() {
        return chart;
    }

    /** The measure over all rows. */
    BigDecimal total() {
        return chart.measure().of(total);
    }

    /** The texts with the most, and what is left under {@value #OTHER}; the most first. */
    Map<String, BigDecimal> ranking(int most) {
        List<Map.Entry<String, BigDecimal>> sorted = new ArrayList<>(texts.entrySet());
        sorted.sort(Comparator.comparing(
                        (Map.Entry<String, BigDecimal> entry) -> entry.getKey().equals(OTHER))
                .thenComparing(Map.Entry.<String, BigDecimal>comparingByValue().reversed())
                .thenComparing(Map.Entry.comparingByKey()));
        Map<String, BigDecimal> ranking = new LinkedHashMap<>();
        BigDecimal rest = BigDecimal.ZERO;
        for (Map.Entry<String, BigDecimal> entry : sorted) {
            if (ranking.size() < most && !entry.getKey().equals(OTHER)) {
                ranking.put(entry.getKey(), chart.measure().of(entry.getValue()));
            } else {
                rest = rest.add(entry.getValue());
            }
        }
        if (rest.signum() != 0) {
            ranking.put(OTHER, chart.measure().of(rest));
        }
        return ranking;
    }

    /** The latest days without a gap, each with the measure by the texts of {@link #ranking}. */
    NavigableMap<LocalDate, Map<String, BigDecimal>> trend(int most) {
        NavigableMap<LocalDate, Map<String, BigDecimal>> trend = new TreeMap<>();
        if (days.isEmpty()) {
            return trend;
        }
        List<String> shown = List.copyOf(ranking(most).keySet());
        LocalDate last = days.lastKey();
        LocalDate first = last.minusDays(MAX_DAYS - 1L);
        first = days.firstKey().isAfter(first) ? days.firstKey() : first;
        for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
            Map<String, BigDecimal> sums = new HashMap<>();
            days.getOrDefault(day, Map.of())
                    .forEach((text, sum) -> sums.merge(shown.contains(text) ? text : OTHER, sum, BigDecimal::add));
            Map<String, BigDecimal> measures = new LinkedHashMap<>();
            for (String text : shown) {
                measures.put(text, chart.measure().of(sums.getOrDefault(text, BigDecimal.ZERO)));
            }
            trend.put(day, measures);
        }
        return trend;
    }

    /** The chart as the page reads it. Numbers are texts there, so that no digit is lost. */
    void write(ObjectNode json) {
        json.put("title", chart.title()).put("split", by >= 0);
        if (List.of(NANOSECONDS).equals(chart.measure().where().get("unit"))) {
            json.put("seconds", chart.measure().divisor() / 1e9);
        }
        switch (chart.shape()) {
            case TOTAL -> json.put("value", plain(total()));
            case RANKING -> {
                ArrayNode bars = json.putArray("bars");
                ranking(UsageChart.MAX_BARS)
                        .forEach((text, value) -> bars.addArray()
                                .add(Cut.printable(text, MAX_TEXT))
                                .add(plain(value)));
            }
            case TREND -> {
                ArrayNode series = json.putArray("series");
                ranking(UsageChart.MAX_SERIES).keySet().forEach(text -> series.add(Cut.printable(text, MAX_TEXT)));
                ArrayNode shown = json.putArray("days");
                trend(UsageChart.MAX_SERIES).forEach((day, values) -> {
                    ArrayNode amounts = shown.addArray().add(day.toString()).addArray();
                    values.values().forEach(value -> amounts.add(plain(value)));
                });
            }
        }
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    @Override
    public String toString() {
        return "ChartFigures[" + chart.title() + ", " + total + "]";
    }
}
