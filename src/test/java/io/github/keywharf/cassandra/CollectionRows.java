package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.UdtValue;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.CassandraServer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntConsumer;

/** Rows with a collection of each kind, which do harm in different ways when they are written twice. */
final class CollectionRows {
    static final String TABLE = "collected";

    private static final Schema SCHEMA = Schema.of(
            Column.required("part", ColumnType.INT32),
            Column.required("id", ColumnType.INT32),
            Column.required("items", ColumnType.list(ColumnType.INT32)),
            Column.required("tags", ColumnType.list(ColumnType.STRING)),
            Column.required("counts", ColumnType.map(ColumnType.STRING, ColumnType.INT32)),
            Column.required(
                    "place",
                    ColumnType.struct(List.of(
                            Column.required("street", ColumnType.STRING),
                            Column.required("lines", ColumnType.list(ColumnType.INT32))))),
            Column.required("fixed", ColumnType.list(ColumnType.INT32)));

    private CollectionRows() {}

    static void create(CassandraServer server, String keyspace) {
        server.execute("CREATE TYPE " + keyspace + ".place (street text, lines frozen<list<int>>)");
        server.execute("CREATE TABLE " + keyspace + "." + TABLE + " (part int, id int, items list<int>, tags set<text>,"
                + " counts map<text, int>, place place, fixed frozen<list<int>>, PRIMARY KEY (part, id))");
    }

    static Rows rows(int count, IntConsumer reached) {
        return BulkRows.generated(SCHEMA, count, 100, row -> {
            reached.accept(row);
            return new Object[] {
                row % 20,
                row,
                List.of(row, row, -row),
                List.of("a" + row, "b"),
                Map.of("k", row, "l" + row, 1),
                Map.of("street", "s" + row, "lines", List.of(row, row)),
                List.of(row, 3, row)
            };
        });
    }

    static void requireAll(CassandraServer server, String keyspace, int count) {
        int seen = 0;
        for (Row row : server.session().execute("SELECT * FROM " + keyspace + "." + TABLE)) {
            int id = row.getInt("id");
            assertThat(row.getList("items", Integer.class)).containsExactly(id, id, -id);
            assertThat(row.getSet("tags", String.class)).isEqualTo(Set.of("a" + id, "b"));
            assertThat(row.getMap("counts", String.class, Integer.class)).isEqualTo(Map.of("k", id, "l" + id, 1));
            UdtValue place = Objects.requireNonNull(row.getUdtValue("place"));
            assertThat(place.getString("street")).isEqualTo("s" + id);
            assertThat(place.getList("lines", Integer.class)).containsExactly(id, id);
            assertThat(row.getList("fixed", Integer.class)).containsExactly(id, 3, id);
            seen++;
        }
        assertThat(seen).isEqualTo(count);
    }
}
