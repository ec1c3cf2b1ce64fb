package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.sql.WarehouseTable;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StarSchemaTest {

    @Test
    void tables_are_in_an_order_in_which_they_can_be_loaded() {
        Set<String> before = new HashSet<>();
        for (WarehouseTable table : StarSchema.totesys().warehouseTables()) {
            assertThat(table.references()).allMatch(reference -> before.contains(reference.table()));
            before.add(table.name());
        }
        assertThat(before).hasSize(11);
    }

    @Test
    void renamed_tables_and_columns_are_renamed_wherever_they_are_referred_to() {
        StarSchema star = StarSchema.totesys()
                .withTableName("dim_date", "calendar")
                .withColumnName("fact_payment", "payment_date", "due");
        WarehouseTable payment =
                star.tables().byTargetName("fact_payment").orElseThrow().target();

        assertThat(payment.schema().names()).contains("due").doesNotContain("payment_date");
        assertThat(payment.references()).contains(new WarehouseTable.Reference("due", "calendar", "date_id"));
        assertThat(star.warehouseTables().get(0).name()).isEqualTo("calendar");
    }

    @Test
    void unknown_names_are_refused_with_those_there_are() {
        assertThatThrownBy(() -> StarSchema.totesys().withTableName("fact_sales", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fact_sales")
                .hasMessageContaining("fact_sales_order");
        assertThatThrownBy(() -> StarSchema.totesys().withColumnName("fact_payment", "paid_at", "x"))
                .hasMessageContaining("paid_at");
    }
}
