package io.github.keywharf.testing.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TotesysGeneratorTest {
    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Connection database(String name) throws SQLException {
        server.createDatabase(name);
        return server.connection(name);
    }

    @Test
    void year_of_history_keeps_all_rules_and_grows_as_the_live_system_does() throws SQLException {
        try (Connection source = database("year")) {
            TotesysGenerator generator = TotesysGenerator.builder(7).build();
            generator.createSchema(source);
            generator.generateHistory(source);
            LocalDateTime now = generator.now(source);
            assertThat(now.toLocalDate()).isEqualTo(LocalDate.of(2023, 11, 2));
            assertThat(TotesysInvariants.violations(source, now)).isEmpty();
            assertThat(count(source, "sales_order")).isBetween(5_300, 6_100);
            assertThat(count(source, "purchase_order")).isBetween(2_100, 2_600);
            assertThat(count(source, "design")).isBetween(190, 290);
            assertThat(count(source, "staff")).isEqualTo(20);
            assertThat(count(source, "address")).isEqualTo(30);
            assertThat(count(source, "counterparty")).isEqualTo(20);
            assertThat(Sql.number(source, "SELECT count(*) FROM payment WHERE paid"))
                    .isBetween(count(source, "payment") / 2, count(source, "payment") * 2 / 3);
            assertThat(Sql.number(source, "SELECT count(*) FROM address WHERE address_line_2 IS NULL"))
                    .isEqualTo(20);
        }
    }

    @Test
    void silent_changes_leave_traces_but_no_time_stamp() throws SQLException {
        try (Connection source = database("silent")) {
            TotesysGenerator generator = TotesysGenerator.builder(3).build();
            generator.createSchema(source);
            generator.generateHistory(source);
            assertThat(Sql.number(
                            source,
                            "SELECT count(*) FROM sales_order WHERE agreed_delivery_date::date > created_at::date + 7"))
                    .isBetween(5, 60);
            assertThat(Sql.number(source, """
                            SELECT count(*) FROM sales_order s JOIN design d USING (design_id)
                            WHERE d.created_at > s.created_at""")).isPositive();
            assertThat(Sql.number(source, "SELECT count(*) FROM payment WHERE payment_id <> transaction_id"))
                    .isPositive();
            assertThat(Sql.ints(source, "SELECT sales_order_id FROM sales_order LIMIT 1000"))
                    .isNotEqualTo(Sql.ints(
                            source, "SELECT sales_order_id FROM sales_order ORDER BY sales_order_id LIMIT 1000"));
        }
    }

    @Test
    void same_seed_gives_the_same_rows_and_another_seed_others() throws SQLException {
        assertThat(digestOf("same_a", 11)).isEqualTo(digestOf("same_b", 11));
        assertThat(digestOf("same_c", 12)).isNotEqualTo(digestOf("same_d", 11));
    }

    private static String digestOf(String name, long seed) throws SQLException {
        try (Connection source = database(name)) {
            TotesysGenerator generator = TotesysGenerator.builder(seed).days(40).build();
            generator.createSchema(source);
            generator.generateHistory(source);
            return TotesysInvariants.digest(source);
        }
    }

    @Test
    void long_history_equals_a_short_one_that_was_advanced() throws SQLException {
        LocalDateTime middle = LocalDate.of(2022, 12, 1).atTime(13, 30);
        LocalDateTime end = LocalDate.of(2023, 1, 10).atTime(13, 30);
        try (Connection longer = database("longer");
                Connection shorter = database("shorter")) {
            TotesysGenerator one = TotesysGenerator.seeded(5);
            one.createSchema(longer);
            one.generateHistory(longer, end);
            TotesysGenerator two = TotesysGenerator.seeded(5);
            two.createSchema(shorter);
            two.generateHistory(shorter, middle);
            for (int i = 0; i < 4; i++) {
                two.advance(shorter, 10);
            }
            assertThat(two.now(shorter)).isEqualTo(end);
            assertThat(shorter.getAutoCommit()).isTrue();
            assertThat(TotesysInvariants.violations(shorter, end)).isEmpty();
            assertThat(TotesysInvariants.digest(shorter)).isEqualTo(TotesysInvariants.digest(longer));
        }
    }

    @Test
    void bulk_of_a_hundred_thousand_sales_holds_all_laws() throws SQLException {
        try (Connection source = database("bulk")) {
            TotesysGenerator generator = TotesysGenerator.builder(9).days(730).build();
            generator.createSchema(source);
            int bulk = 100_000;
            generator.bulk(source, bulk);
            assertThat(count(source, "sales_order")).isEqualTo(bulk);
            assertThat(count(source, "purchase_order")).isEqualTo(Math.round(bulk / 2.4f));
            assertThat(TotesysInvariants.violations(source, generator.now(source)))
                    .isEmpty();
            assertThat(Sql.number(source, "SELECT count(*) FROM payment WHERE payment_id <> transaction_id"))
                    .isPositive();
            assertThat(Sql.number(source, """
                            SELECT count(*) FROM sales_order WHERE units_sold NOT BETWEEN 1000 AND 100000
                                OR unit_price NOT BETWEEN 2 AND 4""")).isZero();
            generator.advance(source, 3);
            assertThat(TotesysInvariants.violations(source, generator.now(source)))
                    .isEmpty();
            assertThatThrownBy(() -> generator.bulk(source, 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void bulk_may_do_without_purchases() throws SQLException {
        try (Connection source = database("bulk_sales")) {
            TotesysGenerator generator = TotesysGenerator.seeded(9);
            generator.createSchema(source);
            generator.bulk(source, 1_001, false);
            assertThat(count(source, "purchase_order")).isZero();
            assertThat(count(source, "payment")).isEqualTo(1_001);
            assertThat(TotesysInvariants.violations(source, generator.now(source)))
                    .isEmpty();
        }
    }

    @Test
    void laws_notice_what_breaks_them() throws SQLException {
        try (Connection source = database("broken")) {
            TotesysGenerator generator = TotesysGenerator.builder(2).days(20).build();
            generator.createSchema(source);
            generator.generateHistory(source);
            Sql.execute(source, "UPDATE payment SET payment_amount = payment_amount + 1 WHERE payment_id = 3");
            Sql.execute(source, "UPDATE design SET last_updated = last_updated + interval '1 s' WHERE design_id = 4");
            assertThat(TotesysInvariants.violations(source, generator.now(source)))
                    .containsExactly(
                            "a payment has its order's counterparty, currency, date and amount: broken 1 times, as in 3",
                            "design.last_updated never moves: broken 1 times, as in 4");
        }
    }

    private static int count(Connection connection, String table) throws SQLException {
        return Sql.number(connection, "SELECT count(*) FROM " + table);
    }
}
