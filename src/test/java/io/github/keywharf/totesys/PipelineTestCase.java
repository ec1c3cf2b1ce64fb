package io.github.keywharf.totesys;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test whose cases each have a source and a warehouse of their own. */
abstract class PipelineTestCase {

    PipelineFixture fixture;

    @BeforeEach
    final void start() throws SQLException {
        fixture = PipelineFixture.start();
    }

    @AfterEach
    final void stop() {
        fixture.close();
    }

    final void pay(int payment, int amount) {
        fixture.inSource("UPDATE payment SET payment_amount = " + amount + " WHERE payment_id = " + payment);
    }

    final void sell(int order, int units) {
        fixture.inSource("UPDATE sales_order SET units_sold = " + units + " WHERE sales_order_id = " + order);
    }
}
