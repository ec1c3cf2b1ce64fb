package io.github.keywharf.http.jetty;

import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.TestCertificates;
import io.github.keywharf.testing.contract.HttpHandlerContract;
import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** A service behind the server and the client looks like one in the process, over each version of HTTP. */
class JettyContractTest {
    abstract static class Served extends HttpHandlerContract {
        private volatile HttpHandler service = request -> HttpResponse.of(500);
        private JettyServer server;

        abstract JettyServer.Builder configured(JettyServer.Builder builder);

        abstract HttpHandler client();

        @BeforeEach
        void start() {
            server = configured(JettyServer.serve(request -> service.handle(request)))
                    .start();
        }

        @AfterEach
        void stop() {
            server.close();
        }

        @Override
        protected URI base() {
            return server.uri().resolve("/");
        }

        @Override
        protected HttpHandler reach(HttpHandler handler) {
            service = handler;
            return client();
        }
    }

    @Nested
    class OverPlainHttp1 extends Served {
        @Override
        JettyServer.Builder configured(JettyServer.Builder builder) {
            return builder;
        }

        @Override
        HttpHandler client() {
            return HttpClients.builder().open();
        }
    }

    @Nested
    class OverTls extends Served {
        @Override
        JettyServer.Builder configured(JettyServer.Builder builder) {
            return builder.tls(TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null));
        }

        @Override
        HttpHandler client() {
            return HttpClients.builder()
                    .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                    .open();
        }
    }

    @Nested
    class OverTlsAndHttp2 extends OverTls {
        @Override
        JettyServer.Builder configured(JettyServer.Builder builder) {
            return super.configured(builder).http2(true);
        }
    }
}
