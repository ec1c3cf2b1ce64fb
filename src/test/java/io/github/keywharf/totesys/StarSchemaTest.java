package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.ColumnBatch;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
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
        WarehouseTable payment = star.tables().byTargetName("fact_payment").orElseThrow().target();

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

    @Test
    void days_of_the_week_are_numbered_as_chosen() {
        assertThat(List.of(DayNumbering.values()))
                .extracting(numbering -> numbering.number(DayOfWeek.SUNDAY))
                .containsExactly(7, 6, 0);
        assertThat(List.of(DayNumbering.values()))
                .extracting(numbering -> numbering.number(DayOfWeek.MONDAY))
                .containsExactly(1, 0, 1);
    }

    @Test
    void a_calendar_row_says_all_about_its_day() {
        CalendarDays days = new CalendarDays();
        days.addRange(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 3, 1));
        ColumnBatch batch = days.batch(StarSchema.totesys().tables().calendar());

        assertThat(batch.row(0).toMap().values())
                .containsExactly(LocalDate.of(2024, 2, 29), 2024, 2, 29, 4, "Thursday", "February", 1);
        assertThat(batch.size()).isEqualTo(2);
    }

    @Test
    void currencies_have_their_iso_4217_names() {
        assertThat(IsoCurrencies.name("GBP")).contains("Pound Sterling");
        assertThat(IsoCurrencies.name("USD")).contains("US Dollar");
        assertThat(IsoCurrencies.name("EUR")).contains("Euro");
        assertThat(IsoCurrencies.name("XQZ")).isEmpty();
        assertThat(java.util.Currency.getAvailableCurrencies().stream()
                        .map(java.util.Currency::getCurrencyCode)
                        .filter(code -> IsoCurrencies.name(code).isPresent())
                        .count())
                .as("codes that the JDK knows too")
                .isGreaterThan(150);
    }
}
