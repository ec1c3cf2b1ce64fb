package io.github.keywharf.sharing.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.sharing.server.SharedUsage.Client;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.ForwardingStore;
import io.github.keywharf.testing.contract.ShareCatalogContract;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class EmbeddedCatalogTest extends ShareCatalogContract {
    private static final URI HOST = URI.create("https://share.example.com");
    private static final Schema SCHEMA =
            Schema.of(Column.nullable("client_space_uid", ColumnType.STRING), Column.nullable("n", ColumnType.INT64));

    private final ObjectStore store = ObjectStore.inMemory();
    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    private final DeltaSharingServer server = server(store);

    private DeltaSharingServer server(ObjectStore registry) {
        DeltaSharingServer.Builder builder =
                DeltaSharingServer.builder(registry.under("sharing")).clock(time::get);
        for (int i = 0; i < 3; i++) {
            DeltaTable.at(store, source(i)).create(SCHEMA, List.of("client_space_uid"));
            builder.table(source(i), store, source(i));
        }
        return builder.build();
    }

    @Override
    protected ShareCatalog catalog() {
        return server.catalog(HOST);
    }

    @Test
    void a_table_whose_folder_has_none_is_not_shared() {
        ShareCatalog catalog = DeltaSharingServer.builder(store.under("sharing"))
                .table("usage", store, "tables/nowhere")
                .build()
                .catalog(HOST);
        SharedTable whole = SharedTable.of("usage", "platform.usage");
        for (SharedTable table : List.of(whole, whole.withFilter(TenantFilter.value("client_space_uid", "a")))) {
            assertThatThrownBy(() -> catalog.ensureShare(Share.of("a", table)))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("catalog.not_found"))
                    .hasMessageContaining("tables/nowhere");
        }
    }

    @Override
    protected String source(int number) {
        return "table" + number;
    }

    @Override
    protected Optional<String> missingSource() {
        return Optional.of("table9");
    }

    @Override
    protected Instant now() {
        return time.get();
    }

    @Override
    protected Optional<Boolean> opens(ShareProfile profile) {
        return Optional.of(Client.of(server, profile).get("/shares").status() == 200);
    }

    @Test
    void a_filter_on_another_column_than_a_partition_column_is_refused() {
        Share share = Share.of("acme", SharedTable.of("table0", "a.b").withFilter(TenantFilter.value("n", "1")));

        assertThatThrownBy(() -> catalog().ensureShare(share))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("catalog.refused"))
                .hasMessageContaining("[client_space_uid]");
    }

    @Test
    void the_registry_keeps_no_token() {
        catalog().ensureRecipient(Recipient.of("acme"));
        ShareProfile profile = catalog().activate("acme").orElseThrow();
        ShareProfile next = catalog().rotate("acme", Duration.ofHours(1));

        List<String> written = new ArrayList<>();
        try (Stream<StoredObject> objects = store.list("sharing/")) {
            objects.forEach(object ->
                    written.add(new String(store.readSmall(object.key()), java.nio.charset.StandardCharsets.UTF_8)));
        }
        assertThat(written).isNotEmpty();
        assertThat(String.join("", written))
                .contains("\"acme\"")
                .doesNotContain(SharedUsage.token(profile))
                .doesNotContain(SharedUsage.token(next))
                .doesNotContain("kwshare_");
    }

    @Test
    void a_token_ends_with_its_validity_and_its_grace() {
        catalog().ensureRecipient(Recipient.of("acme").validFor(Duration.ofHours(3)));
        ShareProfile first = catalog().activate("acme").orElseThrow();
        assertThat(first.expires()).contains(now().plus(Duration.ofHours(3)));
        ShareProfile second = catalog().rotate("acme", Duration.ofHours(1));

        assertThat(opens(first)).contains(true);
        time.updateAndGet(now -> now.plus(Duration.ofHours(1)));
        assertThat(opens(first)).contains(false);
        assertThat(opens(second)).contains(true);
        time.updateAndGet(now -> now.plus(Duration.ofHours(2)));
        assertThat(Client.of(server, second).get("/shares").status()).isEqualTo(401);
        assertThat(Client.of(server, second).get("/shares").text()).contains("has expired");
    }

    @Test
    void another_process_sees_a_change_after_the_refresh() {
        DeltaSharingServer other = server(store);
        catalog().ensureRecipient(Recipient.of("acme"));
        ShareProfile profile = catalog().activate("acme").orElseThrow();
        assertThat(Client.of(other, profile).get("/shares").status()).isEqualTo(200);

        catalog().removeRecipient("acme");

        time.updateAndGet(now -> now.plus(DeltaSharingServer.Builder.DEFAULT_REFRESH));
        assertThat(Client.of(other, profile).get("/shares").status()).isEqualTo(401);
    }

    @Test
    void a_registry_that_goes_back_lets_nobody_in() {
        catalog().ensureRecipient(Recipient.of("acme"));
        ShareProfile profile = catalog().activate("acme").orElseThrow();
        List<String> keys;
        try (Stream<StoredObject> objects = store.list("sharing/")) {
            keys = objects.map(StoredObject::key).sorted().toList();
        }
        store.delete(keys.get(keys.size() - 1));
        time.updateAndGet(now -> now.plusSeconds(60));

        assertThat(Client.of(server, profile).get("/shares").status()).isEqualTo(500);
    }

    @Test
    void a_change_whose_answer_is_lost_is_made_once() {
        AtomicReference<Consumer<String>> after = new AtomicReference<>(key -> {});
        ShareCatalog catalog = server(new ForwardingStore(store) {
                    @Override
                    public boolean createIfAbsent(String key, byte[] content) {
                        boolean created = super.createIfAbsent(key, content);
                        after.get().accept(key);
                        return created;
                    }
                })
                .catalog(HOST);
        catalog.ensureRecipient(Recipient.of("acme"));
        after.set(key -> {
            after.set(again -> {});
            throw KeywharfException.retryable("store.unavailable", key, "The answer is lost");
        });

        ShareProfile profile = catalog.activate("acme").orElseThrow();

        assertThat(opens(profile)).contains(true);
        assertThat(catalog.activate("acme")).isEmpty();
    }

    @Test
    void a_store_that_is_away_is_unavailable() {
        ShareCatalog catalog = server(new ForwardingStore(store) {
                    @Override
                    public Stream<StoredObject> list(String prefix) {
                        throw KeywharfException.retryable("store.unavailable", prefix, "It is away");
                    }
                })
                .catalog(HOST);

        assertThatThrownBy(catalog::shares)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("catalog.unavailable"));
    }
}
