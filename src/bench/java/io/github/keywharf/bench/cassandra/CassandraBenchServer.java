package io.github.keywharf.bench.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.github.keywharf.bench.measure.CpuWatch;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.format.Csv;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.CassandraServer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The server of the Cassandra benchmarks, with a heap as for load, and the tables of the cases. */
public final class CassandraBenchServer implements AutoCloseable {
    public static final String KEYSPACE = "bench";

    /** What the forked processes of ours find the password under. */
    public static final String PASSWORD = "KEYWHARF_BENCH_PASSWORD";

    private static final String HEAP = "1500m";
    /** Above ten partitions the server writes a warning for each batch. */
    private static final int WARM_UP_BATCH = 10;

    private static final int WARM_UP_IN_FLIGHT = 64;

    private final CassandraServer server;
    private final long process;

    public CassandraBenchServer() {
        server = CassandraServer.builder().heap(HEAP).fullSpeed(true).start();
        // The only one that this process has started so far; its command line is too long to be asked for.
        process = ProcessHandle.current()
                .children()
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElseThrow();
        CqlSession session = server.session();
        session.execute("CREATE KEYSPACE " + KEYSPACE
                + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    }

    /** Creates the table of some rows unless it is there. */
    void create(String table, LoadData data) {
        data.types().forEach(type -> session().execute("CREATE TYPE IF NOT EXISTS " + KEYSPACE + "." + type));
        session().execute("CREATE TABLE IF NOT EXISTS " + KEYSPACE + "." + table + " (" + data.columns() + ")");
    }

    public String host() {
        return server.host();
    }

    public int port() {
        return server.port();
    }

    public String user() {
        return server.superuser();
    }

    public String password() {
        return server.superuserPassword();
    }

    public String datacenter() {
        return server.localDatacenter();
    }

    public CqlSession session() {
        return server.session();
    }

    /** Processor seconds of the server up to now. */
    double processor() {
        return CpuWatch.ofProcess(process);
    }

    /** Processor seconds of this process up to now, its children left out. */
    static double ownProcessor() {
        return CpuWatch.fields(ProcessHandle.current().pid(), 0, 2);
    }

    public CassandraManager connect() {
        return connect(host(), port(), datacenter(), user(), password());
    }

    static CassandraManager connect(String host, int port, String datacenter, String user, String password) {
        return CassandraManager.builder()
                .contactPoint(host, port)
                .localDatacenter(datacenter)
                .credentials(user, Secret.of(password))
                .keyspace(KEYSPACE)
                .connect();
    }

    /** The manager of a process that {@link #command} started, from its arguments. */
    public static CassandraManager connect(String[] arguments) {
        return connect(
                arguments[0], Integer.parseInt(arguments[1]), arguments[2], arguments[3], System.getenv(PASSWORD));
    }

    /** The command line of a process of ours with a small heap; its own arguments come after four of the server. */
    public List<String> command(Class<?> main, int heapMb, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMb + "m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                host(),
                Integer.toString(port()),
                datacenter(),
                user()));
        command.addAll(List.of(arguments));
        return command;
    }

    public void truncate(String table) {
        session()
                .execute(com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance(
                                "TRUNCATE " + KEYSPACE + "." + table)
                        .setTimeout(Duration.ofMinutes(1)));
    }

    private PreparedStatement insert(String table) {
        return session()
                .prepare(
                        "INSERT INTO " + KEYSPACE + "." + table
                                + " (id, device, day, ts, n, reading, ok, note, price, remark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }

    private static BoundStatement bind(PreparedStatement insert, Row row) {
        return insert.bind(
                UUID.fromString(text(row, "id")),
                text(row, "device"),
                LocalDate.parse(text(row, "day")),
                Instant.parse(text(row, "ts")),
                Integer.parseInt(text(row, "n")),
                Double.parseDouble(text(row, "reading")),
                Boolean.parseBoolean(text(row, "ok")),
                text(row, "note"),
                new BigDecimal(text(row, "price")),
                text(row, "remark"));
    }

    private static String text(Row row, String column) {
        return String.valueOf(row.value(column));
    }

    /** Fills a table by the driver alone, in batches: to warm the server, and where only what is read is measured. */
    void fill(String table, Path file) {
        PreparedStatement insert = insert(table);
        List<CompletionStage<AsyncResultSet>> sent = new ArrayList<>();
        List<BoundStatement> batch = new ArrayList<>();
        try (Rows rows = Csv.reader(file).rows();
                Stream<Row> stream = rows.stream()) {
            for (Iterator<Row> it = stream.iterator(); it.hasNext(); ) {
                batch.add(bind(insert, it.next()));
                if (batch.size() == WARM_UP_BATCH || !it.hasNext()) {
                    sent.add(session()
                            .executeAsync(BatchStatement.newInstance(BatchType.UNLOGGED)
                                    .addAll(batch)
                                    .setTimeout(Duration.ofMinutes(1))));
                    batch.clear();
                }
                if (sent.size() == WARM_UP_IN_FLIGHT || !it.hasNext()) {
                    sent.forEach(each -> each.toCompletableFuture().join());
                    sent.clear();
                }
            }
        }
    }

    /** One prepared INSERT a row, each waited for, as a simple application does; the first rows of a file only. */
    CassandraRace.Figures insertARow(String table, Path file, int rows) {
        PreparedStatement insert = insert(table);
        double client = ownProcessor();
        double before = processor();
        long begun = System.nanoTime();
        try (Stream<Row> stream = Csv.reader(file).rows().stream()) {
            stream.limit(rows).forEach(row -> session().execute(bind(insert, row)));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        return new CassandraRace.Figures(seconds, Double.NaN, ownProcessor() - client, processor() - before, 0);
    }

    @Override
    public void close() {
        server.close();
    }
}
