package io.github.keywharf.sharing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.Organisation;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.event.Event;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.sharing.server.SharedUsage.Answer;
import io.github.keywharf.sharing.server.SharedUsage.Client;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeltaSharingServerTest {
    private final SharedUsage usage =
            SharedUsage.inMemory().add("acme", SharedUsage.DAY, 0, 10).add("beta", SharedUsage.DAY, 100, 120);
    private final List<Event> events = new ArrayList<>();
    private final DeltaSharingServer server = usage.server().events(events::add).build();
    private final ShareCatalog catalog = server.catalog(SharedUsage.HOST);
    private final ShareProfile profile = SharedUsage.provision(catalog, "acme");
    private final Client acme = Client.of(server, profile);

    @Test
    void a_tenant_reads_its_part_of_a_table_over_http(@TempDir Path folder) throws IOException {
        SharedUsage files = new SharedUsage(ObjectStore.ofDirectory(folder));
        files.add("acme", SharedUsage.DAY, 0, 10).add("beta", SharedUsage.DAY, 100, 120);
        DeltaSharingServer sharing = files.server().build();
        HttpHandler http = HttpClients.builder().open();
        try (JettyServer jetty = JettyServer.serve(sharing).start()) {
            ShareProfile own = SharedUsage.provision(sharing.catalog(jetty.uri()), "acme");
            SharedUsage.provision(sharing.catalog(jetty.uri()), "beta");
            Client client = Client.of(http, own);

            assertThat(client.get("/shares").json().path("items").findValuesAsText("name"))
                    .containsExactly("acme");
            assertThat(client.get("/shares/acme/all-tables")
                            .json()
                            .path("items")
                            .get(0)
                            .path("name")
                            .asText())
                    .isEqualTo("usage");
            Answer answer = client.query("acme", "{}");

            assertThat(answer.response().header("Content-Type")).contains("application/x-ndjson; charset=utf-8");
            assertThat(answer.response().header("Delta-Table-Version")).contains("2");
            JsonNode file = answer.only("file");
            ObjectStore local = ObjectStore.inMemory();
            try (HttpResponse download =
                            http.handle(HttpRequest.get(file.path("url").asText()));
                    ObjectWriter copy = local.create("f.parquet")) {
                copy.write(download.body().bytes(1_000_000));
                copy.commit();
            }
            assertThat(Parquet.reader(local, "f.parquet").rows().stream().map(row -> row.longValue("n")))
                    .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
            assertThat(client.query("beta", "{}").status()).isEqualTo(404);
        }
    }

    @Test
    void what_is_not_granted_looks_as_if_it_were_not_there() {
        SharedUsage.provision(catalog, "beta");

        Answer others = acme.query("beta", "{}");
        Answer nobodys = acme.query("nobody", "{}");

        assertThat(others.status()).isEqualTo(404);
        assertThat(others.text().replace("beta", "X")).isEqualTo(nobodys.text().replace("nobody", "X"));
    }

    @Test
    void requests_without_a_valid_token_are_answered_in_json() {
        Answer none = acme.send(HttpRequest.get(acme.endpoint() + "/shares"));
        Answer wrong = new Client(server, acme.endpoint(), "kwshare_wrong", "").get("/shares");

        assertThat(none.status()).isEqualTo(401);
        assertThat(none.json().path("errorCode").asText()).isEqualTo("UNAUTHENTICATED");
        assertThat(none.response().header("WWW-Authenticate")).contains("Bearer");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.text()).doesNotContain("kwshare_wrong");
    }

    @Test
    void the_first_lines_are_protocol_and_metadata() {
        Answer answer = acme.query("acme", "{}");

        assertThat(answer.lines().get(0).at("/protocol/minReaderVersion").asInt())
                .isEqualTo(1);
        JsonNode metadata = answer.lines().get(1).path("metaData");
        assertThat(metadata.path("format").path("provider").asText()).isEqualTo("parquet");
        assertThat(metadata.path("schemaString").asText()).contains("\"tenant\"");
        assertThat(metadata.path("partitionColumns")).hasSize(2);
        JsonNode file = answer.only("file");
        assertThat(file.path("partitionValues").path("tenant").asText()).isEqualTo("acme");
        assertThat(SharedUsage.json(file.path("stats").asText())
                        .path("numRecords")
                        .asInt())
                .isEqualTo(10);
        assertThat(file.path("expirationTimestamp").asLong())
                .isEqualTo(usage.time.get().plus(Duration.ofHours(1)).toEpochMilli());
        assertThat(answer.response().header("delta-sharing-capabilities")).contains("responseformat=parquet");
    }

    @Test
    void the_delta_format_holds_actions_of_the_log() {
        Answer answer = acme.with("responseformat=delta").query("acme", "{}");

        assertThat(answer.only("protocol").at("/deltaProtocol/minReaderVersion").asInt())
                .isEqualTo(1);
        assertThat(answer.only("metaData").at("/deltaMetadata/partitionColumns"))
                .hasSize(2);
        JsonNode add = answer.only("file").at("/deltaSingleAction/add");
        assertThat(add.path("path").asText()).startsWith("http://localhost:8080/delta-sharing/files/");
        assertThat(add.path("dataChange").asBoolean()).isTrue();
        assertThat(answer.response().header("delta-sharing-capabilities")).contains("responseformat=delta");
    }

    @Test
    void of_two_formats_the_simple_one_is_sent_when_it_says_all() {
        assertThat(acme.with("responseformat=DELTA,Parquet")
                        .query("acme", "{}")
                        .response()
                        .header("delta-sharing-capabilities"))
                .contains("responseformat=parquet");
    }

    @Test
    void an_answer_has_a_last_line_when_it_is_asked_for() {
        Answer without = acme.query("acme", "{}");
        Answer with = acme.with("includeEndStreamAction=true").query("acme", "{}");

        assertThat(without.all("endStreamAction")).isEmpty();
        assertThat(with.lines()
                        .get(with.lines().size() - 1)
                        .at("/endStreamAction/minUrlExpirationTimestamp")
                        .asLong())
                .isPositive();
        assertThat(with.response().header("delta-sharing-capabilities"))
                .contains("responseformat=parquet;includeendstreamaction=true");
    }

    @Test
    void files_come_page_by_page_in_one_order() {
        for (int i = 0; i < 5; i++) {
            usage.add("acme", SharedUsage.DAY.plusDays(i), i, i + 1);
        }
        List<String> ids = new ArrayList<>();
        String token = "";
        do {
            Answer page = acme.query("acme", SharedUsage.body(Map.of("maxFiles", 2, "pageToken", token)));
            page.all("file").forEach(file -> ids.add(file.path("id").asText()));
            assertThat(page.all("file").size()).isLessThanOrEqualTo(2);
            token = page.only("endStreamAction").path("nextPageToken").asText();
            usage.add("acme", SharedUsage.DAY, 50, 51);
        } while (!token.isEmpty());

        assertThat(ids).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    void a_page_belongs_to_its_request_its_table_and_its_recipient() {
        usage.add("acme", SharedUsage.DAY, 1, 2);
        Client beta = Client.of(server, SharedUsage.provision(catalog, "beta"));
        catalog.ensureGrant("acme", "beta");
        String token = acme.query("acme", "{\"maxFiles\":1}")
                .only("endStreamAction")
                .path("nextPageToken")
                .asText();

        assertThat(acme.query("acme", SharedUsage.body(Map.of("maxFiles", 1, "pageToken", token)))
                        .status())
                .isEqualTo(200);
        assertThat(acme.query("acme", SharedUsage.body(Map.of("limitHint", 1, "pageToken", token)))
                        .status())
                .isEqualTo(400);
        assertThat(beta.query("acme", SharedUsage.body(Map.of("pageToken", token)))
                        .status())
                .isEqualTo(400);
        assertThat(beta.query("beta", SharedUsage.body(Map.of("pageToken", token)))
                        .status())
                .isEqualTo(400);
        assertThat(acme.query("acme", SharedUsage.body(Map.of("pageToken", "x" + token)))
                        .status())
                .isEqualTo(400);
        usage.time.updateAndGet(time -> time.plus(Duration.ofDays(2)));
        assertThat(acme.query("acme", SharedUsage.body(Map.of("maxFiles", 1, "pageToken", token)))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_refresh_token_gives_the_same_version_with_new_addresses() {
        Answer first = acme.query("acme", "{\"includeRefreshToken\":true}");
        String token = first.only("endStreamAction").path("refreshToken").asText();
        usage.add("acme", SharedUsage.DAY, 10, 20);
        usage.time.updateAndGet(time -> time.plus(Duration.ofMinutes(30)));

        Answer again = acme.query("acme", SharedUsage.body(Map.of("refreshToken", token, "includeRefreshToken", true)));

        assertThat(again.only("file").path("id")).isEqualTo(first.only("file").path("id"));
        assertThat(again.only("file").path("url"))
                .isNotEqualTo(first.only("file").path("url"));
        assertThat(again.response().header("Delta-Table-Version")).contains("2");
        assertThat(acme.query("acme", "{}").all("file")).hasSize(2);
        assertThat(acme.query("acme", SharedUsage.body(Map.of("refreshToken", token, "version", 2)))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void earlier_versions_are_read_where_the_history_is_shared() {
        usage.add("acme", SharedUsage.DAY, 10, 20);
        catalog.ensureShare(Share.of(
                "now", SharedUsage.shared().withHistory(false).withFilter(TenantFilter.value("tenant", "acme"))));
        catalog.ensureGrant("now", "acme");

        Answer old = acme.query("acme", "{\"version\":2}");

        assertThat(old.all("file")).hasSize(1);
        assertThat(old.only("file").path("version").asInt()).isEqualTo(2);
        assertThat(old.only("metaData").path("version").asInt()).isEqualTo(2);
        assertThat(acme.query("acme", "{\"timestamp\":\"2999-01-01T00:00:00Z\"}")
                        .all("file"))
                .hasSize(2);
        assertThat(acme.query("acme", "{\"version\":7}").status()).isEqualTo(400);
        assertThat(acme.query("now", "{}").all("file")).hasSize(2);
        for (String body :
                List.of("{\"version\":2}", "{\"timestamp\":\"2026-01-01T00:00:00Z\"}", "{\"startingVersion\":1}")) {
            assertThat(acme.query("now", body).status()).isEqualTo(400);
        }
        assertThat(acme.get("/shares/now" + SharedUsage.TABLE + "/changes?startingVersion=0")
                        .status())
                .isEqualTo(400);
        assertThat(acme.get("/shares/now" + SharedUsage.TABLE + "/metadata?version=1")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void changes_are_those_of_the_tenant() {
        usage.add("acme", SharedUsage.DAY, 10, 20);

        Answer changes = acme.get("/shares/acme" + SharedUsage.TABLE + "/changes?startingVersion=1");
        Answer since = acme.query("acme", "{\"startingVersion\":1}");

        assertThat(changes.all("add"))
                .extracting(add -> add.path("version").asInt())
                .containsExactly(1, 3);
        assertThat(since.all("add"))
                .extracting(add -> add.path("version").asInt())
                .containsExactly(1, 3);
        assertThat(changes.all("add").get(0).path("timestamp").asLong()).isPositive();
        assertThat(changes.response().header("Delta-Table-Version")).contains("1");
        assertThat(changes.text()).doesNotContain("beta");
        assertThat(acme.with("responseformat=delta")
                        .get("/shares/acme" + SharedUsage.TABLE + "/changes?startingVersion=3&endingVersion=3")
                        .only("file")
                        .at("/deltaSingleAction/add/partitionValues/tenant")
                        .asText())
                .isEqualTo("acme");
    }

    @Test
    void changes_come_page_by_page() {
        usage.add("acme", SharedUsage.DAY, 10, 20).add("acme", SharedUsage.DAY, 20, 30);
        List<Integer> versions = new ArrayList<>();
        String token = "";
        do {
            Answer page = acme.get(
                    "/shares/acme" + SharedUsage.TABLE + "/changes?startingVersion=0&maxFiles=1&pageToken=" + token);
            page.all("add").forEach(add -> versions.add(add.path("version").asInt()));
            token = page.only("endStreamAction").path("nextPageToken").asText();
            usage.add("acme", SharedUsage.DAY, 30, 31);
        } while (!token.isEmpty());

        assertThat(versions).containsExactly(1, 3, 4);
    }

    @Test
    void the_version_is_a_header() {
        String path = "/shares/acme" + SharedUsage.TABLE;

        assertThat(acme.get(path + "/version").response().header("Delta-Table-Version"))
                .contains("2");
        assertThat(acme.send(acme.request("HEAD", path)).response().header("Delta-Table-Version"))
                .contains("2");
        assertThat(acme.get(path + "/version?startingTimestamp=2020-01-01T00:00:00Z")
                        .response()
                        .header("Delta-Table-Version"))
                .contains("0");
        assertThat(acme.get(path + "/version?startingTimestamp=2999-01-01T00:00:00Z")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void names_are_found_in_any_case() {
        assertThat(acme.post("/shares/ACME/schemas/Platform/tables/USAGE/query", "{}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void lists_come_page_by_page() {
        for (String name : List.of("b", "c", "D")) {
            catalog.ensureShare(
                    Share.of(name, SharedTable.of("usage", "x.y").withFilter(TenantFilter.value("tenant", "acme"))));
            catalog.ensureGrant(name, "acme");
        }
        List<String> names = new ArrayList<>();
        String token = "";
        do {
            JsonNode page = acme.get("/shares?maxResults=3&pageToken=" + token).json();
            names.addAll(page.path("items").findValuesAsText("name"));
            token = page.path("nextPageToken").asText();
        } while (!token.isEmpty());

        assertThat(names).containsExactly("acme", "b", "c", "D");
        assertThat(acme.get("/shares?maxResults=0").json().path("items")).isEmpty();
        assertThat(acme.get("/shares?maxResults=0").json().path("nextPageToken").asText())
                .isNotEmpty();
        assertThat(acme.get("/shares?maxResults=x").status()).isEqualTo(400);
        assertThat(acme.get("/shares?pageToken=x").status()).isEqualTo(400);
    }

    @Test
    void hashes_of_file_ids_are_echoed() {
        HttpRequest request = acme.request("POST", "/shares/acme" + SharedUsage.TABLE + "/query");

        assertThat(acme.send(request.withHeader("fileidhash", "Delta"))
                        .response()
                        .header("fileidhash"))
                .contains("delta");
        assertThat(acme.send(request.withHeader("fileidhash", "md5")).status()).isEqualTo(400);
    }

    @Test
    void an_address_of_a_file_serves_ranges_until_it_ends() {
        URI url = URI.create(acme.query("acme", "{}").only("file").path("url").asText());
        int size = acme.query("acme", "{}").only("file").path("size").asInt();

        Answer whole = acme.send(HttpRequest.get(url));
        Answer tail = acme.send(HttpRequest.get(url).withHeader("Range", "bytes=-4"));
        Answer beyond = acme.send(HttpRequest.get(url).withHeader("Range", "bytes=" + size + "-"));

        assertThat(whole.response().body().length()).hasValue(size);
        assertThat(tail.status()).isEqualTo(206);
        assertThat(tail.text()).isEqualTo("PAR1");
        assertThat(tail.response().header("Content-Range"))
                .contains("bytes " + (size - 4) + "-" + (size - 1) + "/" + size);
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(acme.send(HttpRequest.get(url.resolve("AAAA" + url.getPath().substring(24))))
                        .status())
                .isEqualTo(403);
        usage.time.updateAndGet(time -> time.plus(Duration.ofHours(1)));
        assertThat(acme.send(HttpRequest.get(url)).status()).isEqualTo(403);
    }

    @Test
    void an_address_of_a_file_ends_with_the_recipient_or_its_grant() {
        URI url = URI.create(acme.query("acme", "{}").only("file").path("url").asText());

        catalog.removeGrant("acme", "acme");
        assertThat(acme.send(HttpRequest.get(url)).status()).isEqualTo(403);
        catalog.ensureGrant("acme", "acme");
        assertThat(acme.send(HttpRequest.get(url)).status()).isEqualTo(200);
        catalog.removeRecipient("acme");
        SharedUsage.provision(catalog, "acme");
        assertThat(acme.send(HttpRequest.get(url)).status()).isEqualTo(403);
    }

    @Test
    void recipients_connect_from_their_addresses_only() {
        catalog.ensureRecipient(Recipient.of("acme").withAddresses(List.of("192.0.2.0/29", "2001:db8::/32")));
        HttpRequest request = acme.request("GET", "/shares");

        assertThat(acme.send(request.withPeer("192.0.2.7")).status()).isEqualTo(200);
        assertThat(acme.send(request.withPeer("::ffff:192.0.2.7")).status()).isEqualTo(200);
        assertThat(acme.send(request.withPeer("2001:db8::5")).status()).isEqualTo(200);
        assertThat(acme.send(request.withPeer("192.0.2.8")).status()).isEqualTo(403);
        assertThat(acme.send(request.withPeer("localhost")).status()).isEqualTo(403);
    }

    @Test
    void too_many_requests_wait() {
        DeltaSharingServer slow = usage.server().requestsPerMinute(2).build();
        Client client = Client.of(slow, profile);

        assertThat(client.get("/shares").status()).isEqualTo(200);
        assertThat(client.get("/shares").status()).isEqualTo(200);
        Answer third = client.get("/shares");
        assertThat(third.status()).isEqualTo(429);
        assertThat(third.json().path("errorCode").asText()).isEqualTo("RESOURCE_LIMIT_EXCEEDED");
        assertThat(third.response().header("Retry-After")).isPresent();
        usage.time.updateAndGet(time -> time.plus(Duration.ofSeconds(30)));
        assertThat(client.get("/shares").status()).isEqualTo(200);
    }

    @Test
    void who_reads_what_is_reported_without_secrets() {
        acme.query("acme", "{}");
        acme.query("beta", "{}");

        assertThat(events)
                .anySatisfy(event -> assertThat(event.message()).isEqualTo("acme was given 1 file (query, version 2)"))
                .anySatisfy(event -> assertThat(event.message())
                        .endsWith("/query was refused: [share beta] There is none of this name for this recipient; list"
                                + " what there is (sharing.not_found)"));
        assertThat(events.toString() + server + catalog)
                .doesNotContain(acme.token())
                .doesNotContain("/files/A");
    }

    @Test
    void reading_is_the_usage_of_the_tenant_that_the_recipients_property_names() {
        catalog.ensureRecipient(Recipient.of("acme").withProperties(Map.of("tenant", "acme_corp")));
        acme.query("acme", "{}");
        catalog.ensureRecipient(Recipient.of("acme"));
        acme.query("acme", "{}");
        assertThat(events)
                .filteredOn(event -> event.name().equals("sharing.table.read"))
                .extracting(event -> event.work().organisation())
                .containsExactly(Optional.of(Organisation.of("acme_corp")), Optional.of(Organisation.of("acme")));
    }

    @Test
    void what_is_not_understood_is_refused() {
        for (String body : List.of(
                "[]",
                "{",
                "{\"version\":-1}",
                "{\"version\":\"1\"}",
                "{\"version\":1,\"timestamp\":\"2026-01-01T00:00:00Z\"}",
                "{\"timestamp\":\"yesterday\"}",
                "{\"limitHint\":-1}",
                "{\"maxFiles\":0}",
                "{\"predicateHints\":\"n=1\"}",
                "{\"startingVersion\":2,\"endingVersion\":1}",
                "{\"version\":1,\"includeRefreshToken\":true}",
                "{\"refreshToken\":\"x\"}")) {
            Answer answer = acme.query("acme", body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.json().path("errorCode").asText()).as(body).isEqualTo("INVALID_PARAMETER_VALUE");
        }
        assertThat(acme.with("responseformat=xml").query("acme", "{}").status()).isEqualTo(400);
        assertThat(acme.get("/nothing").status()).isEqualTo(404);
        assertThat(acme.get("/nothing").json().path("errorCode").asText()).isEqualTo("RESOURCE_DOES_NOT_EXIST");
        assertThat(acme.post("/shares", "").status()).isEqualTo(405);
        assertThat(acme.post("/shares/acme" + SharedUsage.TABLE + "/temporary-table-credentials", "{}")
                        .status())
                .isEqualTo(400);
        assertThat(acme.query("acme", " ".repeat(QueryRequest.MAX_BYTES + 1)).status())
                .isEqualTo(413);
    }
}
