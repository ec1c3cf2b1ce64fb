package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.azure.AzureLogin;
import io.github.keywharf.azure.KeyVaultSecrets;
import io.github.keywharf.batch.FetchData;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.databricks.DatabricksCatalog;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.salesforce.SalesforceAuth;
import io.github.keywharf.salesforce.SalesforceManager;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sharing.client.DeltaSharingClient;
import io.github.keywharf.testing.GrowthCheck;
import io.github.keywharf.testing.TestCertificates;
import io.github.keywharf.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has a client and no {@code close()} may be opened any number of times. */
class SharedConnectionsTest {
    private static final int CLIENTS = 200;

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private URI uri;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(400, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void use(Runnable request) {
        try {
            request.run();
        } catch (KeywharfException e) {
            // The server refuses everything.
        }
    }

    @Test
    void clients_that_set_up_nothing_share_connections_and_threads(@TempDir Path folder) throws Exception {
        AzureLogin azure = (resource, http, clock) -> new BearerToken(Secret.of("token"), Instant.MAX);
        ShareProfile profile = ShareProfile.bearer(uri, Secret.of("token"));
        List<Runnable> kinds = List.of(
                () -> HttpClients.builder()
                        .open()
                        .handle(HttpRequest.get(uri.toString()))
                        .close(),
                () -> DeltaSharingClient.of(profile).shares().forEach(share -> {}),
                () -> KeyVaultSecrets.builder()
                        .vault(uri.toString())
                        .credentials(azure)
                        .build()
                        .find("name"),
                () -> DatabricksCatalog.builder()
                        .host(uri.toString())
                        .credentials(Secret.of("token"))
                        .build()
                        .recipients(),
                () -> SalesforceManager.builder()
                        .credentials(SalesforceAuth.accessToken(uri.toString(), () -> Secret.of("token")))
                        .connect()
                        .limits(),
                () -> FetchData.builder(uri, Organisation.of("one"), Secret.of("word"))
                        .directory(folder)
                        .build()
                        .run());

        for (Runnable kind : kinds) {
            int sent = requests.get();
            GrowthCheck.of("a client").threads().fileHandles().last(CLIENTS).run(number -> use(kind));
            assertThat(requests.get() - sent).isGreaterThan(CLIENTS);
        }
    }

    private int status(HttpHandler client, String address) {
        try (HttpResponse response = client.handle(HttpRequest.get(address))) {
            return response.status();
        }
    }

    @Test
    void a_client_goes_by_the_proxy_selector_that_is_the_default_when_it_is_opened() {
        ProxySelector before = ProxySelector.getDefault();
        HttpHandler early = HttpClients.builder().open();
        AtomicInteger asked = new AtomicInteger();
        HttpHandler late;
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI target) {
                asked.incrementAndGet();
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI target, SocketAddress proxy, IOException failure) {}
        });
        try {
            late = HttpClients.builder().open();
        } finally {
            ProxySelector.setDefault(before);
        }

        assertThat(status(early, uri.toString())).isEqualTo(400);
        assertThat(asked).hasValue(0);
        assertThat(status(late, uri.toString())).isEqualTo(400);
        assertThat(asked).hasPositiveValue();
    }

    @Test
    void a_client_trusts_whom_the_default_trusts_when_it_is_opened() throws Exception {
        SSLContext before = SSLContext.getDefault();
        HttpHandler early = HttpClients.builder().open();
        HttpHandler late;
        SSLContext.setDefault(
                TlsConfig.ofSystem().withTrust(TestCertificates.authority()).open());
        try {
            late = HttpClients.builder().open();
        } finally {
            SSLContext.setDefault(before);
        }

        try (JettyServer trusted = JettyServer.serve(request -> HttpResponse.of(204))
                .tls(TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null))
                .start()) {
            String address = trusted.uri().toString();
            assertThat(status(late, address)).isEqualTo(204);
            for (HttpHandler client : List.of(early, HttpClients.builder().open())) {
                assertThatThrownBy(() -> status(client, address))
                        .isInstanceOfSatisfying(
                                KeywharfException.class,
                                e -> assertThat(e.code()).isEqualTo(HttpClients.TLS_FAILED));
            }
        }
    }
}
