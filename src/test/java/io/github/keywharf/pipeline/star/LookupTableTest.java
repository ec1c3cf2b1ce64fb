package io.github.keywharf.pipeline.star;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.util.List;
import org.junit.jupiter.api.Test;

class LookupTableTest {

    private final Table rows = rows();

    private static Table rows() {
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32));
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 1);
        builders.get(0).appendValue(1);
        return Table.of(schema, List.of(ColumnBatch.build(schema, builders)));
    }

    @Test
    void with_all_keys_of_unread_rows_known_only_those_are_unread() {
        LookupTable table = new LookupTable(rows, "id", new BatchRejects(1, "id", List.of(2), true));
        assertThat(table.isUnread(1)).isFalse();
        assertThat(table.isUnread(2)).isTrue();
        assertThat(table.isUnread(3)).isFalse();
    }

    @Test
    void with_unread_rows_of_unknown_key_every_key_that_is_not_there_may_be_one_of_them() {
        for (BatchRejects rejects : List.of(
                new BatchRejects(2, "id", List.of(2), false),
                new BatchRejects(1, "", List.of(), false),
                new BatchRejects(1, "other", List.of(7), true))) {
            LookupTable table = new LookupTable(rows, "id", rejects);
            assertThat(table.isUnread(1)).as("read, %s", rejects).isFalse();
            assertThat(table.isUnread(3)).as("not there, %s", rejects).isTrue();
            assertThat(table.isUnread(null)).as("null, %s", rejects).isFalse();
        }
    }

    @Test
    void without_unread_rows_a_key_that_is_not_there_is_not_unread() {
        assertThat(new LookupTable(rows, "id", null).isUnread(3)).isFalse();
    }
}
