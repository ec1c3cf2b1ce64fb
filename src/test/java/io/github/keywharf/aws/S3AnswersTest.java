package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store makes of answers that a correct S3 server does not give, from a small server that gives them. */
class S3AnswersTest {
    private static final byte[] CONTENT = "0123456789".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CHANGED = "012345678x".getBytes(StandardCharsets.UTF_8);

    private volatile boolean forestalled;
    private volatile byte[] sent = {};
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private AWSManager aws;
    private ObjectStore store;
    private HttpHandler answer = exchange -> respond(exchange, 500, new byte[0]);

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            seen.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("x-amz-checksum-mode"));
            sent = exchange.getRequestBody().readAllBytes();
            answer.handle(exchange);
        });
        server.start();
        aws = AWSManager.builder()
                .credentials("key", Secret.of("secret"))
                .region("eu-west-1")
                .endpoint(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .pathStyle(true)
                .attempts(2)
                .timeout(Duration.ofSeconds(10))
                .connect();
        store = aws.store("bucket");
    }

    @AfterEach
    void stop() {
        aws.close();
        server.stop(0);
    }

    @Test
    void changed_bytes_are_refused_when_a_small_object_is_read() {
        answer = exchange -> whole(exchange, CHANGED);

        assertCode("store.damaged", () -> store.readSmall("a"));
        assertThat(seen).contains("GET ENABLED");
        answer = exchange -> whole(exchange, CONTENT);
        assertThat(store.readSmall("a")).isEqualTo(CONTENT);
    }

    @Test
    void changed_bytes_are_refused_before_a_stream_returns_its_last_bytes() throws IOException {
        answer = exchange -> whole(exchange, CHANGED);

        try (ObjectReader reader = store.open("a");
                InputStream in = reader.stream()) {
            assertCode("store.damaged", () -> in.readNBytes(CHANGED.length));
        }
        answer = exchange -> whole(exchange, CONTENT);
        try (ObjectReader reader = store.open("a");
                InputStream in = reader.stream()) {
            assertThat(in.readAllBytes()).isEqualTo(CONTENT);
        }
    }

    @Test
    void the_region_of_a_bucket_elsewhere_is_named() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("x-amz-bucket-region", "us-west-2");
            respond(exchange, 301, new byte[0]);
        };

        assertThatThrownBy(() -> store.readSmall("a"))
                .hasMessageContaining("It is in the region us-west-2 (301")
                .extracting(Object::toString)
                .asString()
                .endsWith("(store.wrong_region)");
    }

    @Test
    void a_host_that_does_not_exist_is_named() {
        try (AWSManager nowhere = AWSManager.builder()
                .credentials("key", Secret.of("secret"))
                .region("eu-west-1")
                .endpoint(URI.create("http://s3.invalid"))
                .attempts(1)
                .pathStyle(true)
                .connect()) {
            assertThatThrownBy(() -> nowhere.store("bucket").readSmall("a"))
                    .hasMessageContaining("no host 's3.invalid'")
                    .hasMessageContaining("region");
            assertThatThrownBy(() -> nowhere.store("my bucket")).hasMessageContaining("'my bucket' is not the name");
            assertThatThrownBy(() -> nowhere.store("s3://a/b")).hasMessageContaining("a folder beside it");
        }
    }

    @Test
    void a_server_that_ignores_ranges_is_refused_rather_than_read_from_the_beginning() {
        answer = exchange -> whole(exchange, CONTENT);

        try (ObjectReader reader = store.open("a")) {
            assertThatThrownBy(() -> reader.readFully(5, new byte[2], 0, 2))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unsupported"))
                    .hasMessageContaining("[s3://bucket/a]")
                    .hasMessageContaining("bytes 5 to 7");
            byte[] all = new byte[CONTENT.length];
            reader.readFully(0, all, 0, all.length);
            assertThat(all).isEqualTo(CONTENT);
        }
    }

    @Test
    void another_range_than_the_one_asked_for_is_refused() {
        answer = exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-1/10");
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            respond(exchange, exchange.getRequestMethod().equals("HEAD") ? 200 : 206, CONTENT);
        };

        try (ObjectReader reader = store.open("a")) {
            assertCode("store.unsupported", () -> reader.readFully(5, new byte[2], 0, 2));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 503})
    void whether_an_object_is_ones_own_is_not_guessed(int headStatus) {
        answer = exchange -> {
            boolean first = seen.stream().filter(each -> each.startsWith("PUT")).count() == 1;
            int status = exchange.getRequestMethod().equals("PUT") ? first ? 500 : 412 : headStatus;
            respond(exchange, status, new byte[0]);
        };

        assertThatThrownBy(() -> store.createIfAbsent("a", CONTENT))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.outcome_unknown"))
                .hasMessageContaining("[s3://bucket/a]")
                .hasMessageContaining("read it");
    }

    @Test
    void an_object_of_another_writer_is_somebody_elses() {
        answer = exchange -> {
            exchange.getResponseHeaders().set("x-amz-meta-keywharf-writer", "somebody");
            respond(exchange, exchange.getRequestMethod().equals("PUT") ? 412 : 200, new byte[0]);
        };

        assertThat(store.createIfAbsent("a", CONTENT)).isFalse();
    }

    @Test
    void a_server_that_ignores_where_a_listing_starts_is_not_believed() {
        answer = exchange -> respond(exchange, 200, listing("<IsTruncated>false</IsTruncated>", "a", "b", "c"));

        try (Stream<StoredObject> listed = store.list("", "b")) {
            assertThat(listed.map(StoredObject::key)).containsExactly("c");
        }
    }

    @Test
    void a_source_that_is_replaced_while_it_is_copied_is_refused() {
        answer = exchange -> copying(exchange, 412, 200);

        assertThatThrownBy(() -> store.copy("from", "to"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.replaced"))
                .hasMessageContaining("[s3://bucket/from]");
        assertThat(seen).as("the upload is given up").contains("DELETE null");
    }

    @Test
    void a_copy_that_another_object_forestalled_is_not_made() {
        answer = exchange -> copying(exchange, 200, 412);

        assertThat(store.copy("from", "to")).isFalse();
        assertThat(seen).as("the upload is given up").contains("DELETE null");
    }

    @Test
    void a_copy_whose_end_met_another_request_is_made_again() {
        answer = exchange -> {
            boolean first = seen.stream().filter(each -> each.startsWith("PUT")).count() == 1;
            copying(exchange, 200, first ? 409 : 200);
        };

        assertThat(store.copy("from", "to")).isTrue();
        assertThat(seen.stream().filter(each -> each.startsWith("PUT"))).hasSize(2);
    }

    /** A server with a large object "from", whose copy to "to" is answered as given. */
    private void copying(HttpExchange exchange, int partStatus, int endStatus) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        exchange.getResponseHeaders().set("ETag", "\"1\"");
        if (request.equals("HEAD /bucket/from")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(S3Copy.SMALL + 1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        } else if (request.equals("HEAD /bucket/to")) {
            exchange.getResponseHeaders().set("x-amz-meta-keywharf-writer", "somebody");
            respond(exchange, forestalled ? 200 : 404, new byte[0]);
        } else if (request.startsWith("POST") && request.contains("uploads")) {
            respond(
                    exchange,
                    200,
                    "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
                            .getBytes(StandardCharsets.UTF_8));
        } else if (request.startsWith("PUT")) {
            respond(
                    exchange,
                    partStatus,
                    partStatus == 200
                            ? "<CopyPartResult><ETag>\"2\"</ETag></CopyPartResult>".getBytes(StandardCharsets.UTF_8)
                            : new byte[0]);
        } else if (request.startsWith("POST")) {
            forestalled = endStatus == 412;
            respond(
                    exchange,
                    endStatus,
                    endStatus == 200
                            ? "<CompleteMultipartUploadResult><ETag>\"3\"</ETag></CompleteMultipartUploadResult>"
                                    .getBytes(StandardCharsets.UTF_8)
                            : new byte[0]);
        } else {
            respond(exchange, 204, new byte[0]);
        }
    }

    private static void whole(HttpExchange exchange, byte[] sent) throws IOException {
        exchange.getResponseHeaders().put("x-amz-checksum-crc32", List.of(crc(CONTENT)));
        exchange.getResponseHeaders().set("x-amz-checksum-type", "FULL_OBJECT");
        exchange.getResponseHeaders().set("ETag", "\"1\"");
        respond(exchange, 200, sent);
    }

    private static String crc(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        }
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private static void assertCode(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static byte[] listing(String rest, String... keys) {
        String objects = Stream.of(keys)
                .map(key -> "<Contents><Key>" + key + "</Key><Size>1</Size><ETag>\"1\"</ETag>"
                        + "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>")
                .collect(Collectors.joining());
        return ("<ListBucketResult>" + rest + objects + "</ListBucketResult>").getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<NextContinuationToken>1</NextContinuationToken>"})
    void a_server_that_lists_the_same_page_again_is_refused(String token) {
        answer = exchange -> respond(exchange, 200, listing("<IsTruncated>true</IsTruncated>" + token, "a", "b"));

        assertCode("store.unsupported", () -> {
            try (Stream<StoredObject> listed = store.list("")) {
                assertThat(listed.limit(100)).isEmpty();
            }
        });
    }

    /** A server that keeps bodies as they arrive, and does not know that they may be in signed pieces. */
    private HttpHandler raw(Map<String, byte[]> kept) {
        return exchange -> {
            String key = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("PUT")) {
                kept.put(key, sent);
                exchange.getResponseHeaders().add("ETag", "\"1\"");
                respond(exchange, 200, new byte[0]);
            } else if (exchange.getRequestMethod().equals("DELETE")) {
                respond(exchange, 204, new byte[0]);
            } else if (kept.containsKey(key)) {
                exchange.getResponseHeaders().add("ETag", "\"1\"");
                respond(exchange, 200, kept.get(key));
            } else {
                respond(exchange, 200, listing("<IsTruncated>false</IsTruncated>"));
            }
        };
    }

    @Test
    void pieces_with_signatures_are_found_by_a_check_and_not_sent_without_chunked_encoding() {
        Map<String, byte[]> kept = new ConcurrentHashMap<>();
        answer = raw(kept);

        assertThatThrownBy(() -> store.check())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unsupported"))
                .hasMessageContainingAll("chunkedEncoding(false)", "are listed as []", "created a second time");
        try (AWSManager plain = AWSManager.builder()
                .credentials("key", Secret.of("secret"))
                .region("eu-west-1")
                .endpoint(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .pathStyle(true)
                .checksums(ChecksumMode.WHEN_REQUIRED)
                .chunkedEncoding(false)
                .connect()) {
            plain.store("bucket").createIfAbsent("a", CONTENT);
            assertThat(kept.get("/bucket/a")).isEqualTo(CONTENT);
        }
    }

    @Test
    void a_server_that_lists_in_another_order_is_refused() {
        answer = exchange -> respond(exchange, 200, listing("<IsTruncated>false</IsTruncated>", "b", "a"));

        assertCode("store.unsupported", () -> {
            try (Stream<StoredObject> listed = store.list("")) {
                assertThat(listed).isEmpty();
            }
        });
    }

    @Test
    void a_server_that_ignores_which_version_is_asked_for_is_not_believed() {
        StoredObject older = new StoredObject("a", CONTENT.length, "0", Instant.EPOCH);
        answer = exchange -> whole(exchange, CONTENT);

        try (ObjectReader reader = store.open(older);
                InputStream in = reader.stream()) {
            assertCode("store.replaced", in::readAllBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_version_of_a_large_object_is_copied_or_none() {
        answer = exchange -> copying(exchange, 412, 200);
        StoredObject version = new StoredObject("from", S3Copy.SMALL + 1, "0", Instant.EPOCH);

        assertCode("store.replaced", () -> store.copy(version, "to"));
        assertThat(seen).as("the source is not looked at").doesNotContain("GET ENABLED");
    }
}
