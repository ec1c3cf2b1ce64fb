package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    record Loaded(Work work, Level level, String kind, List<Fact> facts) implements Event {
        static Loaded of(String tenant, Fact... facts) {
            return new Loaded(Work.of(Organisation.of(tenant)), Level.INFO, "Load.Finished", List.of(facts));
        }

        @Override
        public String subject() {
            return "orders";
        }

        @Override
        public String message() {
            return "loaded";
        }
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
            log.onEvent(Loaded.of("acme", Fact.count("rows", 5), Fact.time("took", Duration.ofMillis(3))));
            log.onEvent(Loaded.of("acme", Fact.count("rows", 7), Fact.bytes("bytes", 900), Fact.count("events", 44)));
            log.onEvent(new Loaded(acme, Event.Level.WARNING, "Load.Fin\tished\n", List.of(Fact.count("rows", 1))));
            log.onEvent(Loaded.of("globex"));
            log.onEvent(new Loaded(acme, Event.Level.DEBUG, "Load.Finished", List.of()));
            log.onEvent(new Progress(acme, "orders", 5, 5, "rows", true));
            log.onEvent(new Loaded(Work.NONE, Event.Level.ERROR, "Load.Finished", List.of()));

            assertThat(log.flush()).isEqualTo(7);
            assertThat(log.flush()).isZero();
        }

        assertThat(rows())
                .containsExactly(
                        "acme 2026-11-23T12:00:00Z Load.Fin?ished? warning events count 1",
                        "acme 2026-11-23T12:00:00Z Load.Fin?ished? warning rows count 1",
                        "acme 2026-11-23T12:00:00Z Load.Finished info bytes bytes 900",
                        "acme 2026-11-23T12:00:00Z Load.Finished info events count 2",
                        "acme 2026-11-23T12:00:00Z Load.Finished info rows count 12",
                        "acme 2026-11-23T12:00:00Z Load.Finished info took nanoseconds 3000000",
                        "globex 2026-11-23T12:00:00Z Load.Finished info events count 1");
        assertThat(table().snapshot().files(UsageLog.TENANT, "globex")).hasSize(1);
        assertThat(table().snapshot().schema()).isEqualTo(UsageLog.SCHEMA);
        assertThat(table().snapshot().version()).isEqualTo(1);
    }

    @Test
    void closing_writes_and_the_next_log_goes_on() throws IOException {
        UsageLog first = open(() -> NOON);
        first.onEvent(Loaded.of("acme"));
        first.close();
        first.close();
        first.onEvent(Loaded.of("acme"));
        assertThatThrownBy(first::flush).isInstanceOf(IllegalStateException.class);
        try (UsageLog second = open(() -> NOON.plus(Duration.ofHours(1)))) {
            second.onEvent(Loaded.of("acme"));
            assertThat(second.dropped()).isZero();
        }

        assertThat(rows())
                .containsExactly(
                        "acme 2026-11-23T12:00:00Z Load.Finished info events count 1",
                        "acme 2026-11-23T13:00:00Z Load.Finished info events count 1");
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
            log.onEvent(Loaded.of("acme"));
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
                log.onEvent(Loaded.of("acme"));
            }
            assertThat(log.dropped()).isBetween(1L, 9L);
            long before = log.dropped();
            log.flush();
            log.onEvent(Loaded.of("acme"));
            assertThat(log.dropped()).isEqualTo(before);
            log.flush();
            assertThat(events("acme")).isEqualTo(11 - before);
        }
    }

    @Test
    void half_a_line_is_left_out_and_an_interrupted_thread_can_log() throws IOException {
        UsageLog killed = open(() -> NOON);
        killed.onEvent(Loaded.of("acme"));
        Thread.currentThread().interrupt();
        killed.onEvent(Loaded.of("acme"));
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
        killed.onEvent(Loaded.of("acme"));
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

        assertThat(rows()).containsExactly("acme 2026-11-23T12:00:00Z Load.Finished info events count 1");
    }

    @Test
    void a_file_has_a_limited_number_of_tenants() throws IOException {
        try (UsageSpool spool = UsageSpool.open(folder, 1 << 20)) {
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
                .every(Duration.ofDays(1))
                .open();
        UsageLog log = open.get();
        for (Step step : steps) {
            switch (step.kind()) {
                case EVENT -> {
                    String tenant = "t" + step.number() % 3;
                    log.onEvent(Loaded.of(tenant));
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
                throw new KeywharfException("store.unavailable", "memory", "It failed");
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
