package io.github.keywharf.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.store.SignedUrls;
import io.github.keywharf.testing.TestCertificates;
import io.github.keywharf.testing.VendorProgram;
import io.github.keywharf.testing.azure.FakeEntra;
import io.github.keywharf.testing.azure.FakeKeyVault;
import io.github.keywharf.tls.Pem;
import io.github.keywharf.tls.TlsConfig;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vendor's own clients work on the fakes, and sign as we do (src/test/azure-sdk). */
class AzureSdkTest {
    private static final Path PROGRAM = Path.of("src/test/azure-sdk/AzureOracle.java");
    private static final String KEY =
            Base64.getEncoder().encodeToString("the key of an account".getBytes(StandardCharsets.UTF_8));
    private static final Instant END = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void the_vendors_client_works_on_the_vault_and_reads_what_ours_put() throws Exception {
        FakeEntra entra = new FakeEntra(InstantSource.system());
        FakeKeyVault vault = new FakeKeyVault(entra, InstantSource.system());
        vault.settleAfter(1);
        TlsConfig shown = TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null);
        try (JettyServer server =
                JettyServer.serve(vault.withEntra()).tls(shown).start()) {
            URI uri = URI.create("https://localhost:" + server.port());
            SecretStore ours = KeyVaultSecrets.builder()
                    .vault(uri.toString())
                    .credentials(AzureLogin.clientCredentials(
                            uri, FakeEntra.TENANT, FakeEntra.CLIENT_ID, Secret.of(FakeEntra.CLIENT_SECRET)))
                    .http(HttpClients.builder()
                            .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                            .open())
                    .build();
            ours.put("ours", Secret.of("of ours"));
            for (int i = 0; i < 26; i++) {
                ours.put("tenant-" + i, Secret.of("x"));
            }

            List<String> printed = VendorProgram.run(
                    "/azure-sdk.classpath",
                    PROGRAM,
                    folder,
                    Map.of(),
                    List.of(
                            "-Djavax.net.ssl.trustStore=" + trustStore(),
                            "-Djavax.net.ssl.trustStorePassword=changeit"),
                    "vault",
                    uri.toString(),
                    FakeEntra.TENANT,
                    FakeEntra.CLIENT_ID,
                    FakeEntra.CLIENT_SECRET);

            assertThat(printed)
                    .containsExactly(
                            "ours of ours",
                            "set vendor true",
                            "get two one",
                            "list 28 true",
                            "missing 404",
                            "deleted SUCCESSFULLY_COMPLETED",
                            "conflict 409 true",
                            "recovered SUCCESSFULLY_COMPLETED",
                            "again two",
                            "free four");
            assertThat(ours.secret("vendor").reveal()).isEqualTo("four");
        }
    }

    private Path trustStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "authority", Pem.certificates(TestCertificates.authority()).get(0));
        Path file = folder.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }

    @Test
    void addresses_are_signed_as_the_vendors_client_signs_them() throws Exception {
        List<String> blobs =
                List.of("usage/part-0000.parquet", "client_space_uid=tenant 1/a+b%2F.parquet", "é~*'()&=?#/ü.parquet");
        String[] arguments = {"sign", "acmestore", KEY, "shared-data", END.toString()};
        String[] all = Arrays.copyOf(arguments, arguments.length + blobs.size());
        for (int i = 0; i < blobs.size(); i++) {
            all[arguments.length + i] = blobs.get(i);
        }
        List<String> printed = VendorProgram.run(
                "/azure-sdk.classpath",
                PROGRAM,
                folder,
                Map.of("AZURE_STORAGE_SAS_SERVICE_VERSION", AzureSignedUrls.VERSION, "LC_ALL", "C.UTF-8"),
                List.of("-Dsun.jnu.encoding=UTF-8", "-Dfile.encoding=UTF-8"),
                all);

        SignedUrls.Signer signer =
                AzureSignedUrls.of("acmestore", "shared-data", Secret.of(KEY)).until(END.plusMillis(999));
        for (int i = 0; i < blobs.size(); i++) {
            URI url = URI.create(signer.url(blobs.get(i)));
            assertThat(url.getPath()).isEqualTo("/shared-data/" + blobs.get(i));
            assertThat(parameters(url.getRawQuery())).isEqualTo(parameters(printed.get(i)));
        }
        assertThat(signer.expires()).isEqualTo(END);
    }

    private static Set<String> parameters(String query) {
        return Arrays.stream(query.split("&", -1)).collect(Collectors.toSet());
    }

    @Test
    void an_emulator_and_a_folder_have_addresses_too_and_no_key_shows() {
        AzureSignedUrls urls = AzureSignedUrls.of(
                URI.create("http://127.0.0.1:10000/devstoreaccount1"), "devstoreaccount1", "data", Secret.of(KEY));
        assertThat(urls.under("usage").until(END).url("a.parquet"))
                .startsWith(
                        "http://127.0.0.1:10000/devstoreaccount1/data/usage/a.parquet?sv=2020-12-06&spr=https%2Chttp&");
        assertThat(urls).hasToString("AzureSignedUrls[http://127.0.0.1:10000/devstoreaccount1/data/]");
        for (String key : List.of("", "not base64!")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AzureSignedUrls.of("acmestore", "data", Secret.of(key)))
                    .withMessageNotContaining("not base64!");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> AzureSignedUrls.of("Acme.Store", "data", Secret.of(KEY)));
        assertThatIllegalArgumentException().isThrownBy(() -> AzureSignedUrls.of("acmestore", "a--b", Secret.of(KEY)));
        assertThatIllegalArgumentException().isThrownBy(() -> urls.until(END).url("../other"));
    }
}
