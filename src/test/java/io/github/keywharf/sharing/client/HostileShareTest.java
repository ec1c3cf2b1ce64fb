package io.github.keywharf.sharing.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Condition;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server or a store can do to who reads a share of it. */
final class HostileShareTest {
    private static final int MIB = 1024 * 1024;

    private static final String COLUMNS = "{\"id\":\"1\",\"format\":{\"provider\":\"parquet\"},\"schemaString\":"
            + "\"{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"n\\\",\\\"type\\\":\\\"long\\\","
            + "\\\"nullable\\\":true,\\\"metadata\\\":{}}]}\",\"partitionColumns\":[],\"configuration\":{}}";
    private static final String HEAD = "{\"protocol\":{\"minReaderVersion\":1}}\n{\"metaData\":" + COLUMNS + "}\n";

    @TempDir
    Path folder;

    /** How many bytes were taken of endless bodies. */
    private final AtomicLong taken = new AtomicLong();

    private HttpResponse answer = HttpResponse.of(500);
    private HttpResponse file = HttpResponse.of(500);

    private final HttpHandler http = request -> {
        request.body().close();
        return request.uri().getHost().equals("files.example.com") ? file : answer;
    };

    private DeltaSharingClient client(HttpHandler handler) {
        ShareProfile profile = ShareProfile.bearer(URI.create("https://share.example.com/api"), Secret.of("hush"));
        return DeltaSharingClient.builder(profile)
                .http(handler)
                .tempDirectory(folder)
                .clock(InstantSource.system(), wait -> {})
                .build();
    }

    private DeltaSharingQuery query(HttpHandler handler) {
        return client(handler).table("s", "c", "t").query();
    }

    /** A body that goes on beyond what memory or a disk should be given. */
    private HttpBody endless(String first, String then) {
        byte[] begin = first.getBytes(StandardCharsets.UTF_8);
        byte[] next = then.getBytes(StandardCharsets.UTF_8);
        return HttpBody.stream(new InputStream() {
            private long at;

            @Override
            public int read() {
                if (at == 48L * MIB) {
                    return -1;
                }
                taken.incrementAndGet();
                long position = at++;
                return position < begin.length
                        ? begin[(int) position]
                        : next[(int) ((position - begin.length) % next.length)];
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    int one = read();
                    if (one < 0) {
                        return i == 0 ? -1 : i;
                    }
                    target[offset + i] = (byte) one;
                }
                return length;
            }
        });
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.bad_answer"));
    }

    @Test
    void no_more_of_a_file_is_taken_than_the_list_said() {
        answer = HttpResponse.of(200)
                .withBody(
                        HttpBody.of(
                                HEAD
                                        + "{\"file\":{\"id\":\"f\",\"url\":\"https://files.example.com/f\",\"size\":10,\"partitionValues\":{}}}\n"));
        HttpHandler handler = request -> {
            file = HttpResponse.of(200).withBody(endless("", "x"));
            return http.handle(request);
        };

        assertRefused(() -> query(handler).download(folder.resolve("files")));
        assertThat(taken.get()).isLessThan(MIB);
        assertThat(folder.resolve("files")).isEmptyDirectory();
    }

    @Test
    void a_line_without_an_end_does_not_fill_memory() {
        answer = HttpResponse.of(200).withBody(endless(HEAD + "{\"file\":[0", ",\n0"));

        assertRefused(() -> query(http).rows());
        assertThat(taken.get()).isLessThan(24 * MIB);
    }

    @Test
    void pages_without_an_end_are_given_up() {
        AtomicInteger asked = new AtomicInteger();
        HttpHandler pages = request -> {
            int page = asked.incrementAndGet();
            if (page > 40_000) {
                throw new IllegalStateException("asked for ever");
            }
            request.body().close();
            String token = "\"nextPageToken\":\"" + page + "\"";
            return HttpResponse.of(200)
                    .withBody(HttpBody.of(
                            request.method().equals("GET")
                                    ? "{\"items\":[]," + token + "}"
                                    : HEAD + "{\"endStreamAction\":{" + token + "}}\n"));
        };

        assertRefused(() -> client(pages).shares().findFirst());
        assertThat(asked.getAndSet(0)).isLessThan(20_000);
        assertRefused(() -> query(pages).rows());
        assertThat(asked.get()).isLessThan(20_000);
    }

    @Test
    void a_deletion_vector_that_no_memory_holds_is_refused() {
        String vector = "{\"storageType\":\"p\",\"pathOrInlineDv\":\"https://files.example.com/v\",\"offset\":1,"
                + "\"sizeInBytes\":2147483647,\"cardinality\":1}";
        answer = HttpResponse.of(200)
                .withBody(HttpBody.of("{\"protocol\":{\"deltaProtocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                        + "\"readerFeatures\":[\"deletionVectors\"],\"writerFeatures\":[\"deletionVectors\"]}}}\n"
                        + "{\"metaData\":{\"deltaMetadata\":" + COLUMNS + "}}\n"
                        + "{\"file\":{\"id\":\"f\",\"size\":10,\"deltaSingleAction\":{\"add\":{\"path\":"
                        + "\"https://files.example.com/f\",\"partitionValues\":{},\"size\":10,\"deletionVector\":"
                        + vector + "}}}}\n"));
        file = HttpResponse.of(200).withBody(HttpBody.of("0123456789"));

        assertRefused(() -> query(http).download(folder.resolve("files")));
    }

    @Test
    void a_number_that_no_memory_holds_is_refused_or_passed_over() {
        String price =
                "{\\\"name\\\":\\\"price\\\",\\\"type\\\":\\\"decimal(9,2)\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}";
        String columns = HEAD.replace("\\\"fields\\\":[", "\\\"fields\\\":[" + price + ",");
        String listed = "{\"file\":{\"id\":\"f\",\"url\":\"https://files.example.com/f\",\"size\":10,";
        file = HttpResponse.of(200).withBody(HttpBody.of("0123456789"));
        Condition expensive = Condition.gt("price", new BigDecimal("5.00"));

        String stats = "{\\\"numRecords\\\":1,\\\"minValues\\\":{\\\"price\\\":1e300000000},"
                + "\\\"maxValues\\\":{\\\"price\\\":1e-300000000}}";
        answer = HttpResponse.of(200)
                .withBody(HttpBody.of(columns + listed + "\"partitionValues\":{},\"stats\":\"" + stats + "\"}}\n"));
        assertThat(query(http).where(expensive).download(folder.resolve("files")))
                .hasSize(1);

        answer = HttpResponse.of(200)
                .withBody(HttpBody.of(columns.replace("\"partitionColumns\":[]", "\"partitionColumns\":[\"price\"]")
                        + listed + "\"partitionValues\":{\"price\":\"1e300000000\"}}}\n"));
        assertThatThrownBy(() -> query(http).where(expensive).download(folder.resolve("files")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.corrupt"));
    }
}
