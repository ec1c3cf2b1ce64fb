package io.github.keywharf.postgres;

import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseContract;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The contract by the statements for servers whose MERGE tells nothing of what it did, and with foreign keys kept on. */
class PgWarehouseOlderServerTest extends WarehouseContract {

    private final TestDatabase database = new TestDatabase();
    private final Warehouse warehouse =
            database.database().warehouse(options -> options.version(14).pauseForeignKeys(false));

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
