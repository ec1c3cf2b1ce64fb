package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.contract.ObjectStoreContract;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** A bucket keeps the contract, judged on a server that checks signatures. */
class S3StoreTest extends ObjectStoreContract {
    private static S3Server server;
    private static AWSManager aws;

    @BeforeAll
    static void start() {
        server = S3Server.start();
        aws = S3Managers.of(server);
    }

    @AfterAll
    static void stop() {
        aws.close();
        aws.close();
        server.close();
    }

    private static String newBucket() {
        String bucket = "b" + UUID.randomUUID();
        server.createBucket(bucket);
        return bucket;
    }

    @Override
    protected ObjectStore emptyStore() {
        return aws.store(newBucket());
    }

    /** S3 keeps both; the server answers 500. */
    @Override
    protected BesideFolders objectsBesideFolders() {
        return BesideFolders.UNTESTED;
    }

    /** S3 does; the server sorts by 16-bit characters. */
    @Override
    protected boolean ordersSupplementaryCharacters() {
        return false;
    }

    /** A page has a thousand. */
    @Override
    protected int manyObjects() {
        return 2_005;
    }

    @Test
    void a_folder_of_a_bucket_is_a_store() {
        String bucket = newBucket();
        ObjectStore store = aws.store(bucket, "landing/");
        store.createIfAbsent("a", new byte[3]);
        assertThat(keys(aws.store(bucket))).containsExactly("landing/a");
        assertThat(store.name()).isEqualTo("s3://" + bucket + "/landing");
    }

    @Test
    void more_objects_than_a_page_holds_are_listed_in_order() {
        ObjectStore store = emptyStore();
        List<String> expected = IntStream.range(0, 1_105)
                .mapToObj(i -> String.format(Locale.ROOT, "k/%05d", i))
                .toList();
        expected.parallelStream().forEach(key -> store.createIfAbsent(key, new byte[1]));
        assertThat(keys(store)).isEqualTo(expected);
        try (Stream<StoredObject> listed = store.list("k/")) {
            assertThat(listed.limit(3).map(StoredObject::key)).isEqualTo(expected.subList(0, 3));
        }
    }

    @Test
    void a_large_object_goes_up_in_parts_and_comes_back_whole() throws Exception {
        ObjectStore store = emptyStore();
        int size = 20 * 1024 * 1024 + 12_345;
        MessageDigest written = MessageDigest.getInstance("SHA-256");
        byte[] chunk = new byte[70_001];
        Random random = new Random(8);
        try (ObjectWriter writer = store.create("large")) {
            for (int left = size; left > 0; left -= chunk.length) {
                random.nextBytes(chunk);
                int count = Math.min(left, chunk.length);
                written.update(chunk, 0, count);
                writer.write(chunk, 0, count);
                assertThat(keys(store)).hasSizeLessThan(1);
            }
            StoredObject stored = writer.commit();
            assertThat(stored.size()).isEqualTo(size);
            assertThat(stored.etag()).endsWith("-3");
        }
        MessageDigest read = MessageDigest.getInstance("SHA-256");
        try (ObjectReader reader = store.open("large");
                InputStream in = reader.stream()) {
            assertThat(reader.object().size()).isEqualTo(size);
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                read.update(chunk, 0, n);
            }
        }
        assertThat(HexFormat.of().formatHex(read.digest()))
                .isEqualTo(HexFormat.of().formatHex(written.digest()));
    }

    @Test
    void a_large_object_given_up_leaves_no_unfinished_upload() throws IOException {
        String bucket = newBucket();
        try (ObjectWriter writer = aws.store(bucket).create("large")) {
            writer.write(new byte[9 * 1024 * 1024]);
        }
        assertThat(keys(aws.store(bucket))).isEmpty();
        try (var s3 = TestClients.s3(server)) {
            assertThat(s3.listMultipartUploads(r -> r.bucket(bucket)).uploads()).isEmpty();
        }
    }

    @Test
    void a_large_object_is_copied_inside_s3_and_never_over_another() {
        String bucket = newBucket();
        ObjectStore store = aws.store(bucket);
        byte[] content = new byte[S3Copy.SMALL + 12_345];
        new Random(9).nextBytes(content);
        write(store, "from here/ö", content);

        assertThat(store.copy("from here/ö", "to+there/é")).isTrue();

        assertThat(store.readSmall("to+there/é")).isEqualTo(content);
        write(store, "other", new byte[1]);
        assertThat(store.copy("from here/ö", "other")).isFalse();
        assertThat(store.copy("from here/ö", "from here/ö")).isFalse();
        assertThat(store.readSmall("other")).hasSize(1);
        try (var s3 = TestClients.s3(server)) {
            assertThat(s3.listMultipartUploads(r -> r.bucket(bucket)).uploads()).isEmpty();
        }
    }

    @Test
    void of_several_callers_one_makes_a_large_copy() throws Exception {
        String bucket = newBucket();
        ObjectStore store = aws.store(bucket);
        for (int i = 0; i < 4; i++) {
            byte[] content = new byte[S3Copy.SMALL + 1];
            Arrays.fill(content, (byte) i);
            write(store, "from/" + i, content);
        }
        for (int round = 0; round < 3; round++) {
            String key = "to/" + round;
            ExecutorService pool = Executors.newFixedThreadPool(4);
            try {
                List<Callable<Boolean>> racers = IntStream.range(0, 4)
                        .<Callable<Boolean>>mapToObj(i -> () -> store.copy("from/" + i, key))
                        .toList();
                List<Boolean> won = new ArrayList<>();
                for (Future<Boolean> future : pool.invokeAll(racers)) {
                    won.add(future.get());
                }
                assertThat(won).as("round %s", round).containsOnlyOnce(true);
                assertThat(store.readSmall(key)).hasSize(S3Copy.SMALL + 1).containsOnly(won.indexOf(true));
            } finally {
                pool.shutdown();
            }
        }
        try (var s3 = TestClients.s3(server)) {
            assertThat(s3.listMultipartUploads(r -> r.bucket(bucket)).uploads()).isEmpty();
        }
    }

    @Test
    void ten_thousand_parts_copy_the_largest_object_of_s3() {
        assertThat(S3Copy.partBytes(1)).isEqualTo(256L << 20);
        assertThat(S3Copy.partBytes(6L << 30))
                .as("above the limit of one request")
                .isEqualTo(256L << 20);
        assertThat(S3Copy.partBytes(5L << 40) * 10_000).isGreaterThanOrEqualTo(5L << 40);
        assertThat(S3Copy.partBytes(5L << 40)).isLessThan(5L << 30);
    }

    @Test
    void parts_grow_so_that_ten_thousand_hold_the_largest_object_of_s3() {
        long all =
                IntStream.rangeClosed(1, 10_000).mapToLong(S3Writer::partBytes).sum();
        assertThat(all).isGreaterThanOrEqualTo(5L << 40);
        assertThat(S3Writer.partBytes(1)).isEqualTo(8 * 1024 * 1024);
        assertThat(S3Writer.partBytes(10_000)).isEqualTo(1 << 30);
    }

    @Test
    void objects_with_invalid_keys_are_not_listed() {
        String bucket = newBucket();
        try (var s3 = TestClients.s3(server)) {
            s3.putObject(r -> r.bucket(bucket).key("folder/"), software.amazon.awssdk.core.sync.RequestBody.empty());
            s3.putObject(r -> r.bucket(bucket).key("folder/a"), software.amazon.awssdk.core.sync.RequestBody.empty());
        }
        assertThat(keys(aws.store(bucket))).containsExactly("folder/a");
    }

    @Test
    void a_missing_bucket_is_reported_by_name() {
        ObjectStore store = aws.store("no-such-bucket");
        List<ThrowingCallable> calls = List.of(
                () -> store.open("a"),
                () -> store.readSmall("a"),
                () -> keys(store),
                () -> store.createIfAbsent("a", new byte[1]),
                () -> store.find("a"),
                () -> store.copy("a", "b"),
                () -> commit(store, 1),
                () -> commit(store, 9 * 1024 * 1024));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.no_bucket"))
                    .hasMessageContaining("no-such-bucket")
                    .hasMessageContaining("create it");
        }
    }

    @Test
    void a_wrong_secret_is_reported_and_never_shown() {
        String bucket = newBucket();
        String wrong = "wrong-" + UUID.randomUUID();
        try (AWSManager stranger = S3Managers.of(server, server.accessKey(), wrong);
                AWSManager unknown = S3Managers.of(server, "AKIAUNKNOWN", wrong)) {
            for (AWSManager manager : List.of(stranger, unknown)) {
                ObjectStore store = manager.store(bucket);
                List<ThrowingCallable> calls = List.of(
                        () -> store.open("a"),
                        () -> store.readSmall("a"),
                        () -> keys(store),
                        () -> store.delete("a"),
                        () -> store.createIfAbsent("a", new byte[1]),
                        () -> commit(store, 9 * 1024 * 1024));
                for (ThrowingCallable call : calls) {
                    assertThatThrownBy(call).isInstanceOfSatisfying(KeywharfException.class, e -> {
                        assertThat(e.code()).isEqualTo("store.bad_credentials");
                        assertThat(e).hasMessageContaining("s3://" + bucket);
                        assertThat(e).hasStackTraceContaining("403");
                        assertThat(stackTrace(e)).doesNotContain(wrong);
                    });
                }
                assertThat(manager.toString() + store).doesNotContain(wrong).contains("eu-west-1");
            }
        }
    }

    @Test
    void a_client_of_the_hosts_is_used_and_left_open() {
        try (S3Client client = TestClients.s3(server)) {
            AWSManager manager = AWSManager.of(client);
            ObjectStore store = manager.store(newBucket());
            store.createIfAbsent("a", new byte[] {1, 2, 3});
            assertThat(store.readSmall("a")).containsExactly(1, 2, 3);
            assertThat(manager.unwrap()).isSameAs(client);
            assertThatThrownBy(() -> manager.secrets().secret("a")).hasMessageContaining("builder().client(…)");
            manager.close();
            assertThat(client.listBuckets().buckets()).isNotEmpty();
            assertThatThrownBy(() -> store.readSmall("a")).hasMessageContaining("closed");
        }
    }

    @Test
    void a_closed_manager_says_so() {
        AWSManager closed = S3Managers.of(server, "a", "b");
        ObjectStore store = closed.store("bucket");
        closed.close();
        assertThatThrownBy(() -> store.readSmall("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void settings_that_cannot_be_are_refused() {
        AWSManager.Builder builder = AWSManager.builder();
        assertThatThrownBy(() -> builder.region(" ")).hasMessageContaining("eu-west-1");
        assertThatThrownBy(() -> builder.attempts(0)).hasMessageContaining("0");
        assertThatThrownBy(() -> builder.endpoint(java.net.URI.create("ftp://x")))
                .hasMessageContaining("ftp://x");
        assertThatThrownBy(() -> builder.timeout(java.time.Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> AWSManager.builder()
                        .region("r")
                        .sessionToken(Secret.of("t"))
                        .connect())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> aws.store("a/b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> aws.store("lake--use1-az4--x-s3"))
                .as("a directory bucket")
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unsupported"));
    }

    private static void commit(ObjectStore store, int size) {
        write(store, "a", new byte[size]);
    }

    private static void write(ObjectStore store, String key, byte[] content) {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content);
            writer.commit();
        } catch (IOException e) {
            throw new AssertionError("writers throw KeywharfException", e);
        }
    }

    private static String stackTrace(Throwable e) {
        java.io.StringWriter text = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    private static List<String> keys(ObjectStore store) {
        try (Stream<StoredObject> listed = store.list("")) {
            return listed.map(StoredObject::key).toList();
        }
    }
}
