package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.Loopback;
import io.github.keywharf.http.Pause;
import io.github.keywharf.http.RetryFilter;
import io.github.keywharf.http.upload.UploadClient;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Settings of {@link FetchData}. */
record FetchSettings(Login login, Path directory, Transport transport, EventListener events) {

    /** Tenant at a server, with its password or key. */
    record Login(URI server, Organisation tenant, Secret password) {

        String authorization() {
            String secret = password.reveal();
            boolean isKey = secret.startsWith(AccessKey.PREFIX) && secret.length() == AccessKey.LENGTH;
            String pair = tenant + ":" + secret;
            return isKey ? "Bearer " + secret : "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
        }
    }

    /** Connection to the server: the caller's client, or one that is opened for each run. */
    record Transport(
            @Nullable HttpHandler http,
            @Nullable TlsConfig tls,
            boolean plainHttp,
            long sliceBytes,
            InstantSource clock,
            Pause pause) {

        /** Refuses to send a password in plain text over a network, unless that is allowed. */
        void check(URI server) {
            if (!"https".equalsIgnoreCase(server.getScheme()) && !plainHttp && !Loopback.isLoopback(server.getHost())) {
                throw new KeywharfException(
                        "batch.plain_http",
                        server.getHost(),
                        "The password would be sent in plain text, which anyone on the way can read; use https, or"
                                + " plainHttp(true) (--plain-http) if that is meant");
            }
        }

        HttpHandler open() {
            if (http != null) {
                return http;
            }
            HttpClients.Builder clients = HttpClients.builder().timeout(FetchData.Builder.DEFAULT_TIMEOUT);
            return (tls == null ? clients : clients.tls(tls)).open();
        }

        HttpHandler repeating(HttpHandler client, EventListener events) {
            return client.with(
                    RetryFilter.builder().clock(clock, pause).events(events).build());
        }

        UploadClient uploads(HttpHandler client) {
            return UploadClient.builder(client)
                    .clock(clock, pause)
                    .sliceBytes(sliceBytes)
                    .build();
        }
    }
}
