package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseLoad.TableLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Background;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link Warehouse} promises. Subclasses give a warehouse without tables, and a way to look into it. */
public abstract class WarehouseContract {

    protected static final String FLOW = "orders";

    protected static final WarehouseTable CURRENCY = new WarehouseTable(
            "dim_currency",
            Schema.of(
                    Column.required("currency_id", ColumnType.INT32),
                    Column.required("currency_code", ColumnType.STRING),
                    Column.nullable("note", ColumnType.STRING)),
            List.of("currency_id"),
            Optional.empty(),
            List.of());

    protected static final WarehouseTable SALES = new WarehouseTable(
            "fact_sale",
            Schema.of(
                    Column.required("sale_id", ColumnType.INT32),
                    Column.required("currency_id", ColumnType.INT32),
                    Column.required("price", ColumnType.decimal(10, 2)),
                    Column.nullable("due", ColumnType.DATE)),
            List.of("sale_id"),
            Optional.of("sale_record_id"),
            List.of(new WarehouseTable.Reference("currency_id", "dim_currency", "currency_id")));

    protected static final List<WarehouseTable> TABLES = List.of(CURRENCY, SALES);

    private long lastBatch;
    protected final List<RejectedRow> rejects = new ArrayList<>();

    /** A warehouse that has none of the tables. */
    protected abstract Warehouse warehouse();

    /** Runs a query and gives its rows, the values of each as text separated by {@code |}, absent ones empty. */
    protected abstract List<String> query(String sql);

    protected static Rows rows(WarehouseTable table, Object @Nullable []... rows) {
        return rows(table.schema(), rows);
    }

    protected static Rows rows(Schema schema, Object @Nullable []... rows) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, rows.length);
        for (@Nullable Object[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                builders.get(i).appendValue(row[i]);
            }
        }
        return Rows.of(schema, List.of(ColumnBatch.build(schema, builders)));
    }

    protected static @Nullable Object[] row(@Nullable Object... values) {
        return values;
    }

    protected static @Nullable Object[] currency(int id, String code) {
        return row(id, code, null);
    }

    protected static @Nullable Object[] sale(int id, int currency, String price) {
        return row(id, currency, new BigDecimal(price), LocalDate.of(2026, 1, 31));
    }

    protected TableLoad load(WarehouseTable table, LoadMode mode, boolean complete, Rows rows) {
        try (WarehouseLoad load = warehouse().begin(FLOW, ++lastBatch, Map.of())) {
            TableLoad done =
                    load.load(table, mode, complete ? Coverage.complete() : Coverage.partial(), rows, rejects::add);
            load.commit();
            return done;
        }
    }

    private void created(LoadMode mode) {
        warehouse().create(TABLES, mode);
        load(CURRENCY, LoadMode.UPSERT, false, rows(CURRENCY, currency(1, "GBP"), currency(2, "USD")));
    }

    private long delete(LoadMode mode, int... ids) {
        Schema key = SALES.schema().select(SALES.key());
        @Nullable Object[][] rows = new Object[ids.length][];
        for (int i = 0; i < ids.length; i++) {
            rows[i] = row(ids[i]);
        }
        try (WarehouseLoad load = warehouse().begin(FLOW, ++lastBatch, Map.of())) {
            long deleted = load.delete(SALES, mode, rows(key, rows));
            load.commit();
            return deleted;
        }
    }

    private List<String> versions() {
        return query("SELECT sale_id, price FROM fact_sale ORDER BY sale_record_id");
    }

    private List<String> current() {
        return query("SELECT sale_id, price FROM current_sale ORDER BY sale_id");
    }

    @Test
    void creating_twice_needs_no_statement_the_second_time() {
        assertThat(warehouse().create(TABLES, LoadMode.APPEND_VERSIONS)).isNotEmpty();
        assertThat(warehouse().create(TABLES, LoadMode.APPEND_VERSIONS)).isEmpty();
        assertThat(warehouse().check(TABLES)).isEmpty();
    }

    @Test
    void check_names_each_table_that_is_missing() {
        assertThat(warehouse().check(TABLES)).containsOnlyKeys("dim_currency", "fact_sale");
    }

    @Test
    void a_batch_is_loaded_once_and_known_from_then_on() {
        assertThat(warehouse().newestLoaded(FLOW)).isEmpty();
        created(LoadMode.APPEND_VERSIONS);
        try (WarehouseLoad load = warehouse().begin(FLOW, 77, Map.of("until", "noon"))) {
            assertThat(load.alreadyLoaded()).isFalse();
            assertThat(newestLoaded()).isLessThan(77L);
            load.commit();
        }
        assertThat(warehouse().newestLoaded(FLOW)).contains(new Warehouse.LoadedBatch(77, Map.of("until", "noon")));
        assertThat(warehouse().newestLoaded("another")).isEmpty();
        try (WarehouseLoad load = warehouse().begin(FLOW, 77, Map.of())) {
            assertThat(load.alreadyLoaded()).isTrue();
            assertThatThrownBy(() -> load.load(
                            CURRENCY,
                            LoadMode.UPSERT,
                            Coverage.partial(),
                            rows(CURRENCY, currency(9, "CHF")),
                            rejects::add))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_load_closed_without_a_commit_leaves_nothing() {
        created(LoadMode.APPEND_VERSIONS);
        try (WarehouseLoad load = warehouse().begin(FLOW, 78, Map.of())) {
            load.load(
                    SALES, LoadMode.APPEND_VERSIONS, Coverage.partial(), rows(SALES, sale(1, 1, "1.00")), rejects::add);
        }
        assertThat(versions()).isEmpty();
        assertThat(newestLoaded()).isLessThan(78L);
    }

    @Test
    void the_newest_loaded_batch_is_the_one_with_the_greatest_number() {
        created(LoadMode.APPEND_VERSIONS);
        for (long number : new long[] {9, 11, 10}) {
            try (WarehouseLoad load = warehouse().begin(FLOW, number, Map.of("number", "n" + number))) {
                load.commit();
            }
        }
        assertThat(warehouse().newestLoaded(FLOW)).contains(new Warehouse.LoadedBatch(11, Map.of("number", "n11")));
    }

    private long newestLoaded() {
        return warehouse().newestLoaded(FLOW).map(Warehouse.LoadedBatch::number).orElse(0L);
    }

    @Test
    void a_second_loader_of_a_batch_waits_and_learns_that_it_is_loaded() throws Exception {
        created(LoadMode.APPEND_VERSIONS);
        CompletableFuture<Boolean> second;
        AtomicBoolean answered = new AtomicBoolean();
        try (WarehouseLoad first = warehouse().begin(FLOW, 79, Map.of())) {
            second = Background.supply(() -> {
                try (WarehouseLoad load = warehouse().begin(FLOW, 79, Map.of())) {
                    answered.set(true);
                    return load.alreadyLoaded();
                }
            });
            first.load(
                    SALES, LoadMode.APPEND_VERSIONS, Coverage.partial(), rows(SALES, sale(1, 1, "1.00")), rejects::add);
            TimeUnit.MILLISECONDS.sleep(150);
            assertThat(answered).isFalse();
            first.commit();
        }
        assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(versions()).hasSize(1);
    }

    @Test
    void rows_are_closed_even_when_the_load_fails() {
        created(LoadMode.APPEND_VERSIONS);
        AtomicBoolean closed = new AtomicBoolean();
        Rows failing = new Rows() {
            @Override
            public Schema schema() {
                return SALES.schema();
            }

            @Override
            public @Nullable ColumnBatch next() {
                throw new IllegalStateException("the source broke");
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
        try (WarehouseLoad load = warehouse().begin(FLOW, 80, Map.of())) {
            assertThatThrownBy(
                            () -> load.load(SALES, LoadMode.APPEND_VERSIONS, Coverage.partial(), failing, rejects::add))
                    .hasMessage("the source broke");
            assertThatThrownBy(load::commit).isInstanceOf(IllegalStateException.class);
        }
        assertThat(closed).isTrue();
    }

    @Test
    void upsert_inserts_replaces_what_differs_and_leaves_the_rest() {
        created(LoadMode.UPSERT);
        TableLoad load = load(
                CURRENCY,
                LoadMode.UPSERT,
                false,
                rows(CURRENCY, currency(1, "GBP"), row(2, "USD", "dollar"), currency(3, "EUR")));
        assertThat(load).isEqualTo(new TableLoad(3, 1, 1, 1, 0, 0));
        assertThat(query("SELECT * FROM dim_currency ORDER BY 1")).containsExactly("1|GBP|", "2|USD|dollar", "3|EUR|");
    }

    @Test
    void of_rows_with_one_key_in_an_upsert_the_last_wins() {
        warehouse().create(TABLES, LoadMode.UPSERT);
        TableLoad load = load(
                CURRENCY,
                LoadMode.UPSERT,
                false,
                rows(CURRENCY, currency(1, "A"), currency(2, "B"), currency(1, "C"), currency(1, "D")));
        assertThat(query("SELECT * FROM dim_currency ORDER BY 1")).containsExactly("1|D|", "2|B|");
        assertThat(load.read()).isEqualTo(4);
        assertThat(load.inserted()).isEqualTo(2);
        load(CURRENCY, LoadMode.UPSERT, false, rows(CURRENCY, currency(1, "E"), currency(1, "F")));
        assertThat(query("SELECT * FROM dim_currency ORDER BY 1")).containsExactly("1|F|", "2|B|");
    }

    @Test
    void add_missing_leaves_what_is_there() {
        created(LoadMode.UPSERT);
        TableLoad load = load(
                CURRENCY,
                LoadMode.ADD_MISSING,
                false,
                rows(CURRENCY, currency(1, "XXX"), currency(4, "CHF"), currency(4, "Y")));
        assertThat(load).isEqualTo(new TableLoad(3, 1, 0, 2, 0, 0));
        assertThat(query("SELECT * FROM dim_currency ORDER BY 1")).containsExactly("1|GBP|", "2|USD|", "4|CHF|");
    }

    @Test
    void versions_are_appended_only_where_something_differs_from_the_newest() {
        created(LoadMode.APPEND_VERSIONS);
        assertThat(load(SALES, LoadMode.APPEND_VERSIONS, false, rows(SALES, sale(1, 1, "1.00"), sale(2, 1, "2.00"))))
                .isEqualTo(new TableLoad(2, 2, 0, 0, 0, 0));
        assertThat(load(SALES, LoadMode.APPEND_VERSIONS, false, rows(SALES, sale(2, 1, "2.50"), sale(1, 1, "1.00"))))
                .isEqualTo(new TableLoad(2, 1, 0, 1, 0, 0));
        assertThat(load(SALES, LoadMode.APPEND_VERSIONS, false, rows(SALES, sale(2, 1, "2.00"))))
                .isEqualTo(new TableLoad(1, 1, 0, 0, 0, 0));
        assertThat(versions()).containsExactly("1|1.00", "2|2.00", "2|2.50", "2|2.00");
        assertThat(current()).containsExactly("1|1.00", "2|2.00");
    }

    @Test
    void several_versions_of_a_key_in_one_load_keep_their_order() {
        created(LoadMode.APPEND_VERSIONS);
        Rows first = rows(SALES, sale(1, 1, "1.00"), sale(1, 1, "1.00"), sale(1, 1, "1.10"), sale(1, 1, "1.00"));
        assertThat(load(SALES, LoadMode.APPEND_VERSIONS, false, first)).isEqualTo(new TableLoad(4, 3, 0, 1, 0, 0));
        assertThat(versions()).containsExactly("1|1.00", "1|1.10", "1|1.00");
        Rows second = rows(SALES, sale(1, 1, "1.00"), sale(2, 1, "9.00"), sale(1, 1, "1.20"), sale(1, 1, "1.20"));
        assertThat(load(SALES, LoadMode.APPEND_VERSIONS, false, second)).isEqualTo(new TableLoad(4, 2, 0, 2, 0, 0));
        assertThat(versions()).containsExactly("1|1.00", "1|1.10", "1|1.00", "2|9.00", "1|1.20");
    }

    @Test
    void absent_versions_are_appended_once_however_old_their_equal_is() {
        created(LoadMode.APPEND_VERSIONS);
        load(SALES, LoadMode.APPEND_VERSIONS, false, rows(SALES, sale(1, 1, "1.00"), sale(1, 1, "1.10")));
        Rows again = rows(SALES, sale(1, 1, "1.00"), sale(1, 1, "1.10"), sale(1, 1, "1.20"), sale(1, 1, "1.20"));
        assertThat(load(SALES, LoadMode.APPEND_ABSENT_VERSIONS, false, again))
                .isEqualTo(new TableLoad(4, 1, 0, 3, 0, 0));
        assertThat(versions()).containsExactly("1|1.00", "1|1.10", "1|1.20");
    }

    @Test
    void rows_that_refer_to_what_is_not_there_are_rejected_and_the_rest_is_loaded() {
        created(LoadMode.APPEND_VERSIONS);
        TableLoad load = load(
                SALES,
                LoadMode.APPEND_VERSIONS,
                false,
                rows(SALES, sale(1, 1, "1.00"), sale(2, 7, "2.00"), sale(3, 2, "3.00")));
        assertThat(load).isEqualTo(new TableLoad(3, 2, 0, 0, 1, 0));
        assertThat(rejects).hasSize(1);
        assertThat(rejects.get(0).position()).isEqualTo(2);
        assertThat(rejects.get(0).column()).isEqualTo("currency_id");
        assertThat(rejects.get(0).reason()).contains("dim_currency", "currency_id 7");
        assertThat(rejects.get(0).row()).containsEntry("sale_id", 2).containsEntry("price", new BigDecimal("2.00"));
        assertThat(versions()).containsExactly("1|1.00", "3|3.00");
    }

    @Test
    void keys_missing_from_a_complete_load_are_deleted_once_and_come_back_when_found_again() {
        created(LoadMode.APPEND_VERSIONS);
        load(
                SALES,
                LoadMode.APPEND_VERSIONS,
                true,
                rows(SALES, sale(1, 1, "1.00"), sale(2, 1, "2.00"), sale(3, 1, "3.00")));
        TableLoad without =
                load(SALES, LoadMode.APPEND_VERSIONS, true, rows(SALES, sale(1, 1, "1.00"), sale(3, 1, "3.00")));
        assertThat(without.deleted()).isEqualTo(1);
        assertThat(current()).containsExactly("1|1.00", "3|3.00");
        assertThat(versions()).hasSize(3);
        assertThat(load(SALES, LoadMode.APPEND_VERSIONS, true, rows(SALES, sale(1, 1, "1.00"), sale(3, 1, "3.00")))
                        .deleted())
                .isZero();
        TableLoad back = load(SALES, LoadMode.APPEND_VERSIONS, false, rows(SALES, sale(2, 1, "2.00")));
        assertThat(back.inserted()).isEqualTo(1);
        assertThat(current()).containsExactly("1|1.00", "2|2.00", "3|3.00");
        assertThat(load(SALES, LoadMode.APPEND_VERSIONS, true, rows(SALES, sale(2, 1, "2.00")))
                        .deleted())
                .isEqualTo(2);
        assertThat(current()).containsExactly("2|2.00");
    }

    @Test
    void a_key_whose_row_is_rejected_is_not_deleted() {
        created(LoadMode.APPEND_VERSIONS);
        load(SALES, LoadMode.APPEND_VERSIONS, true, rows(SALES, sale(1, 1, "1.00"), sale(2, 1, "2.00")));
        TableLoad load =
                load(SALES, LoadMode.APPEND_VERSIONS, true, rows(SALES, sale(1, 1, "1.00"), sale(2, 9, "2.00")));
        assertThat(load.deleted()).isZero();
        assertThat(load.rejected()).isEqualTo(1);
        assertThat(current()).containsExactly("1|1.00", "2|2.00");
    }

    @Test
    void an_empty_complete_load_deletes_all_keys() {
        created(LoadMode.APPEND_VERSIONS);
        load(SALES, LoadMode.APPEND_VERSIONS, false, rows(SALES, sale(1, 1, "1.00"), sale(2, 1, "2.00")));
        assertThat(load(SALES, LoadMode.APPEND_VERSIONS, true, Rows.empty(SALES.schema()))
                        .deleted())
                .isEqualTo(2);
        assertThat(current()).isEmpty();
    }

    @Test
    void a_complete_upsert_removes_what_is_missing_even_where_the_counts_agree() {
        created(LoadMode.UPSERT);
        load(SALES, LoadMode.UPSERT, true, rows(SALES, sale(1, 1, "1.00"), sale(2, 1, "2.00")));
        TableLoad other = load(SALES, LoadMode.UPSERT, true, rows(SALES, sale(2, 1, "2.00"), sale(3, 1, "3.00")));
        assertThat(other).isEqualTo(new TableLoad(2, 1, 0, 1, 0, 1));
        assertThat(versions()).containsExactly("2|2.00", "3|3.00");
        TableLoad same = load(SALES, LoadMode.UPSERT, true, rows(SALES, sale(2, 1, "2.00"), sale(3, 1, "3.00")));
        assertThat(same).isEqualTo(new TableLoad(2, 0, 0, 2, 0, 0));
        TableLoad twice = load(SALES, LoadMode.UPSERT, true, rows(SALES, sale(2, 1, "2.00"), sale(2, 1, "2.20")));
        assertThat(twice.deleted()).isEqualTo(1);
        assertThat(versions()).containsExactly("2|2.20");
    }

    @Test
    void deletions_hide_a_key_until_it_comes_again() {
        created(LoadMode.APPEND_VERSIONS);
        load(SALES, LoadMode.APPEND_VERSIONS, false, rows(SALES, sale(1, 1, "1.00"), sale(2, 1, "2.00")));
        assertThat(delete(LoadMode.APPEND_VERSIONS, 2, 99)).isEqualTo(1);
        assertThat(delete(LoadMode.APPEND_VERSIONS, 2)).isZero();
        assertThat(current()).containsExactly("1|1.00");
        load(SALES, LoadMode.APPEND_VERSIONS, false, rows(SALES, sale(2, 1, "2.00"), sale(2, 1, "2.20")));
        assertThat(current()).containsExactly("1|1.00", "2|2.20");
        assertThat(versions()).containsExactly("1|1.00", "2|2.00", "2|2.00", "2|2.20");
        assertThat(delete(LoadMode.APPEND_VERSIONS, 2)).isEqualTo(1);
        assertThat(current()).containsExactly("1|1.00");
    }

    @Test
    void with_upsert_deleted_facts_are_removed_and_dimensions_stay() {
        created(LoadMode.UPSERT);
        load(SALES, LoadMode.UPSERT, false, rows(SALES, sale(1, 1, "1.00"), sale(2, 1, "2.00"), sale(3, 1, "3.00")));
        assertThat(delete(LoadMode.UPSERT, 3)).isEqualTo(1);
        assertThat(load(SALES, LoadMode.UPSERT, true, rows(SALES, sale(1, 1, "1.50"))))
                .isEqualTo(new TableLoad(1, 0, 1, 0, 0, 1));
        assertThat(versions()).containsExactly("1|1.50");
        assertThat(load(CURRENCY, LoadMode.UPSERT, true, rows(CURRENCY, currency(1, "GBP")))
                        .deleted())
                .isEqualTo(1);
        assertThat(query("SELECT currency_id FROM dim_currency ORDER BY 1")).containsExactly("1", "2");
        load(SALES, LoadMode.UPSERT, false, rows(SALES, sale(2, 1, "2.00")));
        assertThat(current()).containsExactly("1|1.50", "2|2.00");
    }

    @Test
    void loading_the_same_again_changes_nothing_in_any_mode() {
        for (LoadMode mode : LoadMode.values()) {
            if (mode == LoadMode.UPSERT) {
                created(mode);
            }
            load(SALES, mode, false, rows(SALES, sale(1, 1, "1.00"), sale(2, 2, "2.00")));
            TableLoad again = load(SALES, mode, false, rows(SALES, sale(1, 1, "1.00"), sale(2, 2, "2.00")));
            assertThat(again).as(mode.name()).isEqualTo(new TableLoad(2, 0, 0, 2, 0, 0));
        }
    }
}
