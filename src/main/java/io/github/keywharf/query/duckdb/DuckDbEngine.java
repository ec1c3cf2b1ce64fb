package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Progress;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.MissingLibrary;
import io.github.keywharf.query.Query;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * DuckDB inside this process, for SQL over rows and files. It needs {@code org.duckdb:duckdb_jdbc} on the class path.
 *
 * <pre>{@code
 * try (QueryEngine engine = DuckDbEngine.builder().open()) {
 *     engine.table("reading", Csv.reader(Path.of("readings.csv")).schema(schema).rows());
 *     System.out.println(engine.query("SELECT sensor, avg(celsius) FROM reading WHERE day >= :from GROUP BY ALL")
 *             .bind("from", LocalDate.of(2024, 5, 20))
 *             .table());
 * }
 * }</pre>
 *
 * <p>Rows and objects that are registered are copied into files of a temporary directory, and results wait there, so that they
 * may be larger than memory. The directory is deleted when the engine is closed, and that of a crashed process when the
 * next engine is opened. Statements see all that their engine holds. They cannot reach other files, attach databases, load
 * extensions or change the configuration, unless the builder allows it. Engines know nothing of each other.
 *
 * <p>Results have the types of their columns, every column may be null, and the time zone is UTC. TINYINT and SMALLINT become
 * int32, UINTEGER int64, UBIGINT decimal(20,0), HUGEINT (as of a sum of whole numbers) decimal(38,0). Types that a table here
 * has not, such as ENUM, INTERVAL, BIT, UNION, TIMETZ and TIMESTAMP_NS, become text.
 *
 * <p>A sink that this engine gives writes all rows or none, unless constraints refuse some: then the others are written by
 * several statements, and those before a failure stay.
 *
 * <p>Thread-safe: statements of several threads run side by side.
 */
public final class DuckDbEngine implements QueryEngine {

    private final String name;
    private final Sessions sessions;
    private final EngineFolder folder;
    private final FileAccess access;
    private final EventListener events;
    private final Map<String, List<Path>> registered = new HashMap<>();

    private DuckDbEngine(String name, Sessions sessions, EngineFolder folder, FileAccess access, EventListener events) {
        this.name = name;
        this.sessions = sessions;
        this.folder = folder;
        this.access = access;
        this.events = events;
    }

    /** An engine in memory, with the defaults of {@link Builder}. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void table(String table, Rows rows) {
        try (rows) {
            sessions.requireOpen();
            SpooledRows spooled =
                    SpooledRows.write(folder, table, Progress.watching(rows, "register " + table, events));
            String query = "SELECT " + spooled.named() + " FROM " + spooled.scan();
            register(table, List.of(spooled.file()), session -> query);
        } catch (KeywharfException e) {
            throw sessions.isClosed() ? sessions.closedWith(e) : e;
        }
    }

    @Override
    public void table(String table, ObjectStore store, String... keys) {
        if (keys.length == 0) {
            throw new IllegalArgumentException("Table '" + table + "' needs at least one object");
        }
        sessions.requireOpen();
        CopiedObjects objects = CopiedObjects.open(folder, table, store, List.of(keys), sessions::isClosed, events);
        register(table, objects.files(), session -> {
            objects.requireSameColumns(session, table);
            return "SELECT * FROM " + objects.scan();
        });
    }

    private void register(String table, List<Path> data, Sessions.Work<String> query) {
        boolean done = false;
        try {
            String view = Identifiers.quote(table);
            sessions.runAlone(table, session -> {
                session.execute("CREATE OR REPLACE VIEW " + view + " AS " + query.run(session));
                session.execute("COMMENT ON VIEW " + view + " IS " + SpooledRows.text(EngineFolder.PREFIX));
                forget(table);
                registered.put(table.toLowerCase(Locale.ROOT), data);
                return true;
            });
            done = true;
        } finally {
            if (!done) {
                EngineFolder.delete(data);
            }
        }
    }

    private void forget(String table) {
        List<Path> data = registered.remove(table.toLowerCase(Locale.ROOT));
        if (data != null) {
            EngineFolder.delete(data);
        }
    }

    @Override
    public Query query(String sql) {
        return new DuckDbQuery(sessions, folder, access, sql);
    }

    @Override
    public RowSink sink(String table) {
        return new DuckDbSink(sessions, folder, table, events);
    }

    @Override
    public void drop(String table) {
        sessions.runAlone(table, session -> {
            String sql = "SELECT table_type FROM system.information_schema.tables WHERE "
                    + BuiltIns.inDefaultSchema("table_catalog", "table_schema") + " AND "
                    + BuiltIns.sameName("table_name");
            for (List<@Nullable String> row : session.texts(sql, List.of(table))) {
                String kind = Objects.equals(row.get(0), "VIEW") ? "VIEW " : "TABLE ";
                session.execute("DROP " + kind + Identifiers.quote(table));
            }
            forget(table);
            return true;
        });
    }

    @Override
    public void close() {
        if (sessions.isClosed()) {
            return;
        }
        try {
            sessions.close();
        } finally {
            folder.close();
        }
    }

    @Override
    public String toString() {
        return "DuckDbEngine[" + name + ", temporary files in " + folder + "]";
    }

    /**
     * How to open an engine: {@link #file} (none, in memory), {@link #memoryLimit} ({@value #DEFAULT_MEMORY_LIMIT} bytes),
     * {@link #tempDirectory} (the system's), {@link #spillLimit} (nine tenths of the free disk space), {@link #parallelism} (one
     * for each processor), {@link #fileAccess} (false), {@link #events} (none).
     *
     * <p>Mutable, not thread-safe. Nothing is opened before {@link #open}.
     */
    public static final class Builder {

        /** Bytes of memory that DuckDB takes before it goes on in temporary files; beside the heap of Java. */
        public static final long DEFAULT_MEMORY_LIMIT = 1L << 30;

        private static final long LEAST_MEMORY = 16L << 20;

        private @Nullable Path file;
        private long memoryLimit = DEFAULT_MEMORY_LIMIT;
        private Path tempDirectory = Path.of(System.getProperty("java.io.tmpdir"));
        private @Nullable Long spillLimit;
        private int parallelism = Runtime.getRuntime().availableProcessors();
        private FileAccess access = FileAccess.NONE;
        private EventListener events = EventListener.NONE;

        private Builder() {}

        /**
         * Keeps the tables that statements and sinks create in a database file, which is made if it is not there. What is
         * registered is forgotten with the engine all the same. One engine at a time can open a file.
         */
        public Builder file(Path value) {
            if (value.toString().indexOf(';') >= 0) {
                throw new IllegalArgumentException("The file '" + value + "' has a semicolon in its name");
            }
            file = value;
            return this;
        }

        /** How many bytes of memory DuckDB takes, at least 16 MB. */
        public Builder memoryLimit(long bytes) {
            if (bytes < LEAST_MEMORY) {
                throw new IllegalArgumentException(
                        "A memory limit of " + bytes + " bytes is less than " + LEAST_MEMORY);
            }
            memoryLimit = bytes;
            return this;
        }

        /**
         * Where temporary files go, in a directory of their own, those of registered objects among them; it is created if it is
         * not there.
         */
        public Builder tempDirectory(Path value) {
            tempDirectory = Objects.requireNonNull(value, "value");
            return this;
        }

        /** How many bytes statements that need more than their memory may write to temporary files. */
        public Builder spillLimit(long bytes) {
            spillLimit = Checks.notNegative("spillLimit", bytes);
            return this;
        }

        /** How many threads statements use. */
        public Builder parallelism(int threads) {
            parallelism = Checks.positive("parallelism", threads);
            return this;
        }

        /**
         * Whether statements may do what DuckDB can: read and write any file of this process, attach databases, install and
         * load extensions. Only for statements that the host itself writes.
         */
        public Builder fileAccess(boolean value) {
            access = value ? FileAccess.ALL : FileAccess.NONE;
            return this;
        }

        /** Gets the progress of rows that are registered or written, and of objects that are copied. */
        public Builder events(EventListener listener) {
            events = listener.guarded();
            return this;
        }

        /**
         * Opens the engine. Closing it closes the database and deletes the temporary files.
         *
         * @throws KeywharfException with code {@code query.no_driver} when DuckDB is not on the class path; {@code
         *     query.cannot_open} when the file or the temporary directory cannot be used
         */
        public QueryEngine open() {
            String name = file == null ? "duckdb in memory" : file.toString();
            EngineFolder folder = EngineFolder.create(tempDirectory);
            boolean opened = false;
            try {
                Sessions sessions = new Sessions(name, connect(name, folder));
                opened = true;
                return new DuckDbEngine(name, sessions, folder, access, events);
            } finally {
                if (!opened) {
                    folder.close();
                }
            }
        }

        private DuckDBConnection connect(String subject, EngineFolder folder) {
            Properties settings = new Properties();
            settings.setProperty("autoinstall_known_extensions", "false");
            settings.setProperty("autoload_known_extensions", "false");
            settings.setProperty("allow_community_extensions", "false");
            settings.setProperty("allow_persistent_secrets", "false");
            settings.setProperty("memory_limit", memoryLimit + "B");
            settings.setProperty("threads", Integer.toString(parallelism));
            settings.setProperty("temp_directory", folder.spill().toString());
            if (spillLimit != null) {
                settings.setProperty("max_temp_directory_size", spillLimit + "B");
            }
            try {
                DuckDBConnection database = (DuckDBConnection) Objects.requireNonNull(
                        new DuckDBDriver().connect("jdbc:duckdb:" + (file == null ? "" : file), settings));
                try (Session session = new Session(database.duplicate())) {
                    prepare(session, folder);
                    return database;
                } catch (SQLException | RuntimeException e) {
                    database.close();
                    throw e;
                }
            } catch (SQLException e) {
                throw new KeywharfException(
                        "query.cannot_open",
                        subject,
                        "The database cannot be opened: " + DuckDbErrors.reason(String.valueOf(e.getMessage()))
                                + "; choose another file, or close the engine that has it",
                        e);
            } catch (LinkageError e) {
                throw new KeywharfException(
                        "query.no_driver",
                        subject,
                        MissingLibrary.message("DuckDB, or its native library,", "org.duckdb:duckdb_jdbc:2.0.0.1"),
                        e);
            }
        }

        private void prepare(Session session, EngineFolder folder) throws SQLException {
            String left = "SELECT view_name FROM " + BuiltIns.PREFIX + "duckdb_views() WHERE comment = "
                    + SpooledRows.text(EngineFolder.PREFIX) + " AND "
                    + BuiltIns.inDefaultSchema("database_name", "schema_name");
            for (List<@Nullable String> row : session.texts(left, List.of())) {
                session.execute("DROP VIEW " + Identifiers.quote(Objects.requireNonNull(row.get(0))));
            }
            if (access == FileAccess.NONE) {
                requireOwnNames(session);
                requireNoStatements(session);
                session.execute("SET allowed_directories = ["
                        + SpooledRows.text(folder.data().toString()) + "]");
                session.execute("SET enable_external_access = false");
            }
            session.execute("SET GLOBAL TimeZone = 'UTC'");
            session.execute("SET lock_configuration = true");
        }

        /** A trigger runs whenever rows are inserted, and a view or a macro whenever it is named. */
        private static void requireNoStatements(Session session) throws SQLException {
            String triggers = "SELECT trigger_name, '', 'trigger' FROM " + BuiltIns.PREFIX + "duckdb_triggers()";
            String views =
                    " SELECT view_name, sql, 'view' FROM " + BuiltIns.PREFIX + "duckdb_views() WHERE NOT internal";
            String macros = " SELECT function_name, coalesce(macro_definition, ''), 'macro' FROM " + BuiltIns.PREFIX
                    + "duckdb_functions() WHERE NOT internal";
            for (List<@Nullable String> found :
                    session.texts(triggers + " UNION ALL" + views + " UNION ALL" + macros, List.of())) {
                boolean trigger = "trigger".equals(found.get(2));
                if (trigger || AllowedSql.callsStatement(Objects.requireNonNull(found.get(1)))) {
                    throw new SQLException("The database has a " + found.get(2) + " '" + found.get(0) + "' that "
                            + (trigger ? "runs" : "may run")
                            + " a statement of its own; drop it there, or allow it by fileAccess(true)");
                }
            }
        }

        /** A macro of a file would otherwise stand for a built-in function in every statement, for instance for {@code +}. */
        private static void requireOwnNames(Session session) throws SQLException {
            Optional<String> taken = BuiltIns.taken(session);
            if (taken.isPresent()) {
                throw new SQLException("The database has a function '" + taken.get()
                        + "', which is a built-in one's name; drop it there, or allow it by fileAccess(true)");
            }
        }
    }
}
