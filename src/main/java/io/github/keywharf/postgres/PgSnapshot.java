package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A view held open by a leading transaction, whose exported snapshot every reading connection takes over. */
final class PgSnapshot implements SourceSnapshot {

    private static final Pattern PLANNED_ROWS = Pattern.compile("rows=(\\d+)");

    private final PgConnections connections;
    private final Connection leader;
    private final String exported;
    private final SnapshotPosition position;
    private final PgPosition ends;
    private final Supplier<PgCatalog> loading;
    private @Nullable PgCatalog catalog;
    private boolean closed;

    PgSnapshot(
            PgConnections connections,
            Connection leader,
            String exported,
            SnapshotPosition position,
            Supplier<PgCatalog> loading) {
        this.connections = connections;
        this.leader = leader;
        this.exported = exported;
        this.position = position;
        this.ends = PgPosition.of(position);
        this.loading = loading;
    }

    /** What tables there are, as this view has them; asked for when first needed. */
    private synchronized PgCatalog catalog() {
        checkOpen();
        PgCatalog loaded = catalog;
        if (loaded == null) {
            loaded = loading.get();
            catalog = loaded;
        }
        return loaded;
    }

    @Override
    public SnapshotPosition position() {
        return position;
    }

    @Override
    public Rows read(ReadRequest request) {
        PgTable table = catalog().table(request.table());
        List<PgColumn> columns = columns(table, request);
        String sql = sql(table, columns, request.increment());
        Schema schema = Schema.of(columns.stream().map(PgColumn::column).toList());
        if (columns.isEmpty()) {
            throw new KeywharfException("sql.unknown_column", request.table(), "The table has no column to read");
        }
        Connection connection = reader();
        try {
            return new CopyRows(connection, table.table().name(), schema, sql);
        } catch (SQLException e) {
            PgSessions.abort(connection);
            throw PgErrors.of(request.table(), "The table cannot be read", e);
        }
    }

    private Connection reader() {
        checkOpen();
        Connection connection = connections.open();
        try {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                        + " SET TRANSACTION SNAPSHOT '" + exported + "'; SET LOCAL TimeZone = 'UTC'");
            }
            return connection;
        } catch (SQLException e) {
            PgSessions.end(connection);
            String state = PgErrors.state(e);
            if (state.equals("22023") || state.equals("42704")) {
                throw new KeywharfException(
                        "postgres.snapshot_lost",
                        connections.name(),
                        "The snapshot is gone, as the connection that held it was lost; take another",
                        e);
            }
            throw PgErrors.of(connections.name(), "The snapshot cannot be taken over", e);
        }
    }

    @Override
    public String sql(ReadRequest request) {
        PgTable table = catalog().table(request.table());
        return sql(table, columns(table, request), request.increment());
    }

    private String sql(PgTable table, List<PgColumn> columns, Increment increment) {
        StringJoiner list = new StringJoiner(", ");
        columns.forEach(column -> list.add(column.expression()));
        String select = "SELECT " + list + " FROM " + table.quotedName();
        if (increment instanceof Increment.Since since) {
            return comparable(table, since.earlier())
                    ? select + " WHERE " + ends.condition(PgPosition.of(since.earlier()))
                    : select;
        }
        if (increment instanceof Increment.Window window) {
            ColumnType.Kind kind =
                    PgCatalog.column(table, window.column()).column().type().kind();
            if (kind != ColumnType.Kind.TIMESTAMP && kind != ColumnType.Kind.TIMESTAMP_UTC) {
                throw new KeywharfException(
                        "sql.unknown_column",
                        table.table().name(),
                        "The column '" + window.column() + "' is no timestamp, so it has no window");
            }
            String zone = kind == ColumnType.Kind.TIMESTAMP_UTC ? "+00" : "";
            String quoted = Identifiers.quote(window.column());
            return select + " WHERE " + quoted + " >= '" + window.from() + zone + "' AND " + quoted + " < '"
                    + window.to() + zone + "'";
        }
        return select;
    }

    private boolean comparable(PgTable table, SnapshotPosition earlier) {
        return table.ordinary()
                && position.system().equals(earlier.system())
                && ends.comparableTo(PgPosition.of(earlier));
    }

    private static List<PgColumn> columns(PgTable table, ReadRequest request) {
        if (request.columns().isEmpty()) {
            return table.columns();
        }
        List<PgColumn> chosen = new ArrayList<>();
        for (String name : request.columns()) {
            chosen.add(PgCatalog.column(table, name));
        }
        return chosen;
    }

    @Override
    public OptionalLong estimateRows(ReadRequest request) {
        PgTable table = catalog().table(request.table());
        if (request.increment() instanceof Increment.Since since && comparable(table, since.earlier())) {
            return unchangedSince(since.earlier()) ? OptionalLong.of(0) : OptionalLong.empty();
        }
        if (request.increment() instanceof Increment.Window) {
            return planned(request);
        }
        long rows = table.table().estimatedRows();
        return rows < 0 ? OptionalLong.empty() : OptionalLong.of(rows);
    }

    private OptionalLong planned(ReadRequest request) {
        String sql = "EXPLAIN " + sql(request);
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            Matcher matcher = PLANNED_ROWS.matcher(result.getString(1));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
        } catch (SQLException e) {
            throw PgErrors.of(request.table(), "The number of rows cannot be estimated", e);
        }
    }

    /**
     * Equal snapshots see the same: a transaction that commits in between either leaves the list of the running ones or
     * moves {@code xmax}, and nothing is written without a transaction number.
     */
    @Override
    public boolean unchangedSince(SnapshotPosition earlier) {
        return position.system().equals(earlier.system()) && position.snapshot().equals(earlier.snapshot());
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw new IllegalStateException("The snapshot is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            PgSessions.end(leader);
        }
    }

    @Override
    public String toString() {
        return "PostgresSnapshot[" + connections.name() + ", " + position.snapshot() + ", " + position.time() + "]";
    }
}
