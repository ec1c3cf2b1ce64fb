package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BulkWindowTest {

    record Item(int id) {}

    private static BulkWindow window() {
        ColumnBatch batch =
                Objects.requireNonNull(Rows.ofRecords(Item.class, List.of(new Item(1), new Item(2), new Item(3)))
                        .next());
        BulkWindow window = new BulkWindow(0);
        window.add(batch, 0, 3, 100);
        window.requestMade(12);
        return window;
    }

    @Test
    void a_row_that_no_request_took_ends_the_load() {
        BulkWindow window = window();
        window.requestAcknowledged(2);
        assertThatThrownBy(() -> window.takeNewlyWritten("shop.item"))
                .hasMessageStartingWith("[shop.item] 3 rows were read, but 2 written and 0 left out (0 rejected)");
    }

    @Test
    void rows_that_are_sent_again_are_written_once() {
        BulkWindow window = window();
        window.requestAcknowledged(3);
        assertThat(window.takeNewlyWritten("shop.item")).isEqualTo(3);
        window.restart();
        window.rejectByServer("shop.item", 1, "no");
        window.requestMade(8);
        window.requestAcknowledged(2);
        assertThat(window.takeNewlyWritten("shop.item")).isEqualTo(-1);
    }
}
