package io.github.keywharf.postgres.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.postgres.TestDatabase;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTableTest {

    @Test
    void foreign_keys_that_the_server_keeps_for_each_partition_are_left_out() throws Exception {
        try (TestDatabase database = new TestDatabase();
                Connection connection = database.connection()) {
            database.execute(
                    "CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree) PARTITION BY RANGE (id)",
                    "CREATE TABLE tree_1 PARTITION OF tree FOR VALUES FROM (0) TO (10)",
                    "CREATE TABLE tree_2 PARTITION OF tree FOR VALUES FROM (10) TO (20)");

            for (String name : List.of("tree", "tree_1")) {
                assertThat(TargetTable.find(connection, "public", name)
                                .orElseThrow()
                                .foreignKeys())
                        .as(name)
                        .hasSize(1);
            }
        }
    }
}
