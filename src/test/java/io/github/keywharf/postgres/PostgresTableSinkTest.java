package io.github.keywharf.postgres;

import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.testing.contract.RowSinkContract;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class PostgresTableSinkTest extends RowSinkContract {

    private final TestDatabase database = new TestDatabase();

    @BeforeEach
    void create() {
        database.execute("CREATE TABLE taken (id int NOT NULL, name text)");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Override
    protected RowSink sink() {
        return database.database().table("taken");
    }

    @Override
    protected List<Row> written() {
        return database.database().query("SELECT id, name FROM taken ORDER BY id").table().rows().stream()
                .toList();
    }
}
