package io.github.keywharf.sharing.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.sharing.server.SharedUsage.Answer;
import io.github.keywharf.sharing.server.SharedUsage.Client;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.SignedUrls;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever a recipient asks for, it gets files of its tenant only, and all of them where it asks for all. */
final class TenantIsolationTest {
    private static final String HOST = "https://files/";

    /** Names that are easily taken for one another. */
    private static final List<@Nullable String> TENANTS =
            java.util.Arrays.asList("acme", "ACME", "acme ", "acme%20", "a'cme", "b", null, "");

    private static final String METADATA =
            "{\"metaData\":{\"id\":\"7e7b1f0c\",\"format\":{\"provider\":\"parquet\",\"options\":{}},"
                    + "\"schemaString\":\"{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"tenant\\\",\\\"type\\\":\\\"string\\\","
                    + "\\\"nullable\\\":true,\\\"metadata\\\":{}},{\\\"name\\\":\\\"n\\\",\\\"type\\\":\\\"long\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}]}\","
                    + "\"partitionColumns\":[\"tenant\"],\"configuration\":{\"delta.enableChangeDataFeed\":\"true\"},\"createdTime\":1}}";

    /** A table that others write, with what is true of it. */
    private static final class History {
        private final ObjectStore store = ObjectStore.inMemory();
        private final Random random;
        private final List<Map<String, @Nullable String>> versions = new ArrayList<>();
        private final Map<String, @Nullable String> owners = new HashMap<>();

        History(long seed) {
            random = new Random(seed);
            int count = 2 + random.nextInt(8);
            for (int version = 0; version < count; version++) {
                commit();
            }
        }

        void commit() {
            int version = versions.size();
            Map<String, @Nullable String> live =
                    new LinkedHashMap<>(version == 0 ? Map.of() : versions.get(version - 1));
            List<String> lines = new ArrayList<>();
            if (version == 0) {
                lines.add("{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":4}}");
                lines.add(METADATA);
            }
            for (String key : List.copyOf(live.keySet())) {
                if (random.nextInt(4) == 0) {
                    lines.add(action("remove", key, live.get(key), ",\"deletionTimestamp\":9,\"dataChange\":true"));
                    live.remove(key);
                }
            }
            for (int i = random.nextInt(6); i > 0; i--) {
                String tenant = TENANTS.get(random.nextInt(TENANTS.size()));
                // A folder's name says nothing.
                String key = "tenant="
                        + Objects.requireNonNullElse(TENANTS.get(random.nextInt(3)), "x")
                                .strip() + "/v" + version + "-" + i;
                long least = random.nextInt(100);
                lines.add(action(
                        "add",
                        key,
                        tenant,
                        ",\"modificationTime\":5,\"dataChange\":true,\"stats\":\"{\\\"numRecords\\\":3,\\\"minValues\\\":{\\\"n\\\":"
                                + least + "},\\\"maxValues\\\":{\\\"n\\\":" + (least + 9)
                                + "},\\\"nullCount\\\":{\\\"n\\\":0}}\""));
                live.put(key, tenant);
                owners.put(key, tenant);
            }
            if (random.nextInt(3) == 0) {
                for (String tenant : TENANTS.subList(0, 1 + random.nextInt(TENANTS.size()))) {
                    String key = "_change_data/c" + version + "-" + TENANTS.indexOf(tenant);
                    lines.add(action("cdc", key, tenant, ",\"dataChange\":false"));
                    owners.put(key, tenant);
                }
            }
            versions.add(live);
            store.createIfAbsent(
                    String.format("t/_delta_log/%020d.json", version),
                    (String.join("\n", lines) + "\n").getBytes(UTF_8));
        }

        private static String action(String kind, String key, @Nullable String tenant, String more) {
            String value = tenant == null ? "null" : "\"" + tenant + "\"";
            return "{\"" + kind + "\":{\"path\":\"" + key.replace("%", "%25").replace(" ", "%20")
                    + "\",\"partitionValues\":{\"tenant\":" + value + "},\"size\":10" + more + "}}";
        }

        Set<String> of(int version, String tenant) {
            return versions.get(version).entrySet().stream()
                    .filter(entry -> tenant.equals(entry.getValue()))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static final SignedUrls PLAIN = end -> new SignedUrls.Signer() {
        @Override
        public String url(String key) {
            return HOST + key;
        }

        @Override
        public Instant expires() {
            return end;
        }
    };

    private static Client client(History history, String tenant, boolean byProperty) {
        DeltaSharingServer server = DeltaSharingServer.builder(ObjectStore.inMemory())
                .table("t", history.store, "t", PLAIN)
                .build();
        ShareCatalog catalog = server.catalog(SharedUsage.HOST);
        catalog.ensureShare(Share.of(
                "s",
                SharedTable.of("t", "platform.usage")
                        .withHistory(true)
                        .withFilter(
                                byProperty
                                        ? TenantFilter.recipientProperty("tenant", "who")
                                        : TenantFilter.value("tenant", tenant))));
        catalog.ensureRecipient(Recipient.of("r").withProperties(Map.of("who", tenant)));
        catalog.ensureGrant("s", "r");
        return Client.of(server, catalog.activate("r").orElseThrow());
    }

    /** The keys of all files that an answer names. */
    private static List<String> keys(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        List<String> keys = new ArrayList<>();
        for (JsonNode line : answer.lines()) {
            List<String> urls = new ArrayList<>(line.findValuesAsText("url"));
            line.findParents("path")
                    .forEach(parent -> urls.add(parent.path("path").asText()));
            urls.forEach(url -> keys.add(url.substring((HOST + "t/").length())));
        }
        return keys;
    }

    @Property(tries = 150)
    void a_recipient_gets_its_tenants_files_whatever_it_asks_for(@ForAll long seed) {
        History history = new History(seed);
        Random random = new Random(~seed);
        String tenant = Objects.requireNonNull(TENANTS.get(random.nextInt(6)));
        Client client = client(history, tenant, random.nextBoolean());
        for (int i = 0; i < 12; i++) {
            Client asking =
                    random.nextBoolean() ? client : client.with("responseformat=delta;includeendstreamaction=true");
            int newest = history.versions.size() - 1;
            for (String key : ask(asking, history, tenant, random, newest)) {
                assertThat(history.owners).containsKey(key);
                assertThat(history.owners.get(key)).isEqualTo(tenant);
            }
        }
    }

    private static List<String> ask(Client client, History history, String tenant, Random random, int newest) {
        int version = random.nextInt(newest + 1);
        switch (random.nextInt(8)) {
            case 0 -> {
                return whole(keys(client.query("s", "{}")), history.of(newest, tenant));
            }
            case 1 -> {
                return whole(keys(client.query("s", "{\"version\":" + version + "}")), history.of(version, tenant));
            }
            case 2 -> {
                return keys(client.query("s", SharedUsage.body(hostile(random))));
            }
            case 3 -> {
                List<String> keys = new ArrayList<>();
                Map<String, Object> body = new TreeMap<>(Map.of("maxFiles", 1 + random.nextInt(3)));
                boolean hostile = random.nextBoolean();
                if (hostile) {
                    body.putAll(hostile(random));
                }
                for (String token = ""; token != null; ) {
                    body.put("pageToken", token);
                    Answer page = client.query("s", SharedUsage.body(body));
                    keys.addAll(keys(page));
                    token = page.only("endStreamAction").path("nextPageToken").textValue();
                    if (random.nextInt(4) == 0) {
                        history.commit();
                    }
                }
                assertThat(keys).doesNotHaveDuplicates();
                return hostile ? keys : whole(keys, history.of(newest, tenant));
            }
            case 4 -> {
                String token = client.query("s", "{\"includeRefreshToken\":true}")
                        .only("endStreamAction")
                        .path("refreshToken")
                        .asText();
                history.commit();
                return whole(
                        keys(client.query("s", SharedUsage.body(Map.of("refreshToken", token)))),
                        history.of(newest, tenant));
            }
            case 5 -> {
                return keys(client.query("s", "{\"startingVersion\":" + version + "}"));
            }
            case 6 -> {
                List<String> keys = new ArrayList<>();
                for (String token = ""; token != null; ) {
                    Answer page = client.get("/shares/s" + SharedUsage.TABLE + "/changes?startingVersion=" + version
                            + "&maxFiles=2&pageToken=" + token);
                    keys.addAll(keys(page));
                    token = page.only("endStreamAction").path("nextPageToken").textValue();
                }
                List<String> unpaged =
                        keys(client.get("/shares/s" + SharedUsage.TABLE + "/changes?startingVersion=" + version));
                assertThat(keys).isEqualTo(unpaged);
                return keys;
            }
            default -> {
                return keys(client.get(
                        "/shares/s" + SharedUsage.TABLE + "/changes?includeHistoricalMetadata=true&startingVersion="
                                + version + "&endingVersion=" + newest));
            }
        }
    }

    /** Hints that ask for others' files. */
    private static Map<String, Object> hostile(Random random) {
        String other =
                Objects.requireNonNullElse(TENANTS.get(random.nextInt(6)), "b").replace("'", "''");
        List<Map<String, Object>> hints = List.of(
                Map.of("predicateHints", List.of("tenant = '" + other + "'")),
                Map.of("predicateHints", List.of("tenant = '" + other + "' OR 1 = 1", "tenant IS NULL")),
                Map.of("predicateHints", List.of("n >= " + random.nextInt(100))),
                Map.of("predicateHints", List.of("tenant IS NOT NULL"), "limitHint", random.nextInt(9)),
                Map.of(
                        "jsonPredicateHints",
                        "{\"op\":\"or\",\"children\":[{\"op\":\"isNull\",\"children\":[{\"op\":\"column\",\"name\":\"tenant\",\"valueType\":\"string\"}]},"
                                + "{\"op\":\"not\",\"children\":[{\"op\":\"isNull\",\"children\":[{\"op\":\"column\",\"name\":\"tenant\",\"valueType\":\"string\"}]}]}]}"),
                Map.of("limitHint", 1000));
        return hints.get(random.nextInt(hints.size()));
    }

    private static List<String> whole(List<String> keys, Set<String> wanted) {
        assertThat(keys).containsExactlyInAnyOrderElementsOf(wanted);
        return keys;
    }

    @Test
    void a_recipient_without_the_property_gets_nothing() {
        History history = new History(7);
        Client client = client(history, "acme", true);
        Client without = bare(history);

        assertThat(client.query("s", "{}").status()).isEqualTo(200);
        assertThat(without.query("s", "{}").all("metaData")).hasSize(1);
        assertThat(keys(without.query("s", "{}"))).isEmpty();
        assertThat(keys(without.query("s", "{\"startingVersion\":0}"))).isEmpty();
        assertThat(keys(without.get("/shares/s" + SharedUsage.TABLE + "/changes?startingVersion=0")))
                .isEmpty();
    }

    private static Client bare(History history) {
        DeltaSharingServer server = DeltaSharingServer.builder(ObjectStore.inMemory())
                .table("t", history.store, "t", PLAIN)
                .build();
        ShareCatalog catalog = server.catalog(SharedUsage.HOST);
        catalog.ensureShare(Share.of(
                "s",
                SharedTable.of("t", "platform.usage")
                        .withHistory(true)
                        .withFilter(TenantFilter.recipientProperty("tenant", "who"))));
        catalog.ensureRecipient(Recipient.of("r"));
        catalog.ensureGrant("s", "r");
        return Client.of(server, catalog.activate("r").orElseThrow());
    }

    @Test
    void a_table_that_loses_its_partition_column_gives_nothing() {
        History history = new History(11);
        Client client = client(history, "acme", false);
        history.store.createIfAbsent(
                String.format("t/_delta_log/%020d.json", history.versions.size()),
                METADATA.replace("\"partitionColumns\":[\"tenant\"]", "\"partitionColumns\":[]")
                        .getBytes(UTF_8));

        assertThat(keys(client.query("s", "{}"))).isEmpty();
        assertThat(keys(client.get("/shares/s" + SharedUsage.TABLE + "/changes?startingVersion=0")))
                .isEmpty();
        int before = history.versions.size() - 1;
        assertThat(keys(client.query("s", "{\"version\":" + before + "}")))
                .containsExactlyInAnyOrderElementsOf(history.of(before, "acme"));
    }
}
