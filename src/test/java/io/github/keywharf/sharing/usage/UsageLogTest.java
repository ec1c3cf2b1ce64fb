package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Row;
import io.github.keywharf.testing.ForwardingStore;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageLogTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:34:56Z");

    @TempDir
    private Path folder;

    private final ObjectStore store = ObjectStore.inMemory();

    private DeltaTable table() {
        return DeltaTable.at(store, "usage");
    }

    private UsageLog open(InstantSource clock) {
        return UsageLog.builder()
                .table(table())
                .spool(folder.resolve("spool"))
                .every(Duration.ofDays(1))
                .clock(clock)
                .open();
    }

    static Event loaded(String tenant, Fact... facts) {
        return event(Work.of(Organisation.of(tenant)), Event.Level.INFO, facts);
    }

    private static Event event(Work work, Event.Level level, Fact... facts) {
        return Event.of(level, "load.finished", work, "orders", "loaded", facts);
    }

    private List<String> rows() {
        return table().rows().stream()
                .map(row -> Stream.of(
                                "client_space_uid", "period_start", "activity", "level", "measure", "unit", "amount")
                        .map(row::value)
                        .map(String::valueOf)
                        .reduce((a, b) -> a + " " + b)
                        .orElseThrow())
                .sorted()
                .toList();
    }

    @Test
    void events_become_sums_by_tenant_hour_kind_and_level() {
        Work acme = Work.of(Organisation.of("acme"));
        try (UsageLog log = open(() -> NOON)) {
            log.onEvent(loaded("acme", Fact.count("rows", 5), Fact.time("took", Duration.ofMillis(3))));
            log.onEvent(loaded("acme", Fact.count("rows", 7), Fact.bytes("bytes", 900), Fact.count("events", 44)));
            log.onEvent(event(acme, Event.Level.WARNING, Fact.count("rows", 1)));
            log.onEvent(loaded("globex"));
            log.onEvent(event(acme, Event.Level.DEBUG));
            log.onEvent(new Progress(acme, "orders", 5, 5, "rows", true));
            log.onEvent(event(Work.NONE, Event.Level.ERROR));

            assertThat(log.flush()).isEqualTo(7);
            assertThat(log.flush()).isZero();
        }

        assertThat(rows())
                .containsExactly(
                        "acme 2026-11-23T12:00:00Z load.finished info bytes bytes 900",
                        "acme 2026-11-23T12:00:00Z load.finished info events count 2",
                        "acme 2026-11-23T12:00:00Z load.finished info rows count 12",
                        "acme 2026-11-23T12:00:00Z load.finished info took nanoseconds 3000000",
                        "acme 2026-11-23T12:00:00Z load.finished warning events count 1",
                        "acme 2026-11-23T12:00:00Z load.finished warning rows count 1",
                        "globex 2026-11-23T12:00:00Z load.finished info events count 1");
        assertThat(table().snapshot().files(UsageLog.TENANT, "globex")).hasSize(1);
        assertThat(table().snapshot().schema()).isEqualTo(UsageLog.SCHEMA);
        assertThat(table().snapshot().version()).isEqualTo(1);
    }

    @Test
    void closing_writes_and_the_next_log_goes_on() throws IOException {
        UsageLog first = open(() -> NOON);
        first.onEvent(loaded("acme"));
        first.close();
        first.close();
        first.onEvent(loaded("acme"));
        assertThat(first.dropped()).isEqualTo(1);
        assertThatThrownBy(first::flush).isInstanceOf(IllegalStateException.class);
        try (UsageLog second = open(() -> NOON.plus(Duration.ofHours(1)))) {
            second.onEvent(loaded("acme"));
            assertThat(second.dropped()).isZero();
        }

        assertThat(rows())
                .containsExactly(
                        "acme 2026-11-23T12:00:00Z load.finished info events count 1",
                        "acme 2026-11-23T13:00:00Z load.finished info events count 1");
        try (Stream<Path> left = Files.list(folder.resolve("spool"))) {
            assertThat(left.filter(file -> file.toString().endsWith(".events"))).hasSize(1);
        }
    }

    @Test
    void usage_is_written_in_the_background() {
        try (UsageLog log = UsageLog.builder()
                .table(table())
                .spool(folder)
                .every(Duration.ofMillis(20))
                .open()) {
            log.onEvent(loaded("acme"));
            Awaitility.await().until(() -> table().exists() && !rows().isEmpty());
        }
    }

    @Test
    void a_directory_is_for_one_log_at_a_time() {
        try (UsageLog log = open(() -> NOON)) {
            assertThatThrownBy(() -> open(() -> NOON))
                    .isInstanceOf(KeywharfException.class)
                    .extracting("code")
                    .isEqualTo("sharing.spool_in_use");
            assertThat(log).hasToString("UsageLog[memory/usage, 0 bytes wait, 0 events dropped]");
        }
        open(() -> NOON).close();
    }

    @Test
    void a_directory_that_cannot_be_used_is_reported() throws IOException {
        Files.writeString(folder.resolve("spool"), "a file");

        assertThatThrownBy(() -> open(() -> NOON)).extracting("code").isEqualTo("sharing.spool_failed");
    }

    @Test
    void events_beyond_what_may_wait_are_dropped_and_counted() {
        try (UsageLog log =
                UsageLog.builder().table(table()).spool(folder).maxWaiting(100).open()) {
            for (int i = 0; i < 10; i++) {
                log.onEvent(loaded("acme"));
            }
            assertThat(log.dropped()).isBetween(1L, 9L);
            long before = log.dropped();
            log.flush();
            log.onEvent(loaded("acme"));
            assertThat(log.dropped()).isEqualTo(before);
            log.flush();
            assertThat(events("acme")).isEqualTo(11 - before);
        }
    }

    @Test
    void a_full_disk_keeps_what_was_logged_and_is_used_again_once_it_has_room() throws IOException {
        FullDisk disk = new FullDisk();
        UsageLog log = UsageLog.builder()
                .table(table())
                .spool(folder)
                .every(Duration.ofDays(1))
                .disk(disk)
                .open();
        log.onEvent(loaded("acme"));
        for (FullDisk.Refuses refuses : List.of(
                FullDisk.Refuses.BYTES, FullDisk.Refuses.HALF_OF_THE_BYTES, FullDisk.Refuses.BYTES_AND_LENGTHS)) {
            disk.refuses = refuses;
            for (int i = 0; i < 20; i++) {
                log.onEvent(loaded("acme"));
            }
            disk.refuses = FullDisk.Refuses.NOTHING;
            log.onEvent(loaded("acme"));
        }
        assertThat(log.dropped()).isEqualTo(60);
        assertThat(spooled()).as("files").hasSize(1);

        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, UTF_8));
        try {
            log.close();
        } finally {
            System.setErr(before);
        }
        assertThat(printed.toString(UTF_8)).contains("events=60 dropped=60 Events were dropped");
        assertThat(events("acme")).isEqualTo(4);
    }

    @Test
    void a_disk_without_room_for_another_file_gets_room_when_usage_is_written() throws IOException {
        FullDisk disk = new FullDisk();
        UsageLog.Builder builder = UsageLog.builder()
                .table(table())
                .spool(folder)
                .every(Duration.ofDays(1))
                .disk(disk);
        UsageLog log = builder.open();
        log.onEvent(loaded("acme"));
        disk.refuses = FullDisk.Refuses.FILES;
        log.flush();
        assertThat(events("acme")).isEqualTo(1);
        assertThat(spooled()).singleElement().satisfies(file -> assertThat(file).isEmptyFile());
        log.flush();
        log.onEvent(loaded("acme"));
        assertThat(log.dropped()).isEqualTo(1);
        log.abandon();

        try (UsageLog next = builder.open()) {
            next.onEvent(loaded("acme"));
            assertThat(next.dropped()).isEqualTo(1);
            disk.refuses = FullDisk.Refuses.NOTHING;
            next.onEvent(loaded("acme"));
            assertThat(next.dropped()).isEqualTo(1);
        }
        assertThat(events("acme")).isEqualTo(2);
    }

    @Test
    void what_an_older_version_left_in_the_spool_is_added_up_under_the_names_of_today() throws IOException {
        UsageLog older = open(() -> NOON);
        older.onEvent(event(Work.of(Organisation.of("acme")), Event.Level.INFO, Fact.count("rows", 5)));
        older.abandon();
        for (Path file : List.of(folder.resolve("spool").toFile().listFiles()).stream()
                .map(java.io.File::toPath)
                .filter(path -> path.toString().endsWith(".events"))
                .toList()) {
            String line = Files.readString(file).replace("load.finished", "CassandraLoadEvent.Finished");
            Files.writeString(file, line + line.replace("CassandraLoadEvent.Finished", "cassandra.load.finished"));
        }

        try (UsageLog next = open(() -> NOON)) {
            next.flush();
        }

        assertThat(rows())
                .containsExactly(
                        "acme 2026-11-23T12:00:00Z cassandra.load.finished info events count 2",
                        "acme 2026-11-23T12:00:00Z cassandra.load.finished info rows count 10");
    }

    private List<Path> spooled() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".events")).toList();
        }
    }

    /** A disk that runs out of room, and gets some again. */
    private static final class FullDisk implements UsageSpool.Opener {
        enum Refuses {
            NOTHING,
            FILES,
            BYTES,
            HALF_OF_THE_BYTES,
            BYTES_AND_LENGTHS
        }

        private volatile Refuses refuses = Refuses.NOTHING;

        @Override
        public RandomAccessFile open(Path file) throws IOException {
            if (refuses == Refuses.FILES && Files.notExists(file)) {
                throw new FileNotFoundException(file + " (No space left on device)");
            }
            return new RandomAccessFile(file.toFile(), "rw") {
                @Override
                public void write(byte[] bytes) throws IOException {
                    if (refuses == Refuses.NOTHING || refuses == Refuses.FILES) {
                        super.write(bytes);
                        return;
                    }
                    super.write(bytes, 0, refuses == Refuses.BYTES ? 0 : bytes.length / 2);
                    throw new IOException("No space left on device");
                }

                @Override
                public void setLength(long length) throws IOException {
                    if (refuses == Refuses.BYTES_AND_LENGTHS) {
                        throw new IOException("Input/output error");
                    }
                    super.setLength(length);
                }
            };
        }
    }

    @Test
    void an_event_that_comes_while_the_log_closes_is_written_or_counted_as_dropped() {
        AtomicReference<UsageLog> log = new AtomicReference<>();
        AtomicLong late = new AtomicLong();
        ObjectStore whileWriting = new ForwardingStore(store) {
            @Override
            public boolean createIfAbsent(String key, byte[] content) {
                log.get().onEvent(loaded("acme"));
                late.incrementAndGet();
                return super.createIfAbsent(key, content);
            }
        };
        log.set(UsageLog.builder()
                .table(DeltaTable.at(whileWriting, "usage"))
                .spool(folder)
                .every(Duration.ofDays(1))
                .open());
        log.get().onEvent(loaded("acme"));
        log.get().close();

        assertThat(late.get()).isPositive();
        assertThat(events("acme") + log.get().dropped()).isEqualTo(1 + late.get());
    }

    @Test
    void an_event_that_is_overtaken_by_the_end_of_the_log_is_dropped_and_counted() {
        AtomicReference<UsageLog> open = new AtomicReference<>();
        UsageLog log = open(() -> {
            open.get().close();
            return NOON;
        });
        open.set(log);

        log.onEvent(loaded("acme"));
        log.onEvent(loaded("acme"));

        assertThat(log.dropped()).isEqualTo(2);
        assertThat(log).hasToString("UsageLog[memory/usage, 0 bytes wait, 2 events dropped]");
        try (UsageLog next = open(() -> NOON)) {
            assertThat(next.flush()).isZero();
        }
    }

    @Test
    void what_waits_is_for_its_owner_alone_also_in_a_directory_that_others_may_read() throws IOException {
        assumeTrue(
                Files.getFileStore(folder).supportsFileAttributeView("posix"),
                "this file system has no POSIX permissions");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (UsageLog log = UsageLog.builder().table(table()).spool(folder).open()) {
            log.onEvent(loaded("acme"));
            assertThat(spooled())
                    .singleElement()
                    .satisfies(file -> assertThat(Files.getPosixFilePermissions(file))
                            .isEqualTo(PosixFilePermissions.fromString("rw-------")));
        }
        open(() -> NOON).close();
        assertThat(Files.getPosixFilePermissions(folder.resolve("spool")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void half_a_line_is_left_out_and_an_interrupted_thread_can_log() throws IOException {
        UsageLog killed = open(() -> NOON);
        killed.onEvent(loaded("acme"));
        Thread.currentThread().interrupt();
        killed.onEvent(loaded("acme"));
        assertThat(Thread.interrupted()).isTrue();
        killed.abandon();
        try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
            Path newest = files.filter(file -> file.toString().endsWith(".events"))
                    .max(Path::compareTo)
                    .orElseThrow();
            Files.writeString(newest, "1795437\tacme\tin", StandardOpenOption.APPEND);
        }

        open(() -> NOON).close();

        assertThat(events("acme")).isEqualTo(2);
    }

    @Test
    void a_damaged_line_does_not_keep_the_others() throws IOException {
        UsageLog killed = open(() -> NOON);
        killed.onEvent(loaded("acme"));
        killed.abandon();
        try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
            Path newest = files.filter(file -> file.toString().endsWith(".events"))
                    .max(Path::compareTo)
                    .orElseThrow();
            Files.write(
                    newest,
                    "\0\0\0\n1\tacme\tinfo\tLoad\trows=count\nx\ta\tb\tc\n".getBytes(UTF_8),
                    StandardOpenOption.APPEND);
        }

        open(() -> NOON).close();

        assertThat(rows()).containsExactly("acme 2026-11-23T12:00:00Z load.finished info events count 1");
    }

    @Test
    void a_file_has_a_limited_number_of_tenants() throws IOException {
        try (UsageSpool spool = UsageSpool.open(folder, 1 << 20, UsageSpool.DISK)) {
            for (int i = 0; i <= UsageSpool.FILE_TENANTS; i++) {
                spool.add("t" + i, "t" + i);
                spool.add("t" + i, "t" + i);
            }
            List<UsageSpool.Segment> files = spool.finished();
            assertThat(files).hasSize(2);
            assertThat(files.get(0).lines()).hasSize(2 * UsageSpool.FILE_TENANTS);
            assertThat(files.get(1).number()).isGreaterThan(files.get(0).number());
            long before = spool.waiting();
            files.forEach(spool::delete);
            assertThat(spool.waiting()).isZero();
            assertThat(before).isPositive();
        }
    }

    @Test
    void many_small_files_of_a_tenant_are_merged() {
        try (UsageLog log =
                UsageLog.builder().table(table()).spool(folder).merged(4).open()) {
            for (int i = 0; i < 10; i++) {
                log.onEvent(loaded("acme"));
                log.flush();
            }
        }
        assertThat(events("acme")).isEqualTo(10);
        assertThat(table().snapshot().fileCount()).isLessThan(4);
        assertThat(table().changes(0, table().snapshot().version())).hasSize(10);
    }

    /** One of: an event, a flush whose n-th request to the store fails before or after it was done, a new process. */
    enum Kind {
        EVENT,
        FLUSH,
        FAIL_BEFORE,
        FAIL_AFTER,
        RESTART
    }

    record Step(Kind kind, int number) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(4, Kind.EVENT),
                net.jqwik.api.Tuple.of(1, Kind.FLUSH),
                net.jqwik.api.Tuple.of(3, Kind.FAIL_BEFORE),
                net.jqwik.api.Tuple.of(3, Kind.FAIL_AFTER),
                net.jqwik.api.Tuple.of(2, Kind.RESTART));
        return net.jqwik.api.Combinators.combine(kinds, Arbitraries.integers().between(1, 14))
                .as(Step::new)
                .list()
                .ofMaxSize(25);
    }

    /** Whatever fails and whenever the process ends, each event is in the table once. */
    @Property(tries = 60)
    void each_event_is_counted_once(@ForAll("steps") List<Step> steps) throws IOException {
        Path spool = Files.createTempDirectory("usage-log");
        FailingStore failing = new FailingStore(ObjectStore.inMemory());
        Map<String, Long> logged = new TreeMap<>();
        Supplier<UsageLog> open = () -> UsageLog.builder()
                .table(DeltaTable.at(failing, "usage"))
                .spool(spool)
                .merged(3)
                .every(Duration.ofDays(1))
                .open();
        UsageLog log = open.get();
        for (Step step : steps) {
            switch (step.kind()) {
                case EVENT -> {
                    String tenant = "t" + step.number() % 3;
                    log.onEvent(loaded(tenant));
                    logged.merge(tenant, 1L, Long::sum);
                }
                case RESTART -> {
                    log.abandon();
                    log = open.get();
                }
                default -> {
                    failing.plan(step);
                    try {
                        log.flush();
                    } catch (KeywharfException e) {
                        assertThat(e.code()).isEqualTo("store.unavailable");
                    } finally {
                        failing.plan(new Step(Kind.FLUSH, 0));
                    }
                }
            }
        }
        log.close();

        Map<String, Long> counted = new TreeMap<>();
        if (!logged.isEmpty()) {
            DeltaTable.at(failing, "usage").rows().stream()
                    .forEach(row ->
                            counted.merge((String) row.value(UsageLog.TENANT), (Long) row.value("amount"), Long::sum));
        }
        assertThat(counted).isEqualTo(logged);
    }

    private long events(String tenant) {
        try (Stream<Row> rows = table().rows().stream()) {
            return rows.filter(
                            row -> tenant.equals(row.value(UsageLog.TENANT)) && "events".equals(row.value("measure")))
                    .mapToLong(row -> (Long) row.value("amount"))
                    .sum();
        }
    }

    /** Fails at one request, before or after it was done. */
    private static final class FailingStore extends ForwardingStore {
        private final ObjectStore real;
        private Kind kind = Kind.FLUSH;
        private int left;

        FailingStore(ObjectStore real) {
            super(real);
            this.real = real;
        }

        void plan(Step step) {
            kind = step.kind();
            left = step.number();
        }

        private <T> T request(Supplier<T> request) {
            boolean fails = kind != Kind.FLUSH && --left == 0;
            T answer = fails && kind == Kind.FAIL_BEFORE ? null : request.get();
            if (fails) {
                // What a process that was killed would still do does not reach the store.
                left = 1;
                kind = Kind.FAIL_BEFORE;
                throw KeywharfException.retryable("store.unavailable", "memory", "It failed");
            }
            return answer;
        }

        @Override
        public Stream<StoredObject> list(String prefix) {
            return request(() -> real.list(prefix));
        }

        @Override
        public ObjectReader open(String key) {
            return request(() -> real.open(key));
        }

        @Override
        public ObjectWriter create(String key) {
            return request(() -> real.create(key));
        }

        @Override
        public boolean createIfAbsent(String key, byte[] content) {
            return request(() -> real.createIfAbsent(key, content));
        }

        @Override
        public void delete(String key) {
            request(() -> {
                real.delete(key);
                return key;
            });
        }
    }
}
