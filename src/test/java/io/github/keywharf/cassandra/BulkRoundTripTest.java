package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.GettableByIndex;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.data.UdtValue;
import io.github.keywharf.cassandra.RoundTripColumn.Sample;
import io.github.keywharf.format.Csv;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.CassandraServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * Values of every CQL type, written by the sink from column types and from CSV, and read by the driver. What is expected
 * comes from the generator, independently of the sink's conversions and the manager's reading. {@code -Dkeywharf.roundtrip.rows=1000}
 * writes more rows.
 */
class BulkRoundTripTest {
    /** Rows of a try. */
    private static final int ROWS = Integer.getInteger("keywharf.roundtrip.rows", 5);

    /** Of the first row of the next try, so that no try meets what another has written. */
    private static final AtomicInteger NEXT_ID = new AtomicInteger();

    private static final class Table {
        private static final CassandraServer SERVER = CassandraServer.shared();
        private static final String KEYSPACE = SERVER.createKeyspace("round");
        private static final String REGULAR;
        private static final String STATIC;

        static {
            SERVER.execute("CREATE TYPE " + KEYSPACE + ".person (name text, born date, scores frozen<list<int>>)");
            REGULAR = create("every", "id int PRIMARY KEY", "");
            STATIC = create("every_static", "id int, c int, PRIMARY KEY (id, c)", " STATIC");
        }

        private static String create(String name, String key, String kind) {
            StringBuilder columns = new StringBuilder(key);
            RoundTripColumn.ALL.forEach(column -> columns.append(", ")
                    .append(column.name())
                    .append(' ')
                    .append(column.cql().replace("person", KEYSPACE + ".person"))
                    .append(kind));
            SERVER.execute("CREATE TABLE " + KEYSPACE + "." + name + " (" + columns + ")");
            return KEYSPACE + "." + name;
        }
    }

    /** A row before and after, and whether each of its later values is there. */
    private record Change(List<Sample> first, List<Sample> second, List<Boolean> present) {
        @Override
        public String toString() {
            return "Change[present=" + present + "]";
        }
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        List<Arbitrary<Sample>> columns =
                RoundTripColumn.ALL.stream().map(RoundTripColumn::samples).toList();
        Arbitrary<List<Sample>> row = Combinators.combine(columns).as(samples -> samples);
        Arbitrary<List<Boolean>> present =
                Arbitraries.of(true, true, false).list().ofSize(columns.size());
        return Combinators.combine(row, row, present).as(Change::new).list().ofSize(ROWS);
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void values_come_out_as_they_went_in_and_absent_ones_leave_or_delete_what_was_there(
            @ForAll("changes") List<Change> changes, @ForAll CassandraSink.Nulls nulls, @ForAll boolean isStatic) {
        for (boolean asCsv : new boolean[] {false, true}) {
            Try now = new Try(isStatic, nulls, asCsv, NEXT_ID.getAndAdd(ROWS));
            write(changes.stream().map(change -> now.form(change.first(), null)).toList(), now);
            write(
                    changes.stream()
                            .map(change -> now.form(change.second(), change.present()))
                            .toList(),
                    now);
            requireStored(changes, now);
        }
    }

    /** Where and how rows are written; as static values of partitions without rows, or as regular ones. */
    private record Try(boolean isStatic, CassandraSink.Nulls nulls, boolean asCsv, int firstId) {
        @Nullable
        Object[] form(List<Sample> samples, @Nullable List<Boolean> present) {
            return asCsv ? asText(samples, present) : asValues(samples, present);
        }

        String table() {
            return isStatic ? Table.STATIC : Table.REGULAR;
        }
    }

    private static @Nullable Object[] asValues(List<Sample> samples, @Nullable List<Boolean> present) {
        return IntStream.range(0, samples.size())
                .mapToObj(
                        i -> present == null || present.get(i) ? samples.get(i).value() : null)
                .toArray();
    }

    private static @Nullable Object[] asText(List<Sample> samples, @Nullable List<Boolean> present) {
        return IntStream.range(0, samples.size())
                .mapToObj(
                        i -> present == null || present.get(i) ? samples.get(i).text() : null)
                .toArray();
    }

    private static void write(List<@Nullable Object[]> rows, Try now) {
        List<RejectedRow> rejected = new ArrayList<>();
        CassandraManager.of(Table.SERVER.session())
                .table(now.table())
                .sink()
                .nulls(now.nulls())
                .build()
                .write(now.asCsv() ? csv(rows, now) : values(rows, now), rejected::add);
        assertThat(rejected).isEmpty();
    }

    private static Rows values(List<@Nullable Object[]> rows, Try now) {
        List<Column> columns = new ArrayList<>(List.of(Column.required("id", ColumnType.INT32)));
        if (now.isStatic()) {
            columns.add(Column.nullable("c", ColumnType.INT32));
        }
        RoundTripColumn.ALL.forEach(column -> columns.add(Column.nullable(column.name(), column.type())));
        return BulkRows.generated(
                Schema.of(columns.toArray(Column[]::new)),
                rows.size(),
                7,
                row -> Stream.concat(
                                now.isStatic() ? Stream.of(now.firstId() + row, null) : Stream.of(now.firstId() + row),
                                Stream.of(rows.get(row)))
                        .toArray());
    }

    private static Rows csv(List<@Nullable Object[]> rows, Try now) {
        List<Column> columns = new ArrayList<>(List.of(Column.required("id", ColumnType.STRING)));
        StringBuilder text = new StringBuilder("id");
        if (now.isStatic()) {
            columns.add(Column.nullable("c", ColumnType.STRING));
            text.append(",c");
        }
        for (RoundTripColumn column : RoundTripColumn.ALL) {
            columns.add(Column.nullable(column.name(), ColumnType.STRING));
            text.append(',').append(column.name());
        }
        for (int row = 0; row < rows.size(); row++) {
            text.append('\n').append(now.firstId() + row).append(now.isStatic() ? "," : "");
            for (Object value : rows.get(row)) {
                text.append(',');
                if (value != null) {
                    text.append('"')
                            .append(((String) value).replace("\"", "\"\""))
                            .append('"');
                }
            }
        }
        byte[] bytes = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        return Csv.reader("every.csv", () -> new ByteArrayInputStream(bytes))
                .schema(Schema.of(columns.toArray(Column[]::new)))
                .rows();
    }

    private static void requireStored(List<Change> changes, Try now) {
        int firstId = now.firstId();
        List<Row> rows = Table.SERVER
                .session()
                .execute("SELECT * FROM " + now.table() + " WHERE id >= " + firstId + " AND id < " + (firstId + ROWS)
                        + " ALLOW FILTERING")
                .all();
        assertThat(rows).hasSize(ROWS);
        for (Row row : rows) {
            Change change = changes.get(row.getInt("id") - firstId);
            for (int i = 0; i < RoundTripColumn.ALL.size(); i++) {
                RoundTripColumn column = RoundTripColumn.ALL.get(i);
                Sample expected = change.present().get(i)
                        ? change.second().get(i)
                        : now.nulls() == CassandraSink.Nulls.UNSET
                                ? change.first().get(i)
                                : null;
                Object wanted = expected == null
                        ? column.absent()
                        : now.asCsv() ? expected.expectedFromText() : expected.expected();
                assertThat(plain(row.getObject(column.name())))
                        .as("%s of row %d, %s", column.name(), row.getInt("id"), now)
                        .isEqualTo(wanted);
            }
        }
    }

    /** Tuples and values of user-defined types as lists, which compare by what is in them. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof TupleValue tuple) {
            return fields(tuple, tuple.getType().getComponentTypes().size());
        } else if (value instanceof UdtValue udt) {
            return fields(udt, udt.getType().getFieldTypes().size());
        } else if (value instanceof List<?> list && list.stream().anyMatch(UdtValue.class::isInstance)) {
            return list.stream().map(BulkRoundTripTest::plain).toList();
        }
        return value;
    }

    private static List<@Nullable Object> fields(GettableByIndex value, int count) {
        List<@Nullable Object> fields = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fields.add(plain(value.isNull(i) ? null : Objects.requireNonNull(value.getObject(i))));
        }
        return fields;
    }
}
