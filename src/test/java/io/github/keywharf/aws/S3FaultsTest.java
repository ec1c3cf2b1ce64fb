package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.FaultyHttpProxy;
import io.github.keywharf.testing.S3Server;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store does when the service or the network in between does not do its part. */
class S3FaultsTest {
    private S3Server server;
    private FaultyHttpProxy proxy;
    private AWSManager aws;
    private ObjectStore store;

    @BeforeEach
    void start() {
        server = S3Server.start();
        server.createBucket("bucket");
        proxy = FaultyHttpProxy.start(server.endpoint());
        aws = AWSManager.builder()
                .credentials(server.accessKey(), Secret.of(server.secretKey()))
                .region("eu-west-1")
                .endpoint(proxy.endpoint())
                .pathStyle(true)
                .attempts(4)
                .timeout(Duration.ofSeconds(2))
                .connect();
        store = aws.store("bucket");
    }

    @AfterEach
    void stop() {
        aws.close();
        proxy.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503})
    void passing_refusals_are_not_noticed(int status) throws IOException {
        proxy.faults().failNext(2, status);
        assertThat(store.createIfAbsent("a", new byte[] {1})).isTrue();
        proxy.faults().failNext(2, status);
        assertThat(store.readSmall("a")).containsExactly(1);
        proxy.faults().failNext(2, status);
        assertThat(store.list("")).hasSize(1);
        proxy.faults().failNext(2, status);
        write("large", bytes(9 * 1024 * 1024));
        assertThat(store.readSmall("large")).isEqualTo(bytes(9 * 1024 * 1024));
    }

    @Test
    void a_service_that_stays_away_is_reported_after_all_attempts() {
        proxy.faults().failEvery(1, 503);
        assertThatThrownBy(() -> store.readSmall("a"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unavailable"))
                .hasMessageContaining("[s3://bucket/a]")
                .hasMessageContaining("503")
                .hasMessageContaining("4 attempts");
        assertThat(proxy.faults().requests()).isEqualTo(4);
    }

    @Test
    void a_lost_answer_does_not_hide_that_the_object_was_created() {
        proxy.faults().matching(line -> line.startsWith("PUT ")).loseResponses(1);
        assertThat(store.createIfAbsent("m/1", new byte[] {1, 2})).isTrue();
        assertThat(store.createIfAbsent("m/1", new byte[] {1, 2})).isFalse();
    }

    @Test
    void answers_lost_to_the_end_do_not_hide_it_either() {
        proxy.faults().matching(line -> line.startsWith("PUT ")).loseResponses(4);
        assertThat(store.createIfAbsent("m/1", new byte[] {1, 2})).isTrue();
        proxy.faults().off();
        assertThat(store.readSmall("m/1")).containsExactly(1, 2);
    }

    @Test
    void a_lost_answer_to_the_end_of_an_upload_does_not_hide_that_it_ended() throws IOException {
        proxy.faults()
                .matching(line -> line.startsWith("POST ") && line.contains("uploadId="))
                .loseResponses(1);
        byte[] content = bytes(9 * 1024 * 1024);
        write("large", content);
        proxy.faults().off();
        assertThat(store.readSmall("large")).isEqualTo(content);
    }

    @Test
    void a_lost_answer_does_not_hide_that_a_copy_was_made() throws IOException {
        byte[] large = bytes(S3Copy.SMALL + 1);
        write("large", large);
        write("small", bytes(10));
        proxy.faults()
                .matching(line -> line.startsWith("POST ") && line.contains("uploadId="))
                .loseResponses(1);
        assertThat(store.copy("large", "copy/large")).isTrue();
        proxy.faults().matching(line -> line.startsWith("PUT ")).loseResponses(1);
        assertThat(store.copy("small", "copy/small")).isTrue();
        proxy.faults().off();
        assertThat(store.readSmall("copy/large")).isEqualTo(large);
        assertThat(store.readSmall("copy/small")).isEqualTo(bytes(10));
    }

    @Test
    void a_listing_from_a_key_on_asks_for_no_page_before_it() {
        IntStream.range(0, 1_003)
                .parallel()
                .forEach(i -> store.createIfAbsent(String.format(Locale.ROOT, "k/%04d", i), new byte[0]));
        Set<String> pages = ConcurrentHashMap.newKeySet();
        proxy.faults().matching(line -> {
            // A request that is sent again has the same first line.
            if (line.startsWith("GET ") && line.contains("list-type=2")) {
                pages.add(line);
            }
            return true;
        });
        try (Stream<StoredObject> rest = store.list("k/", "k/1000")) {
            assertThat(rest.map(StoredObject::key)).containsExactly("k/1001", "k/1002");
        }
        assertThat(pages).singleElement().asString().contains("start-after=");
    }

    @Test
    void a_failed_copy_leaves_nothing_behind() throws IOException {
        write("large", bytes(S3Copy.SMALL + 1));
        proxy.faults()
                .matching(line -> line.startsWith("PUT ") && line.contains("partNumber=1"))
                .failEvery(1, 503);
        assertThatThrownBy(() -> store.copy("large", "copy"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unavailable"))
                .hasMessageContaining("[s3://bucket/large]");
        proxy.faults().off();
        assertThat(store.find("copy")).isEmpty();
        try (var s3 = TestClients.s3(server)) {
            assertThat(s3.listMultipartUploads(r -> r.bucket("bucket")).uploads())
                    .isEmpty();
        }
    }

    @Test
    void reading_goes_on_where_an_answer_was_cut() throws IOException {
        byte[] content = bytes(1_000_000);
        write("o", content);
        proxy.faults().matching(line -> line.startsWith("GET ")).truncateNext(3, 200_000);
        try (ObjectReader reader = store.open("o");
                InputStream in = reader.stream()) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
        proxy.faults().truncateNext(2, 1_000);
        assertThat(store.readSmall("o")).isEqualTo(content);
        proxy.faults().truncateNext(1, 1_000);
        byte[] part = new byte[5_000];
        try (ObjectReader reader = store.open("o")) {
            reader.readFully(1, part, 0, 5_000);
        }
        assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(content, 1, 5_001));
    }

    @Test
    void cut_connections_are_tried_again() {
        proxy.faults().cutNext(2);
        assertThat(store.createIfAbsent("a", new byte[] {1})).isTrue();
        proxy.faults().cutNext(2);
        assertThat(store.readSmall("a")).containsExactly(1);
        proxy.faults().cutNext(100);
        assertThatThrownBy(() -> store.readSmall("a"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unavailable"));
    }

    @Test
    void a_slow_answer_is_waited_for_only_so_long() {
        store.createIfAbsent("a", new byte[] {1});
        proxy.faults().delay(Duration.ofMillis(300));
        assertThat(store.readSmall("a")).containsExactly(1);
        proxy.faults().delay(Duration.ofSeconds(20));
        long begin = System.nanoTime();
        assertThatThrownBy(() -> store.readSmall("a"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unavailable"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(16));
    }

    @Test
    void a_failed_upload_leaves_nothing_behind() {
        proxy.faults()
                .matching(line -> line.startsWith("PUT ") && line.contains("partNumber=2"))
                .failEvery(1, 503);
        assertThatThrownBy(() -> write("large", bytes(17 * 1024 * 1024))).isInstanceOf(KeywharfException.class);
        proxy.faults().off();
        assertThat(store.list("")).isEmpty();
        try (var s3 = TestClients.s3(server)) {
            assertThat(s3.listMultipartUploads(r -> r.bucket("bucket")).uploads())
                    .isEmpty();
        }
    }

    private void write(String key, byte[] content) throws IOException {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content);
            writer.commit();
        }
    }

    private static byte[] bytes(int length) {
        byte[] content = new byte[length];
        new Random(1).nextBytes(content);
        return content;
    }
}
