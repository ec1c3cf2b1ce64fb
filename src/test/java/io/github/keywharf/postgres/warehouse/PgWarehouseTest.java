package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.TestDatabase;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.testing.contract.WarehouseContract;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class PgWarehouseTest extends WarehouseContract {

    private final TestDatabase database = newDatabase();
    private final Warehouse warehouse = database.database().warehouse();

    TestDatabase newDatabase() {
        return new TestDatabase();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Override
    protected Warehouse warehouse() {
        return warehouse;
    }

    @Override
    protected List<String> query(String sql) {
        return database.query(sql);
    }
}
