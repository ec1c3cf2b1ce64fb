package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpFilter;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;

/** Logs in as a profile says. */
final class ClientLogin {

    private static final int MAX_ANSWER = 1024 * 1024;

    /** How long a token counts where its issuer does not say. */
    private static final Duration UNKNOWN_LIFE = Duration.ofMinutes(5);

    private ClientLogin() {}

    /**
     * A filter for requests to the profile's endpoint.
     *
     * @param http gets tokens where the profile has an OAuth client
     * @throws IllegalArgumentException when anyone on the way could read the secrets
     */
    static HttpFilter filter(ShareProfile profile, HttpHandler http, InstantSource clock) {
        BearerFilter.requireConfidential(profile.endpoint());
        if (profile.credentials() instanceof ShareCredentials.Bearer bearer) {
            return authorization("Bearer " + bearer.token().reveal());
        }
        if (profile.credentials() instanceof ShareCredentials.Basic basic) {
            return authorization(basic(basic.username(), basic.password().reveal()));
        }
        ShareCredentials.OAuthClient client = (ShareCredentials.OAuthClient) profile.credentials();
        BearerFilter.requireConfidential(client.tokenEndpoint());
        return BearerFilter.of(profile.endpoint(), () -> token(client, http, clock), clock);
    }

    private static HttpFilter authorization(String value) {
        Secret header = Secret.of(value);
        return next -> request -> next.handle(request.withHeader("Authorization", header.reveal()));
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static BearerToken token(ShareCredentials.OAuthClient client, HttpHandler http, InstantSource clock) {
        String subject = client.tokenEndpoint().getHost();
        String form = "grant_type=client_credentials"
                + client.scope()
                        .map(scope -> "&scope=" + ClientCalls.encoded(scope))
                        .orElse("");
        Instant asked = clock.instant();
        HttpRequest request = HttpRequest.post(client.tokenEndpoint(), HttpBody.of(form))
                .withHeader("Content-Type", "application/x-www-form-urlencoded")
                .withHeader("Accept", "application/json")
                .withHeader(
                        "Authorization",
                        basic(client.clientId(), client.clientSecret().reveal()))
                .withRepeatable(true);
        try (HttpResponse response = http.handle(request)) {
            if (!response.isSuccess()) {
                throw new KeywharfException(
                        "sharing.unauthorized",
                        subject,
                        "The token endpoint answers the profile's client with the status " + response.status()
                                + "; ask the provider for a new profile");
            }
            JsonNode answer = ClientCalls.JSON.readTree(response.body().bytes(MAX_ANSWER));
            String token = answer.path("access_token").asText();
            if (token.isEmpty()) {
                throw ClientCalls.badAnswer(subject, "The token endpoint's answer has no access_token", null);
            }
            long seconds = answer.path("expires_in").asLong(UNKNOWN_LIFE.toSeconds());
            return new BearerToken(Secret.of(token), asked.plusSeconds(Math.max(0, Math.min(seconds, 86_400 * 365L))));
        } catch (IOException e) {
            // Without its cause, which may quote the token.
            throw ClientCalls.badAnswer(subject, "The token endpoint's answer is not JSON", null);
        }
    }
}
