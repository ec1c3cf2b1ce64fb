package io.github.keywharf.sharing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.sharing.server.SharedUsage.Client;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.SignedUrls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Answers are written as they are read. */
final class ActionStreamTest {
    private static final int FILES = 2_000;

    private final ObjectStore store = ObjectStore.inMemory();
    private final AtomicInteger signed = new AtomicInteger();
    private final List<Event> events = new ArrayList<>();
    private int failsAt = Integer.MAX_VALUE;

    private Client client() {
        StringBuilder log = new StringBuilder(
                "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n{\"metaData\":{\"id\":\"x\",\"format\":{\"provider\":\"parquet\"},"
                        + "\"schemaString\":\"{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"tenant\\\",\\\"type\\\":\\\"string\\\","
                        + "\\\"nullable\\\":true,\\\"metadata\\\":{}},{\\\"name\\\":\\\"n\\\",\\\"type\\\":\\\"long\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}]}\","
                        + "\"partitionColumns\":[\"tenant\"],\"configuration\":{}}}\n");
        for (int i = 0; i < FILES; i++) {
            log.append(
                    "{\"add\":{\"path\":\"f" + i
                            + "\",\"partitionValues\":{\"tenant\":\"acme\"},\"size\":7,\"modificationTime\":1,\"dataChange\":true}}\n");
        }
        store.createIfAbsent(
                "t/_delta_log/00000000000000000000.json", log.toString().getBytes(StandardCharsets.UTF_8));
        SignedUrls urls = end -> new SignedUrls.Signer() {
            @Override
            public String url(String key) {
                if (signed.incrementAndGet() > failsAt) {
                    throw new IllegalStateException("a secret reason");
                }
                return "https://files/" + key;
            }

            @Override
            public Instant expires() {
                return end;
            }
        };
        DeltaSharingServer server = DeltaSharingServer.builder(ObjectStore.inMemory())
                .table("usage", store, "t", urls)
                .events(events::add)
                .build();
        ShareProfile profile = SharedUsage.provision(server.catalog(SharedUsage.HOST), "acme");
        return Client.of(server, profile);
    }

    private static HttpResponse query(Client client) {
        return client.http()
                .handle(client.request("POST", "/shares/acme" + SharedUsage.TABLE + "/query")
                        .withBody(HttpBody.of("{}")));
    }

    @Test
    void the_first_bytes_are_there_before_the_last_files_are_signed() throws IOException {
        try (HttpResponse response = query(client());
                InputStream body = response.body().open()) {
            byte[] start = body.readNBytes(1_000);
            assertThat(new String(start, StandardCharsets.UTF_8)).startsWith("{\"protocol\"");
            assertThat(signed.get()).isLessThan(FILES / 10);
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .hasSizeGreaterThan(FILES - 10);
            assertThat(signed.get()).isEqualTo(FILES);
        }
    }

    @Test
    void who_goes_away_is_reported_with_what_it_was_given() throws IOException {
        try (HttpResponse response = query(client());
                InputStream body = response.body().open()) {
            body.readNBytes(1_000);
        }
        assertThat(events).singleElement().satisfies(read -> {
            assertThat(read.name()).isEqualTo("sharing.table.read");
            long files = read.facts().get(0).value();
            assertThat(files).isPositive().isLessThan(FILES);
            assertThat(read.facts()).contains(Fact.count("files", files), Fact.bytes("bytes", files * 7));
        });
    }

    @Test
    void an_answer_that_fails_on_its_way_says_so_in_its_last_line() {
        failsAt = 1_000;
        String text =
                client().with("includeendstreamaction=true").query("acme", "{}").text();

        assertThat(text.lines().toList().get((int) text.lines().count() - 1))
                .isEqualTo("{\"endStreamAction\":{\"errorMessage\":\"The server failed; ask again\"}}");
        assertThat(text.lines().map(SharedUsage::json)).hasSizeBetween(900, 1_003);
        assertThat(events).anyMatch(event -> event.name().equals("sharing.request.failed"));
    }

    @Test
    void an_answer_without_a_last_line_breaks_off() {
        failsAt = 1_000;
        Client client = client();

        assertThatThrownBy(() -> {
                    try (HttpResponse response = query(client);
                            InputStream body = response.body().open()) {
                        body.readAllBytes();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void an_answer_that_fails_before_its_first_byte_is_an_error() {
        failsAt = 0;

        assertThat(client().query("acme", "{}").status()).isEqualTo(500);
    }

    @Property(tries = 300)
    void texts_are_json_whatever_they_hold(@ForAll String text, @ForAll long number) {
        JsonBytes json = new JsonBytes()
                .object()
                .member("text", text)
                .member("number", number)
                .member("list", List.of(text, "x"))
                .member("map", Map.of("k" + text, text))
                .end();
        var read = SharedUsage.json(new String(json.bytes(), 0, json.length(), StandardCharsets.UTF_8));

        assertThat(read.path("text").asText()).isEqualTo(text);
        assertThat(read.path("number").asLong()).isEqualTo(number);
        assertThat(read.path("list").get(0).asText()).isEqualTo(text);
        assertThat(read.path("map").path("k" + text).asText()).isEqualTo(text);
    }
}
