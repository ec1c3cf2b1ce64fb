package io.github.keywharf.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.testing.GoldenCopies;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Stored profiles of tenants of version 0.1.0 are read, and written no differently. */
class GoldenTenantSecretsTest {
    private static final URI ENDPOINT = URI.create("https://sharing.example.com/delta");
    private static final String TENANT = "Änderung \"1\"";
    private static final TenantNames NAMES = new TenantNames("usage-");

    @Test
    void stored_profiles_are_read_and_written_as_before() {
        ShareProfile bearer =
                ShareProfile.bearer(ENDPOINT, Secret.of("token-1/+="), Instant.parse("2026-03-01T10:20:30.405Z"));
        check("tenant-secrets/bearer.json", new TenantSecrets.Stored(bearer, Optional.of("id-1")));
        check(
                "tenant-secrets/bearer-without-id.json",
                new TenantSecrets.Stored(ShareProfile.bearer(ENDPOINT, Secret.of("token")), Optional.empty()));
        ShareCredentials client = new ShareCredentials.OAuthClient(
                URI.create("https://login.example.com/token"), "client", Secret.of("s"), Optional.of("all"));
        check(
                "tenant-secrets/client.json",
                new TenantSecrets.Stored(new ShareProfile(2, ENDPOINT, client), Optional.of("id-2")));
    }

    private static void check(String name, TenantSecrets.Stored stored) {
        SecretStore written = SecretStore.inMemory();
        new TenantSecrets(written, NAMES).put(TENANT, stored);
        GoldenCopies.assertWritten(
                name, written.find(NAMES.secret(TENANT)).orElseThrow().reveal().getBytes(StandardCharsets.UTF_8));

        SecretStore store = SecretStore.inMemory();
        store.put(NAMES.secret(TENANT), Secret.of(GoldenCopies.text(name)));
        TenantSecrets.Stored read = new TenantSecrets(store, NAMES).find(TENANT).orElseThrow();
        assertThat(read.tokenId()).isEqualTo(stored.tokenId());
        assertThat(read.profile().json().reveal())
                .isEqualTo(stored.profile().json().reveal());
    }
}
