package io.github.keywharf.testing.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TotesysTortureTest {
    private static PostgresServer server;
    private static Connection source;
    private static LocalDateTime now;
    private final TotesysTorture torture = new TotesysTorture(1);

    @BeforeAll
    static void start() throws SQLException {
        server = PostgresServer.start();
        server.createDatabase("totesys");
        source = server.connection("totesys");
        TotesysGenerator generator = TotesysGenerator.builder(1).days(20).build();
        generator.createSchema(source);
        generator.generateHistory(source);
        now = generator.now(source);
    }

    @AfterAll
    static void stop() throws SQLException {
        source.close();
        server.close();
    }

    @Test
    void late_commit_is_invisible_until_it_is_made() throws SQLException {
        try (Connection other = server.connection("totesys");
                TotesysTorture.LateCommit late = torture.lateCommit(other, now)) {
            String query = "SELECT count(*) FROM payment WHERE payment_id = ?";
            assertThat(Sql.number(source, query, late.keys().paymentId())).isZero();
            late.commit();
            assertThat(Sql.number(source, query, late.keys().paymentId())).isOne();
        }
    }

    @Test
    void deleted_order_leaves_its_transaction_behind_with_its_time_stamp() throws SQLException {
        int order = torture.someSales(source, 1).get(0);
        int transaction = Sql.number(source, "SELECT transaction_id FROM transaction WHERE sales_order_id = ?", order);
        torture.deleteOrder(source, order);
        assertThat(Sql.number(source, """
                        SELECT count(*) FROM transaction WHERE transaction_id = ? AND sales_order_id IS NULL
                            AND last_updated = created_at""", transaction)).isOne();
        assertThatThrownBy(() -> torture.deleteOrder(source, order))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(order));
    }

    @Test
    void refund_is_a_payment_of_the_refund_type_over_the_same_amount() throws SQLException {
        TotesysTorture.OrderKeys keys = torture.refund(source, 2, now);
        assertThat(Sql.number(source, """
                        SELECT r.payment_type_id - p.payment_type_id FROM payment r JOIN payment p
                            ON p.payment_id = 2 AND r.payment_amount = p.payment_amount WHERE r.payment_id = ?""", keys.paymentId())).isOne();
    }

    @Test
    void stamps_may_be_equal_old_future_or_whole() throws SQLException {
        assertThat(torture.equalTimestamps(source, 5, now)).hasSize(5);
        assertThat(torture.oldAndFutureTimestamps(source, now)).hasSize(4);
        assertThat(torture.wholeSecondTimestamps(source, now)).hasSize(3);
        assertThat(Sql.number(source, "SELECT count(*) FROM sales_order WHERE created_at > ?", now.plusYears(29)))
                .isOne();
        assertThat(Sql.number(source, "SELECT count(*) FROM sales_order WHERE created_at = ?", now))
                .isGreaterThanOrEqualTo(5);
    }

    @Test
    void awkward_texts_come_back_as_they_were_written() throws SQLException {
        List<Integer> designs = torture.awkwardText(source, now);
        for (int i = 0; i < designs.size(); i++) {
            assertThat(Sql.value(
                            source, String.class, "SELECT file_name FROM design WHERE design_id = ?", designs.get(i)))
                    .isEqualTo(TotesysTorture.AWKWARD_TEXTS.get(i));
        }
    }

    @Test
    void silent_edit_moves_no_time_stamp_and_due_payments_share_one() throws SQLException {
        for (int order : torture.silentEdit(source, 3)) {
            assertThat(Sql.number(
                            source,
                            "SELECT count(*) FROM sales_order WHERE sales_order_id = ? AND last_updated = created_at",
                            order))
                    .isOne();
        }
        LocalDateTime at = now.toLocalDate().plusDays(1).atTime(7, 55, 11);
        List<Integer> paid = torture.payDuePayments(source, at);
        assertThat(paid).isNotEmpty();
        assertThat(Sql.number(source, "SELECT count(*) FROM payment WHERE last_updated = ?", at))
                .isEqualTo(paid.size());
    }

    @Test
    void reference_data_may_change_and_orders_may_turn_bad() throws SQLException {
        assertThat(torture.nullDepartmentLocation(source, 3)).isEqualTo(3);
        assertThat(torture.renameDepartment(source, 4, now)).isEqualTo(4);
        assertThat(torture.changeAddress(source, 5, now)).isEqualTo(5);
        assertThat(torture.newCurrency(source, "JPY", now)).isPositive();
        assertThat(torture.unknownCurrency(source, "XQZ", now).orderId()).isPositive();
        List<Integer> orders = torture.someSales(source, 2);
        torture.unparseableDate(source, orders.get(0));
        torture.dateOutsideCalendar(source, orders.get(1));
        int last = Sql.number(source, "SELECT max(payment_id) FROM payment");
        int gap = torture.idGap(source);
        assertThat(torture.equalTimestamps(source, 1, now).get(0).paymentId()).isGreaterThanOrEqualTo(last + gap + 1);
        int payment = torture.deletePayment(source, last);
        assertThat(Sql.number(source, "SELECT count(*) FROM payment WHERE payment_id = ?", payment))
                .isZero();
    }
}
