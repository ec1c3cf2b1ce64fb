package io.github.keywharf.postgres.source;

import io.github.keywharf.postgres.TestDatabase;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.testing.contract.SqlSourceContract;
import java.time.LocalDateTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class PgSourceTest extends SqlSourceContract {

    private final TestDatabase database = newDatabase();

    TestDatabase newDatabase() {
        return new TestDatabase();
    }

    @BeforeEach
    void create() {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, name text, last_updated timestamp(3))",
                "CREATE TABLE _hidden (id int)");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Override
    protected SqlSource source() {
        return database.database().source();
    }

    @Override
    protected void write(int id, String name, LocalDateTime lastUpdated) {
        database.execute("INSERT INTO item VALUES (" + id + ", '" + name + "', '" + lastUpdated + "')"
                + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, last_updated = excluded.last_updated");
    }
}
