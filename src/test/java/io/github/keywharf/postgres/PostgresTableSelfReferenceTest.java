package io.github.keywharf.postgres;

import static io.github.keywharf.postgres.TestRows.assertCounts;
import static io.github.keywharf.postgres.TestRows.row;
import static io.github.keywharf.postgres.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that refer to rows of the same write, in any order, beside rows that the server refuses. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTableSelfReferenceTest {

    private static final int OLD_SERVER = 14;
    private static final int NEW_SERVER = Integer.MAX_VALUE;

    private static final Schema NODE = Schema.of(
            Column.required("id", ColumnType.INT32),
            Column.nullable("parent", ColumnType.INT32),
            Column.nullable("n", ColumnType.INT32));

    private final TestDatabase database = new TestDatabase();

    @AfterAll
    void drop() {
        database.close();
    }

    private String nodes(String more) {
        String name = database.table("id int PRIMARY KEY, parent int, n int CHECK (n >= 0)" + more);
        database.execute("ALTER TABLE " + name + " ADD FOREIGN KEY (parent) REFERENCES " + name);
        return name;
    }

    private List<String> all(String table) {
        return database.query("SELECT * FROM " + table + " ORDER BY id");
    }

    private static List<Long> positions(WriteReport report) {
        return report.rejects().stream().map(RejectedRow::position).sorted().toList();
    }

    private PostgresTable table(String name, int version) {
        PostgresTable table = database.database().table(name).version(Math.abs(version));
        return version < 0 ? table : table.upsertBy("id");
    }

    @ParameterizedTest
    @ValueSource(ints = {-NEW_SERVER, OLD_SERVER, NEW_SERVER})
    void a_child_before_its_parent_is_written_although_another_row_is_bad(int version) {
        String name = nodes("");
        WriteReport report = table(name, version)
                .write(
                        rows(
                                NODE,
                                row(1, 6, 1), // before its parent
                                row(2, 1, 1), // after one that waits
                                row(3, 4, 1), // of a cycle
                                row(4, 3, 1),
                                row(5, null, -1), // refused
                                row(6, 7, 1), // parent that is a child
                                row(7, null, 1),
                                row(8, 8, 1)),
                        RejectListener.keep(1_000)); // its own parent
        assertCounts(report, 7, 1, 0);
        assertThat(positions(report)).containsExactly(5L);
        assertThat(all(name)).containsExactly("1|6|1", "2|1|1", "3|4|1", "4|3|1", "6|7|1", "7||1", "8|8|1");
    }

    @ParameterizedTest
    @ValueSource(ints = {-NEW_SERVER, OLD_SERVER, NEW_SERVER})
    void only_rows_whose_parents_do_not_come_are_rejected(int version) {
        String other = database.table("id int PRIMARY KEY");
        String name = nodes(" REFERENCES " + other);
        database.execute("INSERT INTO " + other + " VALUES (1), (2)");
        WriteReport report = table(name, version)
                .write(
                        rows(
                                NODE,
                                row(1, 2, 1), // child of an orphan
                                row(2, 99, 1), // orphan
                                row(3, 8, 1),
                                row(4, 5, 1), // child of a refused row
                                row(5, 8, -1), // refused
                                row(6, 7, 3), // refers to another table
                                row(7, 6, 1), // child of that one
                                row(8, 9, 2),
                                row(9, 8, 2)),
                        RejectListener.keep(1_000));
        assertThat(positions(report)).containsExactly(1L, 2L, 4L, 5L, 6L, 7L);
        assertThat(report.rejects())
                .filteredOn(reject -> reject.position() < 3)
                .extracting(RejectedRow::reason)
                .containsOnly("insert or update on table \"" + name + "\" violates foreign key constraint \"" + name
                        + "_parent_fkey\"");
        assertCounts(report, 3, 6, 0);
        assertThat(all(name)).containsExactly("3|8|1", "8|9|2", "9|8|2");
    }

    @ParameterizedTest
    @ValueSource(ints = {OLD_SERVER, NEW_SERVER})
    void of_rows_with_one_key_the_last_wins_wherever_their_parents_stand(int version) {
        String name = nodes("");
        PostgresTable table = table(name, version);
        table.write(rows(NODE, row(1, null, 0)));
        WriteReport report = table.write(
                rows(
                        NODE,
                        row(2, 7, 1), // waits for 7
                        row(3, null, 1),
                        row(4, null, -1), // refused
                        row(2, null, 2), // must not be overtaken by the first
                        row(3, 7, 2),
                        row(5, null, -1),
                        row(6, 3, 1),
                        row(7, 2, 1),
                        row(3, null, 3),
                        row(2, 6, -3), // refused, the one before stays
                        row(1, 7, 5)),
                RejectListener.keep(1_000));
        assertThat(positions(report)).containsExactly(3L, 6L, 10L);
        assertThat(all(name)).containsExactly("1|7|5", "2||2", "3||3", "6|3|1", "7|2|1");
    }

    @Test
    void of_appended_rows_with_one_key_the_first_is_written() {
        String name = nodes("");
        WriteReport report = table(name, -NEW_SERVER)
                .write(
                        rows(NODE, row(1, 3, 1), row(2, null, -1), row(1, null, 2), row(3, null, 1)),
                        RejectListener.keep(1_000));
        assertThat(positions(report)).containsExactly(2L, 3L);
        assertThat(all(name)).containsExactly("1|3|1", "3||1");
    }

    @Test
    void rows_whose_parents_a_trigger_changes_are_found_by_trying() {
        String name = nodes("");
        database.execute(
                "CREATE FUNCTION adopt() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN IF NEW.parent > 900 THEN NEW.parent = NEW.parent - 900; END IF; RETURN NEW; END'",
                "CREATE TRIGGER adopt BEFORE INSERT OR UPDATE ON " + name + " FOR EACH ROW EXECUTE FUNCTION adopt()");
        assertCounts(
                table(name, NEW_SERVER)
                        .write(
                                rows(
                                        NODE,
                                        row(1, 904, 1), // of 4
                                        row(2, 999, 1), // of 99
                                        row(3, 1, 1),
                                        row(4, null, 1),
                                        row(5, null, -1),
                                        row(6, 2, 1)),
                                RejectListener.keep(1_000)),
                3,
                3,
                0);
        assertThat(all(name)).containsExactly("1|4|1", "3|1|1", "4||1");
    }

    @Test
    void rows_of_a_partition_refer_to_others_of_the_whole_table() throws SQLException {
        database.execute(
                "CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree, n int CHECK (n >= 0))"
                        + " PARTITION BY RANGE (id)",
                "CREATE TABLE tree_1 PARTITION OF tree FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE tree_2 PARTITION OF tree FOR VALUES FROM (10) TO (20)");
        for (String name : List.of("tree", "tree_1")) {
            for (int version : new int[] {-NEW_SERVER, NEW_SERVER}) {
                database.execute("TRUNCATE tree");
                WriteReport report = table(name, version)
                        .write(
                                rows(NODE, row(1, 2, 1), row(2, 9, 1), row(3, 42, 1), row(4, 4, -1), row(9, null, 1)),
                                RejectListener.keep(1_000));
                assertThat(positions(report)).as(name).containsExactly(3L, 4L);
                assertThat(all("tree")).containsExactly("1|2|1", "2|9|1", "9||1");
            }
        }
    }

    @Test
    void whoever_may_only_insert_has_orphans_rejected_too() {
        String name = nodes("");
        TestDatabase.server()
                .createRole(database.name(), "inserter", "secret", "GRANT INSERT ON " + name + " TO inserter");
        try (PostgresDatabase inserter = database.as("inserter", "secret")) {
            assertCounts(
                    inserter.table(name)
                            .write(
                                    rows(NODE, row(1, 3, 1), row(2, 77, 1), row(3, null, 1), row(4, null, -1)),
                                    RejectListener.keep(1_000)),
                    2,
                    2,
                    0);
        }
        assertThat(all(name)).containsExactly("1|3|1", "3||1");
        database.execute("DROP OWNED BY inserter", "DROP ROLE inserter");
    }

    /** What is written is what one statement would have taken, less the rows that can never be. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void any_order_of_a_large_tree_is_written_but_for_what_hangs_on_bad_rows(int seed) {
        int size = 5_000;
        Random random = new Random(seed);
        boolean[] bad = new boolean[size];
        List<@Nullable Object[]> nodes = new ArrayList<>();
        int good = 0;
        for (int i = 0; i < size; i++) {
            int parent = i == 0 ? 0 : random.nextInt(i);
            boolean refused = i > size - 1_000 && random.nextInt(100) == 0;
            boolean orphan = i > size - 1_000 && random.nextInt(100) == 0;
            bad[i] = refused || orphan || bad[parent];
            good += bad[i] ? 0 : 1;
            nodes.add(row(
                    i, orphan ? Integer.valueOf(-1 - i) : i == 0 ? null : Integer.valueOf(parent), refused ? -1 : 1));
        }
        if (seed % 2 == 0) {
            Collections.shuffle(nodes, random);
        } else {
            Collections.reverse(nodes);
        }
        String name = nodes("");
        PostgresTable table = table(name, seed < 3 ? NEW_SERVER : -NEW_SERVER);
        Rows rows = rows(NODE, nodes);
        WriteReport report = table.write(rows, RejectListener.keep(1_000));
        assertCounts(report, good, size - good, 0);
        List<Integer> rejected = new ArrayList<>();
        for (long position : positions(report)) {
            rejected.add((Integer) nodes.get((int) position - 1)[0]);
        }
        for (int i = 0; i < size; i++) {
            assertThat(rejected.contains(i)).as("node %d rejected", i).isEqualTo(bad[i]);
        }
    }
}
