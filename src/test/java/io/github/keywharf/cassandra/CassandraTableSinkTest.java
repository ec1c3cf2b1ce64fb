package io.github.keywharf.cassandra;

import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.contract.RowSinkContract;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

class CassandraTableSinkTest extends RowSinkContract {
    private final CassandraServer server = CassandraServer.shared();
    private final CassandraManager cassandra = CassandraManager.of(server.session());
    private String table = "";

    @BeforeEach
    void create() {
        table = server.createKeyspace("sink") + ".taken";
        server.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, name text)");
    }

    @Override
    protected RowSink sink() {
        return cassandra.table(table);
    }

    @Override
    protected List<Row> written() {
        return cassandra.execute("SELECT id, name FROM " + table).rows().stream()
                .sorted(Comparator.comparing(row -> (Integer) row.value("id")))
                .toList();
    }
}
