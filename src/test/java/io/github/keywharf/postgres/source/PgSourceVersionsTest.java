package io.github.keywharf.postgres.source;

import io.github.keywharf.postgres.TestDatabase;
import org.junit.jupiter.api.Nested;

/** The contract of a source on versions beside the one that all other tests run on. */
class PgSourceVersionsTest {

    @Nested
    class On14 extends PgSourceTest {
        @Override
        TestDatabase newDatabase() {
            return TestDatabase.on(14);
        }
    }

    @Nested
    class On15 extends PgSourceTest {
        @Override
        TestDatabase newDatabase() {
            return TestDatabase.on(15);
        }
    }

    @Nested
    class On16 extends PgSourceTest {
        @Override
        TestDatabase newDatabase() {
            return TestDatabase.on(16);
        }
    }

    @Nested
    class On18 extends PgSourceTest {
        @Override
        TestDatabase newDatabase() {
            return TestDatabase.on(18);
        }
    }
}
