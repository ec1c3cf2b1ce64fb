package io.github.keywharf.databricks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.VendorProgram;
import io.github.keywharf.testing.databricks.FakeUnityCatalog;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vendor's own client works on the fake, and sees what the catalog makes there as its own (src/test/databricks-sdk). */
class DatabricksSdkTest {
    @Test
    void the_vendors_client_provisions_a_tenant_and_reads_ours(@TempDir Path folder) throws Exception {
        FakeUnityCatalog fake = new FakeUnityCatalog(InstantSource.system());
        fake.table("main.usage.t0", "client_space_uid");
        try (FakeServer server = FakeServer.start(fake)) {
            ShareCatalog catalog = DatabricksCatalog.builder()
                    .host(server.uri().toString())
                    .credentials(FakeUnityCatalog.CLIENT_ID, Secret.of(FakeUnityCatalog.CLIENT_SECRET))
                    .build();
            catalog.ensureShare(Share.of(
                    "acme",
                    SharedTable.of("main.usage.t0", "usage.platform")
                            .withFilter(TenantFilter.value("client_space_uid", "tenant-2"))));
            catalog.ensureRecipient(Recipient.of("acme")
                    .withProperties(Map.of("tenant", "tenant-2"))
                    .withAddresses(List.of("198.51.100.0/24")));
            catalog.ensureGrant("acme", "acme");

            List<String> printed = VendorProgram.run(
                    "/databricks-sdk.classpath",
                    Path.of("src/test/databricks-sdk/DatabricksOracle.java"),
                    folder,
                    Map.of(),
                    List.of(),
                    server.uri().toString(),
                    FakeUnityCatalog.CLIENT_ID,
                    FakeUnityCatalog.CLIENT_SECRET);

            assertThat(printed).hasSize(11);
            assertThat(printed.get(0)).matches("version 1 share-token-\\d+ 0");
            assertThat(printed.get(1)).matches("rotated 1 share-token-\\d+ 0");
            assertThat(printed.subList(2, 11))
                    .containsExactly(
                            "table vendor main.usage.t0 usage.platform ENABLED client_space_uid EQUAL null tenant",
                            "recipient vendor TOKEN tenant-1 [192.0.2.0/24] 2",
                            "grants vendor",
                            "table acme main.usage.t0 usage.platform DISABLED client_space_uid EQUAL tenant-2 null",
                            "recipient acme TOKEN tenant-2 [198.51.100.0/24] 1",
                            "grants acme",
                            "lists [acme, vendor] [acme, vendor]",
                            "not found SHARE_DOES_NOT_EXIST",
                            "refused SHARE_ALREADY_EXISTS");
            assertThat(fake.shareNames()).containsExactly("acme");
        }
    }
}
