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
 * comes from the generator; neither the sink's conversions nor the manager's reading are asked.
 */
class BulkRoundTripTest {
    private static final int ROWS = 20;

    private static final class Table {
        private static final CassandraServer SERVER = CassandraServer.shared();
        private static final String NAME = create();

        private static String create() {
            String keyspace = SERVER.createKeyspace("round");
            SERVER.execute("CREATE TYPE " + keyspace + ".person (name text, born date, scores frozen<list<int>>)");
            StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
            RoundTripColumn.ALL.forEach(column -> columns.append(", ")
                    .append(column.name())
                    .append(' ')
                    .append(column.cql().replace("person", keyspace + ".person")));
            SERVER.execute("CREATE TABLE " + keyspace + ".every (" + columns + ")");
            return keyspace + ".every";
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

    @Property(tries = 5, shrinking = ShrinkingMode.OFF)
    void values_come_out_as_they_went_in_and_absent_ones_leave_or_delete_what_was_there(
            @ForAll("changes") List<Change> changes, @ForAll CassandraSink.Nulls nulls) {
        Table.SERVER.execute("TRUNCATE " + Table.NAME);
        write(changes.stream().map(change -> asValues(change.first(), null)).toList(), nulls, false);
        write(
                changes.stream()
                        .map(change -> asValues(change.second(), change.present()))
                        .toList(),
                nulls,
                false);
        requireStored(changes, 0, nulls);
        write(changes.stream().map(change -> asText(change.first(), null)).toList(), nulls, true);
        write(
                changes.stream()
                        .map(change -> asText(change.second(), change.present()))
                        .toList(),
                nulls,
                true);
        requireStored(changes, ROWS, nulls);
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

    private static void write(List<@Nullable Object[]> rows, CassandraSink.Nulls nulls, boolean asCsv) {
        List<RejectedRow> rejected = new ArrayList<>();
        CassandraManager.of(Table.SERVER.session())
                .table(Table.NAME)
                .sink()
                .nulls(nulls)
                .build()
                .write(asCsv ? csv(rows) : values(rows), rejected::add);
        assertThat(rejected).isEmpty();
    }

    private static Rows values(List<@Nullable Object[]> rows) {
        List<Column> columns = new ArrayList<>(List.of(Column.required("id", ColumnType.INT32)));
        RoundTripColumn.ALL.forEach(column -> columns.add(Column.nullable(column.name(), column.type())));
        return BulkRows.generated(
                Schema.of(columns.toArray(Column[]::new)),
                rows.size(),
                7,
                row -> Stream.concat(Stream.of((Object) row), Stream.of(rows.get(row)))
                        .toArray());
    }

    private static Rows csv(List<@Nullable Object[]> rows) {
        List<Column> columns = new ArrayList<>(List.of(Column.required("id", ColumnType.STRING)));
        StringBuilder text = new StringBuilder("id");
        for (RoundTripColumn column : RoundTripColumn.ALL) {
            columns.add(Column.nullable(column.name(), ColumnType.STRING));
            text.append(',').append(column.name());
        }
        for (int row = 0; row < rows.size(); row++) {
            text.append('\n').append(ROWS + row);
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

    private static void requireStored(List<Change> changes, int firstId, CassandraSink.Nulls nulls) {
        List<Row> rows = Table.SERVER
                .session()
                .execute("SELECT * FROM " + Table.NAME + " WHERE id >= " + firstId + " AND id < " + (firstId + ROWS)
                        + " ALLOW FILTERING")
                .all();
        assertThat(rows).hasSize(ROWS);
        for (Row row : rows) {
            Change change = changes.get(row.getInt("id") - firstId);
            for (int i = 0; i < RoundTripColumn.ALL.size(); i++) {
                RoundTripColumn column = RoundTripColumn.ALL.get(i);
                Sample expected = change.present().get(i)
                        ? change.second().get(i)
                        : nulls == CassandraSink.Nulls.UNSET ? change.first().get(i) : null;
                Object wanted = expected == null
                        ? column.absent()
                        : firstId == 0 ? expected.expected() : expected.expectedFromText();
                assertThat(plain(row.getObject(column.name())))
                        .as("%s of row %d, %s", column.name(), row.getInt("id"), nulls)
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
