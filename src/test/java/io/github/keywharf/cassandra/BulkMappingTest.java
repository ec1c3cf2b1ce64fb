package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.CassandraServer;
import java.util.Objects;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BulkMappingTest {
    private static CassandraServer server;
    private static CassandraManager cassandra;
    private static String keyspace = "";

    @BeforeAll
    static void create() {
        server = CassandraServer.shared();
        keyspace = server.createKeyspace("mapping");
        cassandra = CassandraManager.of(server.session()).withKeyspace(keyspace);
        server.execute("CREATE TABLE " + keyspace + ".action (user_id int, \"Kind\" text, kind text, note text,"
                + " \"odd \"\"name\" int, PRIMARY KEY (user_id))");
        server.execute("CREATE TABLE " + keyspace + ".\"Select\" (id int PRIMARY KEY)");
    }

    private static CassandraSink.Builder sink() {
        return cassandra.table("action").sink();
    }

    private static Schema columns(Object... namesAndTypes) {
        java.util.List<Column> columns = new java.util.ArrayList<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            columns.add(Column.nullable((String) namesAndTypes[i], (ColumnType) namesAndTypes[i + 1]));
        }
        return Schema.of(columns);
    }

    private static Row row(int id) {
        return Objects.requireNonNull(server.session()
                .execute("SELECT * FROM " + keyspace + ".action WHERE user_id = " + id)
                .one());
    }

    private static AbstractThrowableAssert<?, ?> mismatch(CassandraSink.Builder sink, Schema schema) {
        return assertThatThrownBy(() -> sink.build().write(Rows.empty(schema)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.table_mismatch"))
                .hasMessageStartingWith("[" + keyspace + ".action]");
    }

    @Test
    void columns_go_by_their_names_in_any_spelling() {
        sink().build()
                .write(BulkRows.of(
                        columns(
                                "userId",
                                ColumnType.INT32,
                                "NOTE",
                                ColumnType.STRING,
                                "kind",
                                ColumnType.STRING,
                                "Kind",
                                ColumnType.STRING),
                        new Object[] {1, "n", "small", "capital"}));
        Row row = row(1);
        assertThat(row.getString("note")).isEqualTo("n");
        assertThat(row.getString("\"kind\"")).isEqualTo("small");
        assertThat(row.getString("\"Kind\"")).isEqualTo("capital");
    }

    @Test
    void columns_can_be_mapped_one_by_one() {
        sink().column("a", "user_id")
                .column("b", "odd \"name")
                .column("kind", "note")
                .build()
                .write(BulkRows.of(
                        columns("a", ColumnType.INT32, "b", ColumnType.INT32, "kind", ColumnType.STRING),
                        new Object[] {2, 7, "x"}));
        assertThat(row(2).getInt("\"odd \"\"name\"")).isEqualTo(7);
        assertThat(row(2).getString("note")).isEqualTo("x");
        assertThat(row(2).isNull("kind")).isTrue();
    }

    @Test
    void what_does_not_fit_is_reported_before_the_first_row() {
        mismatch(sink(), columns("KIND", ColumnType.STRING, "other", ColumnType.INT32, "note", ColumnType.BYTES))
                .hasMessageContaining("'KIND' may be any of [")
                .hasMessageContaining("the table has no column for 'other', it has [user_id, ")
                .hasMessageContaining("'note' is of type bytes, which text does not take")
                .hasMessageContaining("the rows have no column for 'user_id', which is part of the primary key");
        mismatch(sink().column("x", "user_id"), columns("user_id", ColumnType.INT32))
                .hasMessageContaining("the rows have no column 'x' to map");
        mismatch(sink().column("note", "nothing"), columns("user_id", ColumnType.INT32, "note", ColumnType.STRING))
                .hasMessageContaining("'note' is mapped to 'nothing', which the table lacks");
        mismatch(
                        sink().column("a", "note"),
                        columns("user_id", ColumnType.INT32, "a", ColumnType.STRING, "note", ColumnType.STRING))
                .hasMessageContaining("'a' and 'note' both go into 'note'");
    }

    @Test
    void unknown_columns_are_passed_over_on_request() {
        sink().ignoreUnknownColumns(true)
                .build()
                .write(BulkRows.of(
                        columns("user_id", ColumnType.INT32, "other", ColumnType.INT32), new Object[] {3, 1}));
        assertThat(row(3).getInt("user_id")).isEqualTo(3);
    }

    @Test
    void names_of_tables_are_taken_as_they_are_and_cannot_be_anything_else() {
        cassandra.table("Select").write(BulkRows.of(columns("id", ColumnType.INT32), new Object[] {1}));
        cassandra
                .table("\"" + keyspace + "\".\"Select\"")
                .write(BulkRows.of(columns("id", ColumnType.INT32), new Object[] {2}));
        assertThat(server.session()
                        .execute("SELECT id FROM " + keyspace + ".\"Select\"")
                        .all())
                .hasSize(2);
        for (String name : new String[] {"", "a b", "a.b.c", "a;DROP TABLE x", "x\"", "\"\"", "é", ".", "a."}) {
            assertThatThrownBy(() -> cassandra.table(name))
                    .as(name)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.bad_name"));
        }
        assertThatThrownBy(() -> CassandraManager.of(server.session()).table("action"))
                .hasMessageContaining("keyspace is not known");
        assertThatThrownBy(() -> cassandra.table("actions").write(Rows.empty(columns("id", ColumnType.INT32))))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.no_table"))
                .hasMessageContaining("[Select, action]");
    }
}
