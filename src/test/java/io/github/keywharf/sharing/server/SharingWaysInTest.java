package io.github.keywharf.sharing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.SecretSource;
import io.github.keywharf.sharing.DeltaSharingManager;
import io.github.keywharf.sharing.Mortal;
import io.github.keywharf.sharing.SharingLayout;
import io.github.keywharf.sharing.SharingRoutes;
import io.github.keywharf.sharing.SharingWorld;
import io.github.keywharf.sharing.server.SharedUsage.Client;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Ways by which somebody could read more than was shared, or hinder others. */
final class SharingWaysInTest {
    private final SharedUsage usage =
            SharedUsage.inMemory().add("acme", SharedUsage.DAY, 0, 10).add("beta", SharedUsage.DAY, 100, 120);
    private final List<Event> events = new ArrayList<>();
    private final DeltaSharingServer server = usage.server().events(events::add).build();
    private final ShareCatalog catalog = server.catalog(SharedUsage.HOST);

    private Client provisioned(String tenant) {
        return Client.of(server, SharedUsage.provision(catalog, tenant));
    }

    private int status(String address) {
        try (HttpResponse response = server.handle(HttpRequest.get(address))) {
            return response.status();
        }
    }

    private static List<String> addresses(Client client, String share) {
        return client.query(share, "{}").all("file").stream()
                .map(file -> file.path("url").asText())
                .toList();
    }

    @Test
    void an_address_of_a_file_ends_when_another_part_of_its_table_is_shared() {
        catalog.ensureShare(Share.of("all", SharedUsage.shared()));
        catalog.ensureShare(
                Share.of("own", SharedUsage.shared().withFilter(TenantFilter.recipientProperty("tenant", "who"))));
        catalog.ensureRecipient(Recipient.of("reader").withProperties(Map.of("who", "acme")));
        catalog.ensureGrant("all", "reader");
        catalog.ensureGrant("own", "reader");
        Client reader = Client.of(server, catalog.activate("reader").orElseThrow());
        List<String> all = addresses(reader, "all");
        List<String> own = addresses(reader, "own");
        assertThat(all).hasSize(2).allMatch(address -> status(address) == 200);

        catalog.removeGrant("all", "reader");
        assertThat(all).allMatch(address -> status(address) == 403);
        assertThat(own).hasSize(1).allMatch(address -> status(address) == 200);

        catalog.ensureRecipient(Recipient.of("reader").withProperties(Map.of("who", "beta")));
        assertThat(own).allMatch(address -> status(address) == 403);
        assertThat(addresses(reader, "own")).hasSize(1).allMatch(address -> status(address) == 200);
    }

    @Test
    void no_proxy_keeps_a_file_for_others() {
        String address = addresses(provisioned("acme"), "acme").get(0);
        try (HttpResponse response = server.handle(HttpRequest.get(address))) {
            assertThat(response.header("Cache-Control")).contains("private, no-store");
        }
    }

    @Test
    void a_time_that_no_clock_shows_is_the_callers_fault() {
        usage.store.createIfAbsent(
                String.format("tables/timed/_delta_log/%020d.json", 0), """
                {"commitInfo":{"inCommitTimestamp":1764000000000}}
                {"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]}}
                {"metaData":{"id":"1","format":{"provider":"parquet","options":{}},"schemaString":\
                "{\\"type\\":\\"struct\\",\\"fields\\":[{\\"name\\":\\"n\\",\\"type\\":\\"long\\",\\"nullable\\":true,\\"metadata\\":{}}]}","partitionColumns":[],\
                "configuration":{"delta.enableInCommitTimestamps":"true"}}}
                """.getBytes(StandardCharsets.UTF_8));
        DeltaSharingServer timed = usage.server()
                .table("timed", usage.store, "tables/timed")
                .events(events::add)
                .build();
        ShareCatalog shares = timed.catalog(SharedUsage.HOST);
        shares.ensureShare(
                Share.of("s", SharedTable.of("timed", "platform.usage").withHistory(true)));
        shares.ensureRecipient(Recipient.of("reader"));
        shares.ensureGrant("s", "reader");
        Client reader = Client.of(timed, shares.activate("reader").orElseThrow());
        String time = "-999999999-01-01T00:00:00Z";

        assertThat(reader.query("s", "{}").status()).isEqualTo(200);
        assertThat(reader.query("s", SharedUsage.body(Map.of("timestamp", time)))
                        .status())
                .isEqualTo(400);
        assertThat(reader.get("/shares/s" + SharedUsage.TABLE + "/version?startingTimestamp=" + time)
                        .status())
                .isEqualTo(400);
        assertThat(events).noneMatch(event -> event.name().equals("sharing.request.failed"));
    }

    @Test
    void so_many_hints_that_looking_at_them_takes_long_leave_nothing_out() {
        Client acme = provisioned("acme");

        assertThat(acme.query("acme", jsonHint(500)).all("file")).isEmpty();
        assertThat(acme.query("acme", jsonHint(2_000)).all("file")).hasSize(1);
    }

    /** For rows that have one of so many numbers, which no row has. */
    private static String jsonHint(int values) {
        return SharedUsage.body(Map.of(
                "jsonPredicateHints",
                LongStream.range(0, values)
                        .mapToObj(i -> "{\"op\":\"literal\",\"value\":\"" + (1_000 + i) + "\",\"valueType\":\"long\"}")
                        .collect(Collectors.joining(
                                ",",
                                "{\"op\":\"in\",\"children\":[{\"op\":\"column\",\"name\":\"n\",\"valueType\":\"long\"},",
                                "]}"))));
    }

    @Test
    void a_table_is_not_found_by_a_name_that_only_looks_like_its_own() {
        catalog.ensureShare(Share.of(
                "names",
                SharedTable.of("usage", "platform.i").withFilter(TenantFilter.value("tenant", "acme")),
                SharedTable.of("usage", "platform.\u0131").withFilter(TenantFilter.value("tenant", "beta"))));
        catalog.ensureRecipient(Recipient.of("reader"));
        catalog.ensureGrant("names", "reader");
        Client reader = Client.of(server, catalog.activate("reader").orElseThrow());

        assertThat(tenant(reader, "I")).isEqualTo("acme");
        assertThat(tenant(reader, "%C4%B1")).isEqualTo("beta");
    }

    private static String tenant(Client reader, String table) {
        JsonNode file = reader.send(reader.request("POST", "/shares/names/schemas/platform/tables/" + table + "/query")
                        .withBody(HttpBody.of("{}")))
                .only("file");
        return file.path("partitionValues").path("tenant").asText();
    }

    @Test
    void an_operators_token_that_was_changed_to_a_short_one_lets_nobody_in() {
        DeltaSharingManager manager = new SharingWorld(SharingLayout.SHARE_PER_TENANT).manager();
        SharingRoutes routes =
                SharingRoutes.of(manager, SecretSource.of(Map.of("operator", "short")), "operator", EventListener.NONE);

        try (HttpResponse response = routes.handle(HttpRequest.get("https://ops/clientspace/acme/delta-sharing-token")
                .withHeader("Authorization", "Bearer short"))) {
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body().text(1_000)).doesNotContain("characters");
        }
    }

    @Test
    void who_has_the_token_of_a_recipient_that_becomes_a_tenants_never_reads_its_data() {
        boolean finished = false;
        for (int calls = 0; !finished; calls++) {
            SharingWorld world = new SharingWorld(SharingLayout.SHARE_PER_TENANT);
            world.catalog.ensureRecipient(Recipient.of("acme"));
            ShareProfile strangers = world.catalog.activate("acme").orElseThrow();
            Mortal process = new Mortal();
            process.dieAt(calls, true);
            try {
                world.manager(process, false).provision("acme");
                finished = true;
            } catch (Mortal.Dead e) {
                assertThat(calls).isLessThan(30);
            }

            boolean reads =
                    world.opens(strangers) && !world.catalog.readable("acme").isEmpty();
            assertThat(reads).as("killed at call " + calls).isFalse();
            world.manager().provision("acme");
            world.assertExactly("killed at call " + calls, "acme");
        }
    }

    @Test
    void a_share_of_somebody_else_does_not_become_a_tenants() {
        SharingWorld world = new SharingWorld(SharingLayout.SHARE_PER_TENANT);
        DeltaSharingManager manager = world.manager();
        String name = manager.status("acme").share();
        world.catalog.ensureShare(Share.of(name, SharedTable.of("main.other.table", "other.table")));
        world.catalog.ensureRecipient(Recipient.of("partner"));
        world.catalog.ensureGrant(name, "partner");

        assertThatThrownBy(() -> manager.provision("acme"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.refused"));
        assertThat(manager.revoke("acme")).isFalse();
        assertThat(world.catalog.readable("partner")).containsExactly(name + ": other.table for (all)");

        world.catalog.removeShare(name);
        manager.provision("acme");
        assertThat(world.catalog.readable("acme")).isEqualTo(world.planned("acme"));
        assertThat(world.catalog.readable("partner")).isEmpty();
    }
}
