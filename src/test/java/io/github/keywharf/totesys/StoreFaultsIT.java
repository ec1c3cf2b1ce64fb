package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.Faults;
import io.github.keywharf.testing.FaultyHttpProxy;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The store's service answers with errors, slowly, half or not at all. Passing faults are not noticed; lasting ones are
 * reported, and the next run repairs them. Either way the warehouse says the same, version by version, as one whose stores
 * never failed.
 */
@Tag("each-jdk")
class StoreFaultsIT {

    /** How often the client tries; a fault that passes leaves one of these attempts alone. */
    private static final int ATTEMPTS = 4;

    private static final Map<String, Consumer<Faults>> PASSING = Map.ofEntries(
            Map.entry("internal errors at first", faults -> faults.failNext(2, 500)),
            Map.entry("slow down at first", faults -> faults.failNext(2, 503).retryAfter(Duration.ofSeconds(1))),
            Map.entry("every fifth an internal error", faults -> faults.failEvery(5, 500)),
            Map.entry("every seventh slow down", faults -> faults.failEvery(7, 503)),
            Map.entry("slow answers", faults -> faults.delay(Duration.ofMillis(40))),
            Map.entry("cut connections", faults -> faults.cutNext(2)),
            Map.entry(
                    "lost answers to writes",
                    faults -> faults.matching(line -> line.startsWith("PUT ") && line.contains("/fact_"))
                            .loseResponses(3)),
            Map.entry(
                    "a lost answer to the batch's manifest",
                    faults -> faults.matching(line -> line.startsWith("PUT ") && line.contains("_keywharf/batches/"))
                            .loseResponses(1)),
            Map.entry(
                    "a lost answer to the transformation's manifest",
                    faults -> faults.matching(line -> line.startsWith("PUT ") && line.contains("_keywharf/processed/"))
                            .loseResponses(1)),
            Map.entry(
                    "answers that break off",
                    faults -> faults.matching(line -> line.startsWith("GET ") && !line.contains("?"))
                            .truncateNext(4, 300)));

    private static final Map<String, Consumer<Faults>> LASTING = Map.ofEntries(
            Map.entry("no answer but errors", faults -> faults.failEvery(1, 500)),
            Map.entry("no source file can be written", writing("/ingestion/sales_order/", 503)),
            Map.entry("no fact can be written", writing("/processed/fact_", 500)),
            Map.entry("no batch can be committed", writing("_keywharf/batches/", 503)),
            Map.entry("no transformation can be committed", writing("_keywharf/processed/", 500)),
            Map.entry(
                    "no answer to any manifest",
                    faults -> faults.matching(line -> line.startsWith("PUT ") && line.contains("_keywharf/batches/"))
                            .loseResponses(1_000)),
            Map.entry(
                    "nothing can be read",
                    faults -> faults.matching(line -> line.startsWith("GET ")).failEvery(1, 503)),
            Map.entry("cut connections", faults -> faults.cutNext(10_000)),
            Map.entry(
                    "answers that never come",
                    faults -> faults.matching(line -> line.startsWith("PUT ") && line.contains("/fact_"))
                            .delay(Duration.ofSeconds(30))));

    private static S3Server server;
    private static FaultyHttpProxy proxy;
    private AWSManager aws;
    private static PipelineFixture fixture;
    private static PostgresDatabase reference;
    private static TotesysPipeline clean;

    private static Consumer<Faults> writing(String part, int status) {
        return faults -> faults.matching(line -> line.startsWith("PUT ") && line.contains(part))
                .failEvery(1, status);
    }

    static Stream<Arguments> passing() {
        return alternating(PASSING);
    }

    static Stream<Arguments> lasting() {
        return alternating(LASTING);
    }

    private static Stream<Arguments> alternating(Map<String, Consumer<Faults>> faults) {
        List<String> names = faults.keySet().stream().sorted().toList();
        return IntStream.range(0, names.size()).mapToObj(i -> Arguments.of(names.get(i), i % 2 == 0));
    }

    @BeforeAll
    static void start() throws SQLException {
        server = S3Server.start();
        server.createBucket("zones");
        proxy = FaultyHttpProxy.start(server.endpoint());
        fixture = PipelineFixture.start();
        fixture.server.createDatabase(fixture.warehouseName + "_clean");
        reference = fixture.database(fixture.warehouseName + "_clean");
        clean = TotesysPipeline.builder()
                .source(fixture.source.source())
                .ingestion(ObjectStore.inMemory())
                .processed(ObjectStore.inMemory())
                .warehouse(reference.warehouse())
                .build();
        clean.createWarehouse();
        clean.run();
        try (AWSManager first = client()) {
            pipeline(first, true).run();
        }
    }

    /** A client of its own for each test: one remembers how many attempts failed, and then makes fewer. */
    @BeforeEach
    void connect() {
        aws = client();
    }

    private static AWSManager client() {
        return AWSManager.builder()
                .credentials(server.accessKey(), Secret.of(server.secretKey()))
                .region("eu-west-1")
                .endpoint(proxy.endpoint())
                .pathStyle(true)
                .attempts(ATTEMPTS)
                .timeout(Duration.ofSeconds(1))
                .connect();
    }

    @AfterEach
    void disconnect() {
        aws.close();
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
        reference.close();
        fixture.server.execute("postgres", "DROP DATABASE " + fixture.warehouseName + "_clean WITH (FORCE)");
        fixture.close();
    }

    private static TotesysPipeline pipeline(AWSManager aws, boolean pipelined) {
        ObjectStore store = aws.store("zones");
        return fixture.pipeline(builder -> builder.ingestion(store.under("ingestion"))
                .processed(store.under("processed"))
                .pipelined(pipelined)
                .lease(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void passing_faults_are_not_noticed(String fault, boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = pipeline(aws, pipelined);
        change();
        long injected = proxy.faults().injected();
        PASSING.get(fault).accept(proxy.faults().mostInARow(ATTEMPTS - 1));
        RunReport report;
        try {
            report = pipeline.run();
        } finally {
            proxy.faults().off();
        }
        assertThat(report.loaded()).hasSize(1);
        if (!fault.startsWith("slow answers")) {
            assertThat(proxy.faults().injected()).isGreaterThan(injected);
        }
        assertThatNothingIsLostOrTwice();
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void lasting_faults_are_reported_and_repaired_by_the_next_run(String fault, boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = pipeline(aws, pipelined);
        change();
        LASTING.get(fault).accept(proxy.faults());
        Throwable failure;
        try {
            failure = catchThrowable(pipeline::run);
        } finally {
            proxy.faults().off();
        }
        if (failure != null) {
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unavailable"))
                    .hasMessageStartingWith("[s3://zones")
                    .hasMessageMatching("(?s).*(try again later|check the network and the endpoint).*");
            assertThat(failure.getMessage()).doesNotContain(server.secretKey());
        } else {
            assertThat(fault).as("a fault that may be got round").isEqualTo("no answer to any manifest");
        }
        RunReport report = pipeline.run();
        while (report.skipped().isPresent()) {
            report = pipeline.run();
        }
        assertThatNothingIsLostOrTwice();
    }

    private static void change() throws SQLException {
        try (Connection source = fixture.source()) {
            fixture.generator.advance(source, 1);
            fixture.torture.silentEdit(source, 3);
            fixture.torture.changeAddress(source, 2, LocalDateTime.of(2024, 5, 20, 12, 0));
        }
        clean.run();
    }

    private static void assertThatNothingIsLostOrTwice() throws SQLException {
        try (Connection source = fixture.source();
                Connection wanted = fixture.server.connection(fixture.warehouseName + "_clean");
                Connection found = fixture.warehouse()) {
            assertThat(WarehouseVersions.differences(WarehouseVersions.of(wanted), WarehouseVersions.of(found)))
                    .isEmpty();
            assertThat(new WarehouseComparison().compare(source, found)).isEmpty();
        }
    }
}
