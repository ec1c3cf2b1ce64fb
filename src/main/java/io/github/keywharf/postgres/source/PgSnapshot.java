package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.copy.Blocks;
import io.github.keywharf.postgres.internal.copy.CopyDecoder;
import io.github.keywharf.postgres.internal.copy.CopyFormat;
import io.github.keywharf.postgres.internal.copy.CopyMessages;
import io.github.keywharf.postgres.internal.copy.CopyRows;
import io.github.keywharf.postgres.internal.copy.PgColumn;
import io.github.keywharf.postgres.internal.copy.RawMessages;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.copy.TextValues;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A view held open by a leading transaction, whose exported snapshot every reading connection takes over. */
final class PgSnapshot implements SourceSnapshot {

    private static final Pattern PLANNED_ROWS = Pattern.compile("rows=(\\d+)");

    private static final Pattern PLANNED_WIDTH = Pattern.compile("width=(\\d+)");

    /** Tables of unknown size that the planner takes to have no more rows than this are counted. */
    private static final long COUNTED = 100_000;

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Below this version, the rows of some blocks are found by reading all. */
    private static final int TID_RANGES_SINCE = 14;

    /**
     * Blocks of the largest file; none where some rows are not in files of the server's own, or may be those of a later
     * moment, as of a materialized view.
     */
    private static final String BLOCKS = """
        WITH RECURSIVE tree(oid) AS (
            SELECT ?::oid UNION ALL SELECT h.inhrelid FROM tree t JOIN pg_inherits h ON h.inhparent = t.oid)
        SELECT max(pg_relation_size(oid)) / current_setting('block_size')::bigint
          FROM tree JOIN pg_class c USING (oid) HAVING bool_and(c.relkind IN ('r', 'p'))\
        """;

    /** Keys in one statement. */
    private static final int KEYS = 1_000;

    private final String name;
    private final Connection leader;
    private final PgReaders readers;
    private final SnapshotPosition position;
    private final PgPosition ends;
    private final boolean standby;
    private final Supplier<PgCatalog> loading;
    private @Nullable PgCatalog catalog;
    private boolean closed;

    PgSnapshot(
            String name,
            Connection leader,
            PgReaders readers,
            SnapshotPosition position,
            boolean standby,
            Supplier<PgCatalog> loading) {
        this.name = name;
        this.leader = leader;
        this.readers = readers;
        this.position = position;
        this.ends = PgPosition.of(position);
        this.standby = standby;
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
    public Optional<String> identity(String table) {
        return catalog().tables().stream()
                .filter(candidate -> candidate.table().name().equals(table))
                .findFirst()
                .map(found -> found.identity().columns());
    }

    @Override
    public Map<String, String> unlocked() {
        return readers.unlocked();
    }

    @Override
    public Set<Long> missing(Set<Long> transactions) {
        return transactions.stream().filter(number -> !ends.sees(number)).collect(Collectors.toSet());
    }

    @Override
    public SnapshotPosition position() {
        return position;
    }

    @Override
    public Rows read(ReadRequest request) {
        return read(request, PgSnapshot::refuse);
    }

    private static void refuse(RejectedRow row) {
        throw new KeywharfException(
                "postgres.unreadable_value",
                row.source(),
                "Row " + row.position() + ", column '" + row.column() + "': " + row.reason()
                        + ", leave the column out, or give read() a listener for rejected rows");
    }

    @Override
    public Rows read(ReadRequest request, RejectListener rejects) {
        PgTable table = catalog().table(request.table());
        List<PgColumn> columns = columns(table, request);
        Schema schema = Schema.of(columns.stream().map(PgColumn::column).toList());
        if (columns.isEmpty()) {
            throw new KeywharfException("sql.unknown_column", request.table(), "The table has no column to read");
        }
        if (request.increment() instanceof Increment.Keys keys) {
            String all = sql(table, columns, Increment.everything());
            return Rows.concat(
                    schema,
                    conditions(keys.keys()).stream()
                            .map(some -> (Supplier<Rows>) () -> decoded(table, schema, all + " WHERE " + some, rejects))
                            .toList());
        }
        return decoded(table, schema, sql(table, columns, request.increment()), rejects);
    }

    /** The rows of a part of a table, as {@link #read(ReadRequest)} reads them all. */
    Rows read(String name, Blocks part) {
        PgTable table = catalog().table(name);
        String select = sql(table, table.columns(), Increment.everything()) + part.where();
        return decoded(table, table.table().schema(), select, PgSnapshot::refuse);
    }

    /**
     * The rows of a part of a table as the bytes in which COPY brings them.
     *
     * @param settings statement before it; empty for none
     */
    Rows raw(String name, List<String> columns, Blocks part, CopyFormat format, String settings) {
        PgTable table = catalog().table(name);
        String select = "SELECT " + Quoted.names(columns) + " FROM " + table.quotedName() + part.where();
        RawMessages messages = new RawMessages(format, CopyRows.FIRST_CAPACITY);
        return copy(table, messages, format.statement(select), settings);
    }

    /** A table as this view has it. */
    PgTable table(String name) {
        return catalog().table(name);
    }

    /** About how many blocks a table has; 0 where its rows cannot be found by their block. */
    long blocks(String name) {
        long oid = catalog().table(name).oid();
        return describing(
                name,
                connection -> connection.getMetaData().getDatabaseMajorVersion() < TID_RANGES_SINCE
                        ? 0L
                        : Jdbc.first(connection, BLOCKS, row -> row.getLong(1), oid)
                                .orElse(0L));
    }

    /** The columns of a table as the server describes them. */
    List<TargetColumn> describe(String name) {
        long oid = catalog().table(name).oid();
        return describing(
                name,
                connection -> List.copyOf(TargetColumn.all(connection, oid).values()));
    }

    /** Conditions each of which holds for the rows with some of the keys. The server takes the texts for their columns' types. */
    private static List<String> conditions(Table keys) {
        String columns = "(" + Quoted.names(keys.schema().names()) + ") IN ";
        List<String> conditions = new ArrayList<>();
        StringJoiner some = new StringJoiner(", ", columns + "(", ")");
        int count = 0;
        for (Row key : keys) {
            StringJoiner values = new StringJoiner(", ", "(", ")");
            for (int i = 0; i < keys.schema().size(); i++) {
                values.add(Quoted.text(TextValues.format(Objects.requireNonNull(key.value(i)))));
            }
            some.add(values.toString());
            if (++count % KEYS == 0 || count == keys.size()) {
                conditions.add(some.toString());
                some = new StringJoiner(", ", columns + "(", ")");
            }
        }
        return conditions;
    }

    private Rows decoded(PgTable table, Schema schema, String select, RejectListener rejects) {
        CopyDecoder decoder = new CopyDecoder(table.table().name(), schema, CopyRows.FIRST_CAPACITY, rejects);
        return copy(table, decoder, CopyFormat.BINARY.statement(select), "");
    }

    private Rows copy(PgTable table, CopyMessages messages, String statement, String settings) {
        checkOpen();
        Connection connection = readers.take();
        try {
            if (!settings.isEmpty()) {
                Jdbc.execute(connection, settings);
            }
            String unrewritten = readers.isLocked(table.table().name()) ? "" : table.isAsSeen();
            return new CopyRows(connection, readers::giveBack, table.table().name(), messages, statement, unrewritten);
        } catch (SQLException e) {
            PgSessions.abort(connection);
            throw PgErrors.of(table.table().name(), "The table cannot be read", e);
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
        if (increment instanceof Increment.Keys keys) {
            List<String> conditions = conditions(keys.keys());
            return select + " WHERE " + (conditions.isEmpty() ? "false" : String.join(" OR ", conditions));
        }
        if (increment instanceof Increment.Window window) {
            ColumnType.Kind kind =
                    PgCatalog.column(table, window.column()).column().type().kind();
            if (kind != ColumnType.Kind.TIMESTAMP && kind != ColumnType.Kind.TIMESTAMP_UTC) {
                throw new KeywharfException(
                        "sql.unknown_column",
                        table.table().name(),
                        "The column '" + window.column() + "' is not a timestamp, so it has no window");
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
                && !earlier.isOfOther(table.identity().columns())
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

    /**
     * By the planner, except where it cannot know: of rows written since a position it assumes a third of the table, and of
     * a small table that was never analyzed ten pages. Those are counted, which takes as long as a scan.
     */
    @Override
    public OptionalLong estimateRows(ReadRequest request) {
        PgTable table = catalog().table(request.table());
        boolean since = request.increment() instanceof Increment.Since;
        if (request.increment() instanceof Increment.Since changed
                && comparable(table, changed.earlier())
                && unchangedSince(changed.earlier())) {
            return OptionalLong.of(0);
        }
        OptionalLong planned = planned(request, PLANNED_ROWS);
        boolean guessed = table.table().estimatedRows() <= 0 && planned.orElse(Long.MAX_VALUE) <= COUNTED;
        if (since || guessed) {
            return asked(request, "SELECT count(*) FROM (" + sql(request) + ") AS counted")
                    .map(count -> OptionalLong.of(Long.parseLong(count)))
                    .orElse(planned);
        }
        return planned;
    }

    @Override
    public OptionalLong estimateRowBytes(ReadRequest request) {
        return planned(request, PLANNED_WIDTH);
    }

    private OptionalLong planned(ReadRequest request, Pattern figure) {
        Optional<String> plan = asked(request, "EXPLAIN " + sql(request));
        Matcher matcher = figure.matcher(plan.orElse(""));
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** The first value that a statement gives; empty when the table is locked by others for too long. */
    private Optional<String> asked(ReadRequest request, String sql) {
        try {
            return ask(connection -> Jdbc.first(connection, sql, row -> row.getString(1)));
        } catch (SQLException e) {
            if (PgErrors.state(e).equals(LOCK_NOT_AVAILABLE)) {
                return Optional.empty();
            }
            throw PgErrors.of(request.table(), "The number of rows cannot be estimated", e);
        }
    }

    private <T> T describing(String table, Question<T> question) {
        try {
            return ask(question);
        } catch (SQLException e) {
            throw PgErrors.of(table, "The table cannot be described", e);
        }
    }

    /** Something to ask on a connection of the snapshot. */
    private interface Question<T> {
        T of(Connection connection) throws SQLException;
    }

    private <T> T ask(Question<T> question) throws SQLException {
        Connection connection = readers.take();
        boolean sound = false;
        try {
            T answer = question.of(connection);
            sound = true;
            return answer;
        } finally {
            if (sound) {
                readers.giveBack(connection);
            } else {
                PgSessions.abort(connection);
            }
        }
    }

    /**
     * Equal snapshots see the same: a transaction that commits in between either leaves the list of the running ones or
     * moves {@code xmax}, and nothing is written without a transaction number. Not so on a standby, whose snapshots do not
     * list running transactions: one that commits between the ends changes neither of them.
     */
    @Override
    public boolean unchangedSince(SnapshotPosition earlier) {
        return !standby
                && position.system().equals(earlier.system())
                && position.snapshot().equals(earlier.snapshot());
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
            readers.close();
            PgSessions.end(leader);
        }
    }

    @Override
    public String toString() {
        return "PostgresSnapshot[" + name + ", " + position.snapshot() + ", " + position.time() + "]";
    }
}
