package io.github.keywharf.sharing.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.event.Fact;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.query.duckdb.DuckDbEngine;
import io.github.keywharf.query.duckdb.DuckDbFile;
import io.github.keywharf.sharing.client.DeltaSharingClient;
import io.github.keywharf.sharing.server.DeltaSharingServer;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.FakeServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From two tenants' events to the copy, the page and the charts of one of them. */
class UsageIsolationTest {

    @Test
    void a_tenant_copies_and_sees_its_own_usage_alone(@TempDir Path folder) {
        ObjectStore store = ObjectStore.inMemory();
        DeltaTable table = DeltaTable.at(store, "tables/usage");
        try (UsageLog log = UsageLog.builder()
                .table(table)
                .spool(folder.resolve("spool"))
                .merged(2)
                .open()) {
            log.onEvent(UsageLogTest.loaded("acme", Fact.count("rows", 3)));
            log.onEvent(UsageLogTest.loaded("globex", Fact.count("globex_rows", 40)));
            log.flush();
            log.onEvent(UsageLogTest.loaded("acme", Fact.count("rows", 4)));
            log.onEvent(UsageLogTest.loaded("globex", Fact.count("globex_rows", 50)));
        }
        assertThat(table.snapshot().fileCount()).as("one of each tenant").isEqualTo(2);
        DeltaSharingServer sharing = DeltaSharingServer.builder(store.under("sharing"))
                .table("usage", store, "tables/usage")
                .build();
        Path file = folder.resolve("acme.duckdb");
        try (FakeServer server = FakeServer.start(sharing)) {
            ShareCatalog catalog = sharing.catalog(server.uri());
            for (String tenant : new String[] {"acme", "globex"}) {
                catalog.ensureShare(Share.of(
                        tenant,
                        SharedTable.of("usage", "usage." + UsageLog.TABLE)
                                .withFilter(TenantFilter.value(UsageLog.TENANT, tenant))));
                catalog.ensureRecipient(Recipient.of(tenant));
                catalog.ensureGrant(tenant, tenant);
            }
            DeltaSharingClient client =
                    DeltaSharingClient.of(catalog.activate("acme").orElseThrow());
            client.land("acme", () -> DuckDbFile.replace(file));
            assertThat(UsagePage.of(
                                    "acme",
                                    UsageCharts.platform(),
                                    client.table("acme", "usage", UsageLog.TABLE)
                                            .rows())
                            .html())
                    .contains("{\"title\":\"Rows\",\"split\":false,\"value\":\"7\"}")
                    .doesNotContain("globex");
            assertThatThrownBy(() -> client.land("globex", () -> DuckDbFile.replace(file)))
                    .extracting("code")
                    .isEqualTo("sharing.not_found");
        }
        try (QueryEngine copy =
                DuckDbEngine.builder().file(file).fileAccess(true).open()) {
            assertThat(copy
                            .query("SELECT client_space_uid, measure, sum(amount)::BIGINT AS amount FROM usage."
                                    + UsageLog.TABLE + " GROUP BY 1, 2 ORDER BY 2")
                            .table()
                            .rows()
                            .stream()
                            .map(row -> row.toMap().values().toString()))
                    .containsExactly("[acme, events, 2]", "[acme, rows, 7]");
        }
    }
}
