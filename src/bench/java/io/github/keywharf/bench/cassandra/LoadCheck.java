package io.github.keywharf.bench.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.QueryTrace;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.TraceEvent;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.cassandra.CassandraSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Looks by the driver alone whether a table holds what a file has: the server counts the rows and the values and adds the
 * whole numbers of all rows; of some rows every value is compared; and of a few the tombstones are counted.
 */
final class LoadCheck {
    /** Rows of which every value is compared. */
    static final int COMPARED = 20_000;

    /** Rows at least, as partitions are read whole. */
    private static final int TRACED = 500;

    private static final int COUNT_RANGES = 64;
    private static final int COUNTS_AT_ONCE = 4;
    private static final int PAGE = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration TRACE_PAUSE = Duration.ofMillis(100);
    private static final List<DataType> WHOLE = List.of(DataTypes.INT, DataTypes.BIGINT, DataTypes.COUNTER);
    private static final Pattern TOMBSTONES = Pattern.compile("Read (\\d+) live rows and (\\d+) tombstone cells");

    private final CqlSession session;
    private final String table;
    private final LoadData data;
    private final int rows;
    private final CassandraSink.Nulls nulls;
    private final String key;
    private final List<String> sums = new ArrayList<>();
    private final PreparedStatement totals;
    private final long[] wanted;

    /** For the whole file of so many rows. */
    LoadCheck(CqlSession session, String table, LoadData data, int rows, CassandraSink.Nulls nulls) {
        this(session, table, data, rows, data.stored(rows), nulls);
    }

    /**
     * For the first rows of a file.
     *
     * @param rows of the file
     * @param stored rows of the table
     * @param nulls what an absent value did
     */
    LoadCheck(CqlSession session, String table, LoadData data, int rows, int stored, CassandraSink.Nulls nulls) {
        this.session = session;
        this.table = CassandraBenchServer.KEYSPACE + "." + table;
        this.data = data;
        this.rows = rows;
        this.nulls = nulls;
        TableMetadata found = session.refreshSchema()
                .getKeyspace(CassandraBenchServer.KEYSPACE)
                .flatMap(keyspace -> keyspace.getTable(table))
                .orElseThrow();
        StringBuilder asked = new StringBuilder("count(*)");
        for (String column : data.totals()) {
            asked.append(", count(").append(column).append(')');
            if (WHOLE.contains(found.getColumn(column).orElseThrow().getType())) {
                sums.add(column);
            }
        }
        sums.forEach(column -> asked.append(", sum(cast(").append(column).append(" AS bigint))"));
        key = found.getPartitionKey().stream()
                .map(column -> column.getName().asCql(true))
                .collect(Collectors.joining(", ", "token(", ")"));
        totals = session.prepare(
                "SELECT " + asked + " FROM " + this.table + " WHERE " + key + " > ? AND " + key + " <= ?");
        wanted = wanted(stored);
    }

    /**
     * Ends the benchmark unless all is there and right.
     *
     * @return what was looked at
     */
    String run() {
        long[] found = totals();
        for (int i = 0; i < wanted.length; i++) {
            if (found[i] != wanted[i]) {
                throw wrong("the " + total(i) + " is " + found[i] + ", not " + wanted[i]);
            }
        }
        int compared = compare();
        return String.format(
                Locale.ROOT,
                "%,d rows counted, %d totals over all of them, every value of %,d, %s",
                wanted[0],
                wanted.length - 1,
                compared,
                tombstones());
    }

    private IllegalStateException wrong(String what) {
        return new IllegalStateException(table + ": " + what);
    }

    private String total(int i) {
        int values = data.totals().size();
        return i == 0
                ? "number of rows"
                : i <= values
                        ? "number of values in " + data.totals().get(i - 1)
                        : "sum of " + sums.get(i - 1 - values);
    }

    private long[] wanted(int stored) {
        int values = data.totals().size();
        long[] all = new long[1 + values + sums.size()];
        all[0] = stored;
        for (int row = 0; row < all[0]; row++) {
            Map<String, Object> expected = data.expected(row, rows);
            for (int i = 0; i < values; i++) {
                all[1 + i] += expected.get(data.totals().get(i)) == null ? 0 : 1;
            }
            for (int i = 0; i < sums.size(); i++) {
                all[1 + values + i] += expected.get(sums.get(i)) instanceof Number number ? number.longValue() : 0;
            }
        }
        return all;
    }

    private long[] totals() {
        long[] all = new long[wanted.length];
        long step = Long.MAX_VALUE / COUNT_RANGES * 2;
        List<CompletionStage<AsyncResultSet>> asked = new ArrayList<>();
        for (int i = 0; i < COUNT_RANGES; i++) {
            long from = Long.MIN_VALUE + i * step;
            long to = i == COUNT_RANGES - 1 ? Long.MAX_VALUE : from + step;
            asked.add(session.executeAsync(totals.bind(from, to).setTimeout(PATIENCE)));
            if (asked.size() == COUNTS_AT_ONCE || i == COUNT_RANGES - 1) {
                for (CompletionStage<AsyncResultSet> each : asked) {
                    Row part = each.toCompletableFuture().join().one();
                    for (int k = 0; k < all.length; k++) {
                        all[k] += part.getLong(k);
                    }
                }
                asked.clear();
            }
        }
        return all;
    }

    /** The first rows in the order of their tokens, which is by chance. */
    private int compare() {
        BitSet seen = new BitSet();
        for (Row each : read("SELECT JSON * FROM " + table + " LIMIT " + COMPARED)) {
            JsonNode row = LoadText.json(each.getString(0));
            int number = data.number(row, rows);
            if (number < 0 || number >= wanted[0] || seen.get(number)) {
                throw wrong("no row of the file, or one read twice, is " + row);
            }
            seen.set(number);
            data.expected(number, rows).forEach((column, value) -> {
                if (!LoadText.same(row.get(column), value)) {
                    throw wrong("row " + number + " has in " + column + " " + row.get(column) + ", not " + value);
                }
            });
        }
        return seen.cardinality();
    }

    private ResultSet read(String cql) {
        return session.execute(
                SimpleStatement.newInstance(cql).setPageSize(PAGE).setTimeout(PATIENCE));
    }

    /** What a reader of some rows comes across that was deleted, by the server's trace. */
    private String tombstones() {
        long last = 0;
        for (Row each : read("SELECT " + key + " FROM " + table + " LIMIT " + TRACED)) {
            last = each.getLong(0);
        }
        // Not by a limit: the server reads a row further than that.
        SimpleStatement some = SimpleStatement.newInstance(
                        "SELECT JSON * FROM " + table + " WHERE " + key + " <= " + last)
                .setPageSize(Integer.MAX_VALUE)
                .setTimeout(PATIENCE)
                .setTracing(true);
        ResultSet result = session.execute(some);
        long absent = 0;
        long live = 0;
        for (Row each : result) {
            int number = data.number(LoadText.json(each.getString(0)), rows);
            live++;
            absent += data.expected(number, rows).values().stream()
                    .filter(value -> value == null)
                    .count();
        }
        long read = 0;
        long dead = 0;
        for (TraceEvent event : trace(result).getEvents()) {
            Matcher matcher = TOMBSTONES.matcher(String.valueOf(event.getActivity()));
            if (matcher.find()) {
                read += Long.parseLong(matcher.group(1));
                dead += Long.parseLong(matcher.group(2));
            }
        }
        long expected = nulls == CassandraSink.Nulls.NULL ? absent : 0;
        // The server may read a right of the user besides.
        if (read < live || dead != expected) {
            throw wrong("there are " + dead + " tombstones in " + read + " rows, not " + expected + " in " + live);
        }
        return String.format(
                Locale.ROOT, "%,d tombstones for %,d absent values in %,d rows traced", dead, absent, live);
    }

    /** The server's notes of a request, which it writes some time after it. */
    private static QueryTrace trace(ResultSet result) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return result.getExecutionInfo().getQueryTrace();
            } catch (IllegalStateException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                LockSupport.parkNanos(TRACE_PAUSE.toNanos());
            }
        }
    }
}
