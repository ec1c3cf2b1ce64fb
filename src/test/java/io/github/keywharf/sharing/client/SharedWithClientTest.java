package io.github.keywharf.sharing.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.query.duckdb.DuckDbEngine;
import io.github.keywharf.query.duckdb.DuckDbFile;
import io.github.keywharf.sharing.server.DeltaSharingServer;
import io.github.keywharf.sharing.server.SharedUsage;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.FakeServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against the server, each of which is tested against the protocol's text elsewhere. */
class SharedWithClientTest {

    @TempDir
    Path folder;

    private final SharedUsage usage = SharedUsage.inMemory();
    private final DeltaSharingServer sharing = usage.server().build();
    private FakeServer server;

    @BeforeEach
    void start() {
        server = FakeServer.start(sharing);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ShareProfile profile(String tenant) {
        ShareCatalog catalog = sharing.catalog(server.uri());
        return SharedUsage.provision(catalog, tenant);
    }

    private DeltaSharingClient client(String tenant, String format) {
        return DeltaSharingClient.builder(profile(tenant))
                .tempDirectory(folder.resolve("temporary"))
                .clock(usage.clock, duration -> {})
                .capabilities(ClientListing.CAPABILITIES.replace("parquet,delta", format))
                .build();
    }

    private static List<String> lines(Rows rows) {
        try (rows) {
            return rows.stream().map(Row::toMap).map(Object::toString).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "delta", "parquet,delta"})
    void a_tenant_reads_its_rows_and_no_others(String format) {
        usage.add("a", SharedUsage.DAY, 0, 5).add("b", SharedUsage.DAY, 5, 9);
        usage.add("a", SharedUsage.DAY.plusDays(1), 9, 12);
        DeltaSharingClient client = client("a", format);
        DeltaSharingTable table = client.tables("a").findFirst().orElseThrow();
        sharing.catalog(server.uri())
                .ensureShare(Share.of("b", SharedUsage.shared().withFilter(TenantFilter.value("tenant", "b"))));

        assertThat(table).hasToString("a.platform.usage");
        assertThat(table.schema()).isEqualTo(SharedUsage.SCHEMA);
        assertThat(lines(table.rows()))
                .isEqualTo(lines(usage.table.snapshot().rows(Condition.eq("tenant", "a"))))
                .hasSize(8);
        assertThat(lines(table.query()
                        .where(Condition.and(Condition.eq("day", SharedUsage.DAY.plusDays(1)), Condition.gt("n", 9L)))
                        .rows()))
                .hasSize(2);
        assertThat(lines(table.query().where(Condition.eq("tenant", "b")).rows()))
                .isEmpty();
        assertThat(lines(table.query().limit(2).rows())).hasSize(2);
        assertThat(lines(table.query().version(1).rows())).hasSize(5);
        assertThat(lines(table.changeRows(1, table.version()))).hasSize(8).allMatch(line -> line.contains("insert"));
        assertThatThrownBy(() -> client.table("b", "platform", "usage").rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.not_found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "delta"})
    void files_that_are_merged_are_the_same_rows_and_no_change(String format) {
        usage.add("a", SharedUsage.DAY, 0, 5).add("b", SharedUsage.DAY, 5, 9);
        usage.add("a", SharedUsage.DAY, 9, 12).add("b", SharedUsage.DAY, 12, 13);
        DeltaSharingTable table = client("a", format).table("a", "platform", "usage");
        List<String> rows = lines(table.rows());
        List<String> changes = lines(table.changeRows(1, 4));

        assertThat(usage.table.compact(2)).isEqualTo(4);
        usage.add("a", SharedUsage.DAY, 13, 14);

        assertThat(table.version()).isEqualTo(6);
        assertThat(lines(table.rows())).hasSize(9).containsAll(rows);
        assertThat(lines(table.query().version(4).rows())).isEqualTo(rows);
        assertThat(lines(table.query().version(5).rows())).isEqualTo(rows);
        assertThat(lines(table.changeRows(1, 5))).isEqualTo(changes).hasSize(8);
        assertThat(lines(table.changeRows(5, 6))).singleElement().asString().contains("13", "insert");
    }

    @Test
    void reading_goes_on_when_addresses_expire_and_the_table_grows() {
        for (int n = 0; n < 60; n++) {
            usage.add("a", SharedUsage.DAY.plusDays(n), n, n + 1);
        }
        Rows rows = client("a", "parquet,delta").table("a", "platform", "usage").rows();
        usage.add("a", SharedUsage.DAY, 100, 200);
        usage.time.set(usage.time.get().plus(Duration.ofHours(2)));

        assertThat(lines(rows)).hasSize(60);
    }

    @Test
    void reading_goes_on_when_the_server_was_started_again_and_knows_none_of_its_addresses() {
        for (int n = 0; n < 30; n++) {
            usage.add("a", SharedUsage.DAY.plusDays(n), n, n + 1);
        }
        DeltaSharingServer again = usage.server().build();
        AtomicReference<HttpHandler> running = new AtomicReference<>(sharing);
        server.close();
        server = FakeServer.start(request -> running.get().handle(request));
        DeltaSharingTable table = client("a", "parquet,delta").table("a", "platform", "usage");
        Rows rows = table.rows();
        running.set(again);
        usage.add("a", SharedUsage.DAY, 100, 200);
        assertThat(lines(rows)).hasSize(30);
    }

    @Test
    void what_was_asked_for_wrongly_is_said_in_one_sentence_with_what_the_server_says() {
        usage.add("a", SharedUsage.DAY, 0, 5);
        ShareProfile profile = profile("a");
        DeltaSharingClient client = DeltaSharingClient.of(profile);
        assertThatThrownBy(() -> client.table("a", "usage", "platform").rows())
                .hasMessage("[a.usage.platform] There is no such share, schema or table for this profile (404"
                        + " RESOURCE_DOES_NOT_EXIST): [table usage.platform] There is none of this name for this"
                        + " recipient; list what there is; see what shares() and tables() list, or ask the provider");

        ShareProfile elsewhere = new ShareProfile(1, server.uri(), profile.credentials());
        assertThatThrownBy(() -> DeltaSharingClient.of(elsewhere).shares().toList())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.bad_answer"))
                .hasMessageStartingWith("[" + elsewhere.endpoint() + "] There is no list of shares at this endpoint")
                .hasMessageContaining("begin with /delta-sharing");
    }

    @Test
    void pages_that_a_server_makes_of_its_own_accord_are_read_and_renewed() {
        usage.add("a", SharedUsage.DAY, 0, 5).add("a", SharedUsage.DAY.plusDays(1), 5, 9);
        usage.add("a", SharedUsage.DAY.plusDays(2), 9, 12);
        server.close();
        server = FakeServer.start(request -> sharing.handle(
                request.path().endsWith("/query")
                        ? request.withBody(
                                HttpBody.of(request.body().text(10_000).replaceFirst("\\{", "{\"maxFiles\":1,")))
                        : request));
        DeltaSharingTable table = client("a", "parquet,delta").table("a", "platform", "usage");

        assertThat(lines(table.rows())).hasSize(12);
        Rows late = table.rows();
        usage.time.set(usage.time.get().plus(Duration.ofHours(2)));
        assertThat(lines(late)).hasSize(12);
    }

    @Test
    void downloads_of_tables_with_files_of_one_name_do_not_mix() {
        usage.add("a", SharedUsage.DAY, 0, 5);
        SharedUsage other = new SharedUsage(ObjectStore.inMemory());
        other.add("a", SharedUsage.DAY, 5, 10);
        String key = usage.table.snapshot().files().findFirst().orElseThrow().key();
        for (int version = 0; version < 2; version++) {
            String from = String.format(Locale.ROOT, "tables/usage/_delta_log/%020d.json", version);
            String log = new String(other.store.readSmall(from), StandardCharsets.UTF_8)
                    .replaceFirst(
                            "\"path\":\"[^\"]*", Matcher.quoteReplacement("\"path\":\"" + key.replace("%", "%25")));
            usage.store.createIfAbsent(from.replace("usage", "other"), log.getBytes(StandardCharsets.UTF_8));
        }
        usage.store.createIfAbsent(
                "tables/other/" + key,
                other.store.readSmall("tables/usage/"
                        + other.table
                                .snapshot()
                                .files()
                                .findFirst()
                                .orElseThrow()
                                .key()));
        DeltaSharingServer both =
                usage.server().table("other", usage.store, "tables/other").build();
        server.close();
        server = FakeServer.start(both);
        ShareCatalog catalog = both.catalog(server.uri());
        catalog.ensureShare(
                Share.of("both", SharedTable.of("usage", "platform.usage"), SharedTable.of("other", "platform.other")));
        catalog.ensureRecipient(Recipient.of("b"));
        catalog.ensureGrant("both", "b");
        DeltaSharingClient client = DeltaSharingClient.builder(
                        catalog.activate("b").orElseThrow())
                .clock(usage.clock, duration -> {})
                .build();

        Path first = client.table("both", "platform", "usage")
                .query()
                .download(folder)
                .get(0)
                .path();
        Path second = client.table("both", "platform", "other")
                .query()
                .download(folder)
                .get(0)
                .path();
        assertThat(lines(Parquet.reader(first).rows())).first().isEqualTo("{n=0}");
        assertThat(lines(Parquet.reader(second).rows())).first().isEqualTo("{n=5}");
    }

    @Test
    void a_file_that_is_removed_is_a_change_of_all_its_rows() {
        usage.add("a", SharedUsage.DAY, 0, 3);
        DeltaTable table = usage.table;
        String path = table.snapshot().files().findFirst().orElseThrow().path();
        String values = "\"partitionValues\":{\"tenant\":\"a\",\"day\":\"" + SharedUsage.DAY + "\"},\"size\":"
                + table.snapshot().files().findFirst().orElseThrow().size();
        commit(2, "{\"remove\":{\"path\":\"" + path + "\",\"dataChange\":true," + values + "}}");
        DeltaSharingTable shared = client("a", "parquet,delta").table("a", "platform", "usage");

        assertThat(lines(shared.rows())).isEmpty();
        assertThat(lines(shared.changeRows(2))).hasSize(3).allMatch(line -> line.contains("_change_type=delete"));
    }

    private void commit(long version, String line) {
        usage.store.createIfAbsent(log(version), (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String log(long version) {
        return String.format(Locale.ROOT, "tables/usage/_delta_log/%020d.json", version);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_share_lands_in_duckdb(boolean views) {
        usage.add("a", SharedUsage.DAY, 0, 5).add("b", SharedUsage.DAY, 5, 9);
        Path file = folder.resolve("a.duckdb");
        DeltaSharingClient client = client("a", "parquet,delta");
        List<LandedTable> landed = views
                ? client.landViews("a", folder.resolve("files"), () -> DuckDbFile.replace(file))
                : client.land("a", () -> DuckDbFile.replace(file));

        assertThat(landed).containsExactly(new LandedTable("platform", "usage", 2, 5));
        try (QueryEngine engine =
                DuckDbEngine.builder().file(file).fileAccess(true).open()) {
            assertThat(engine.query("SELECT DISTINCT tenant, day FROM platform.usage")
                            .table()
                            .toString())
                    .contains("a      | 2026-11-23")
                    .doesNotContain("b ");
        }
    }

    @Test
    void a_recipient_is_the_filter_of_a_share_for_all() {
        usage.add("a", SharedUsage.DAY, 0, 5).add("b", SharedUsage.DAY, 5, 9);
        ShareCatalog catalog = sharing.catalog(server.uri());
        catalog.ensureShare(
                Share.of("all", SharedUsage.shared().withFilter(TenantFilter.recipientProperty("tenant", "tenant"))));
        catalog.ensureRecipient(Recipient.of("b").withProperties(Map.of("tenant", "b")));
        catalog.ensureGrant("all", "b");
        DeltaSharingClient client = DeltaSharingClient.builder(
                        catalog.activate("b").orElseThrow())
                .tempDirectory(folder.resolve("temporary"))
                .clock(usage.clock, duration -> {})
                .build();

        assertThat(client.shares()).containsExactly("all");
        assertThat(lines(client.table("all", "platform", "usage").rows()))
                .hasSize(4)
                .allMatch(line -> line.startsWith("{tenant=b"));
    }
}
