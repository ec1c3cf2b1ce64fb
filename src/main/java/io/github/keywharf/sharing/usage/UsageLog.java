package io.github.keywharf.sharing.usage;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns events into usage by tenant and hour, in a Delta table that can be shared: what {@value #TABLE} is for.
 *
 * <pre>{@code
 * UsageLog usage = UsageLog.builder()
 *         .table(DeltaTable.at(store, "tables/platform_aggregated_usage"))
 *         .spool(Path.of("/var/lib/platform/usage"))
 *         .open();
 * builder.events(EventListener.all(EventListener.slf4j(), usage));
 * }</pre>
 *
 * <p>Events of an organisation from INFO on are counted; {@link Progress} is not, since the end of its task is an event too.
 * The table has the columns of {@link #SCHEMA} and is partitioned by the first: a row says how many events there were (measure
 * {@value #EVENTS}), or the sum of a {@link Fact} (measure by its name), of a tenant in an hour, by the name of the event and
 * its level. There can be several rows of one hour: add them up.
 *
 * <p>{@link #onEvent} has the event in a file of the spool's directory when it returns, so that a killed process loses
 * nothing: the next usage log with that directory goes on. (A machine that loses its power may lose the last seconds.)
 * Each file is written to the table exactly once, however often that is tried. Several processes can write to one table, each with
 * a directory of its own.
 *
 * <p>While the disk is full, events are {@link #dropped}; once it has room they are logged again.
 *
 * <p>Thread-safe.
 *
 * <p>Defaults: {@link #EVERY}, {@link #MAX_WAITING}.
 */
public final class UsageLog implements EventListener, AutoCloseable {

    /** What the table is called for tenants. */
    public static final String TABLE = "platform_aggregated_usage";

    /** The column of the tenant, the organisation's id; the table is partitioned by it. */
    public static final String TENANT = "client_space_uid";

    /** The column of the events' name. */
    static final String ACTIVITY = "activity";

    /** The measure that counts events; a fact of that name is left out. */
    public static final String EVENTS = "events";

    /** The columns of the table. */
    public static final Schema SCHEMA = Schema.of(
            Column.required(TENANT, ColumnType.STRING),
            Column.required("period_start", ColumnType.TIMESTAMP_UTC),
            Column.required(ACTIVITY, ColumnType.STRING),
            Column.required("level", ColumnType.STRING),
            Column.required("measure", ColumnType.STRING),
            Column.required("unit", ColumnType.STRING),
            Column.required("amount", ColumnType.INT64));

    /** How often what was logged is written to the table, 1 hour: each time adds a file for each tenant, and merges many. */
    public static final Duration EVERY = Duration.ofHours(1);

    /** How many bytes may wait in the directory while the table cannot be written, 1 GB: some 10 million events. */
    public static final long MAX_WAITING = 1L << 30;

    /** How many small files of a tenant are merged, 48: those of two days. */
    static final int MERGED = 48;

    private static final Logger LOG = LoggerFactory.getLogger(UsageLog.class);
    private static final int FIELDS = 4;
    private static final char SEPARATOR = '\t';

    private final DeltaTable table;
    private final UsageSpool spool;
    private final InstantSource clock;
    private final int merged;
    private final ScheduledExecutorService executor;
    private final Future<?> flushes;
    private final Object writing = new Object();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong unreported = new AtomicLong();

    /** One row of the table, in the order of the table's columns. */
    private record Usage(
            String clientSpaceUid,
            Instant periodStart,
            String activity,
            String level,
            String measure,
            String unit,
            long amount) {}

    /** What rows are added up by. */
    private record Cell(String tenant, long hour, String activity, String level, String measure, String unit) {
        Usage row(long amount) {
            return new Usage(tenant, Instant.ofEpochSecond(hour), activity, level, measure, unit, amount);
        }
    }

    private UsageLog(Builder builder, DeltaTable table, Path directory) {
        this.table = table;
        this.clock = builder.clock;
        this.merged = builder.merged;
        this.spool = UsageSpool.open(directory, builder.maxWaiting, builder.disk);
        this.executor = Executors.newSingleThreadScheduledExecutor(Threads.named("keywharf-usage"));
        long pause = builder.every.toNanos();
        flushes = executor.scheduleWithFixedDelay(this::tryFlush, pause, pause, TimeUnit.NANOSECONDS);
    }

    /** Begins to configure a usage log. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void onEvent(Event event) {
        if (event.level() == Event.Level.DEBUG || event instanceof Progress) {
            return;
        }
        event.work().organisation().ifPresent(tenant -> add(tenant.id(), event));
    }

    private void add(String tenant, Event event) {
        StringBuilder line = new StringBuilder();
        line.append(clock.instant().truncatedTo(ChronoUnit.HOURS).getEpochSecond())
                .append(SEPARATOR)
                .append(tenant)
                .append(SEPARATOR)
                .append(event.level().name().toLowerCase(Locale.ROOT))
                .append(SEPARATOR)
                .append(event.name());
        for (Fact fact : event.facts()) {
            line.append(SEPARATOR)
                    .append(fact.name())
                    .append('=')
                    .append(fact.unit().name().toLowerCase(Locale.ROOT))
                    .append('=')
                    .append(fact.value());
        }
        try {
            if (!spool.add(tenant, line.toString())) {
                drop("Events came after the usage log was closed; they are dropped", null);
            }
        } catch (KeywharfException e) {
            drop("Usage cannot be logged; events are dropped until it can", e);
        }
    }

    private void drop(String why, @Nullable KeywharfException cause) {
        dropped.incrementAndGet();
        if (unreported.getAndIncrement() == 0) {
            LOG.atError().setCause(cause).addKeyValue("spool", spool).log(why);
        }
    }

    /** The first of the dropped events was logged when it was; this adds how many there were. */
    private void reportDropped() {
        long events = unreported.getAndSet(0);
        if (events > 0) {
            LOG.atError()
                    .addKeyValue("spool", spool)
                    .addKeyValue("events", events)
                    .addKeyValue("dropped", dropped)
                    .log("Events were dropped, and are missing from usage");
        }
    }

    /**
     * Writes what was logged before to the table, which is created where there is none.
     *
     * @return how many rows were added
     * @throws IllegalStateException when the usage log is closed
     * @throws KeywharfException when the table cannot be written, with codes of the store and {@code delta.*}; everything
     *     stays in the directory then
     */
    public long flush() {
        try {
            return flushed();
        } finally {
            reportDropped();
        }
    }

    private long flushed() {
        synchronized (writing) {
            long rows = 0;
            // One after the other: the table takes a later file for proof that it has those before.
            for (UsageSpool.Segment segment : spool.finished()) {
                rows += write(segment);
                spool.delete(segment);
            }
            if (rows > 0) {
                merge();
            }
            return rows;
        }
    }

    /** Usage is in the table by now, whatever becomes of its files. */
    private void merge() {
        try {
            table.compact(merged);
        } catch (KeywharfException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("table", table.name())
                    .log("Small files of usage could not be merged; they wait for the next time");
        }
    }

    private long write(UsageSpool.Segment segment) {
        List<Usage> rows = rows(segment);
        if (rows.isEmpty()) {
            return 0;
        }
        table.create(SCHEMA, List.of(TENANT));
        return table.sink("keywharf-usage-" + segment.writer(), segment.number())
                .write(Rows.ofRecords(Usage.class, rows))
                .written();
    }

    private static List<Usage> rows(UsageSpool.Segment segment) {
        Map<Cell, Long> sums = new TreeMap<>(Comparator.comparing(Cell::tenant)
                .thenComparing(Cell::hour)
                .thenComparing(Cell::activity)
                .thenComparing(Cell::level)
                .thenComparing(Cell::measure)
                .thenComparing(Cell::unit));
        long damaged = 0;
        try {
            for (String line : segment.lines()) {
                if (!count(line, sums)) {
                    damaged++;
                }
            }
        } catch (IOException e) {
            throw new KeywharfException(
                    "sharing.spool_failed",
                    segment.file().toString(),
                    "What was logged cannot be read: " + e + "; check the disk",
                    e);
        }
        if (damaged > 0) {
            LOG.atError()
                    .addKeyValue("file", segment.file())
                    .addKeyValue("lines", damaged)
                    .log("Lines of the usage log are damaged, and left out");
        }
        List<Usage> rows = new ArrayList<>(sums.size());
        sums.forEach((cell, amount) -> rows.add(cell.row(amount)));
        return rows;
    }

    private static boolean count(String line, Map<Cell, Long> sums) {
        String[] fields = line.split(String.valueOf(SEPARATOR), -1);
        if (fields.length < FIELDS) {
            return false;
        }
        try {
            long hour = Long.parseLong(fields[0]);
            String activity = FormerNames.current(fields[3]);
            Map<Cell, Long> event = new TreeMap<>(Comparator.comparing(Cell::measure));
            event.put(new Cell(fields[1], hour, activity, fields[2], EVENTS, "count"), 1L);
            for (int i = FIELDS; i < fields.length; i++) {
                String[] fact = fields[i].split("=", -1);
                if (!fact[0].equals(EVENTS)) {
                    event.merge(
                            new Cell(fields[1], hour, activity, fields[2], fact[0], fact[1]),
                            Long.parseLong(fact[2]),
                            UsageLog::sum);
                }
            }
            event.forEach((cell, amount) -> sums.merge(cell, amount, UsageLog::sum));
            return true;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }

    /** The largest number rather than a negative one. */
    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private void tryFlush() {
        synchronized (writing) {
            if (spool.isClosed()) {
                return;
            }
            try {
                flush();
            } catch (RuntimeException | Error e) {
                LOG.atWarn()
                        .setCause(e)
                        .addKeyValue("table", table.name())
                        .addKeyValue("waiting", spool.waiting())
                        .log("Usage could not be written to its table; it waits for the next time");
            }
        }
    }

    /**
     * How many events are missing from usage: those that came while the directory was full or its disk failed, and after {@link
     * #close}. The first of them is logged as an error, and how many there were by the next {@link #flush}.
     */
    public long dropped() {
        return dropped.get();
    }

    /**
     * Takes no more events, writes to the table what was logged, and releases the directory. What cannot be written, which is
     * logged, stays there for the next usage log. An event that comes at the same time is written or {@link #dropped}. Closing
     * twice is harmless.
     */
    @Override
    public void close() {
        flushes.cancel(false);
        executor.shutdown();
        spool.seal();
        synchronized (writing) {
            tryFlush();
            spool.close();
        }
    }

    /** Releases the directory as the end of the process would. */
    void abandon() {
        executor.shutdownNow();
        spool.close();
    }

    @Override
    public String toString() {
        return "UsageLog[" + table.name() + ", " + spool.waiting() + " bytes wait, " + dropped + " events dropped]";
    }

    /** Configures a usage log: its table and the directory of its spool are required. */
    public static final class Builder {
        private @Nullable DeltaTable table;
        private @Nullable Path spool;
        private Duration every = EVERY;
        private long maxWaiting = MAX_WAITING;
        private InstantSource clock = InstantSource.system();
        private UsageSpool.Opener disk = UsageSpool.DISK;
        private int merged = MERGED;

        private Builder() {}

        /** The table to write to; created by the first write where there is none. */
        public Builder table(DeltaTable usage) {
            this.table = Objects.requireNonNull(usage, "usage");
            return this;
        }

        /** A directory on a local disk that outlives the process, for this usage log alone; created where there is none. */
        public Builder spool(Path directory) {
            this.spool = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** How often to write to the table. */
        public Builder every(Duration pause) {
            this.every = Checks.between("every", pause, Duration.ofNanos(1), Duration.ofDays(1));
            return this;
        }

        /** How many bytes may wait in the directory; events that would be more are dropped. */
        public Builder maxWaiting(long bytes) {
            this.maxWaiting = Checks.positive("maxWaiting", bytes);
            return this;
        }

        /** The clock that says in which hour an event is. */
        public Builder clock(InstantSource source) {
            this.clock = Objects.requireNonNull(source, "source");
            return this;
        }

        /** How many small files of a tenant are merged. */
        Builder merged(int files) {
            this.merged = files;
            return this;
        }

        /** What opens the files of the directory. */
        Builder disk(UsageSpool.Opener opener) {
            this.disk = opener;
            return this;
        }

        /**
         * Takes the directory, and begins to write what is in it in the background. The table is not asked.
         *
         * @throws IllegalStateException when table or directory are missing
         * @throws KeywharfException with code {@code sharing.spool_in_use} or {@code sharing.spool_failed}
         */
        public UsageLog open() {
            return new UsageLog(
                    this,
                    Checks.required("The table", table, "table(deltaTable)"),
                    Checks.required("The spool", spool, "spool(directory)"));
        }
    }
}
