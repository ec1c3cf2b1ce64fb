package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.TestDatabase;
import org.junit.jupiter.api.Nested;

/** The contract of a warehouse on versions beside the one that all other tests run on. */
class PgWarehouseVersionsTest {

    @Nested
    class On14 extends PgWarehouseTest {
        @Override
        TestDatabase newDatabase() {
            return TestDatabase.on(14);
        }
    }

    @Nested
    class On15 extends PgWarehouseTest {
        @Override
        TestDatabase newDatabase() {
            return TestDatabase.on(15);
        }
    }

    @Nested
    class On16 extends PgWarehouseTest {
        @Override
        TestDatabase newDatabase() {
            return TestDatabase.on(16);
        }
    }

    @Nested
    class On18 extends PgWarehouseTest {
        @Override
        TestDatabase newDatabase() {
            return TestDatabase.on(18);
        }
    }
}
