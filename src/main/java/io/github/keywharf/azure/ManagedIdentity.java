package io.github.keywharf.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.ClientCredentials;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.JsonAnswer;
import io.github.keywharf.http.TokenAnswer;
import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * Gets tokens from the endpoint that Azure gives an app, or a virtual machine, beside it. Both are plain http by design: the
 * one is on a loopback or link-local address, the other on 169.254.169.254.
 */
record ManagedIdentity(URI endpoint, String headerName, Secret header, String clientId) implements AzureLogin {
    private static final String MACHINE =
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01";

    static ManagedIdentity of(Map<String, String> variables, String clientId) {
        String endpoint = variables.getOrDefault("IDENTITY_ENDPOINT", "");
        String header = variables.getOrDefault("IDENTITY_HEADER", "");
        return endpoint.isBlank() || header.isBlank()
                ? new ManagedIdentity(URI.create(MACHINE), "Metadata", Secret.of("true"), clientId)
                : new ManagedIdentity(
                        URI.create(endpoint + (endpoint.indexOf('?') < 0 ? "?" : "&") + "api-version=2019-08-01"),
                        "X-IDENTITY-HEADER",
                        Secret.of(header),
                        clientId);
    }

    @Override
    public BearerToken token(String resource, HttpHandler http, InstantSource clock) {
        String query = "&resource=" + HttpRequest.encoded(resource)
                + (clientId.isBlank() ? "" : "&client_id=" + HttpRequest.encoded(clientId));
        HttpRequest request = HttpRequest.get(URI.create(endpoint + query)).withHeader(headerName, header.reveal());
        TokenAnswer answer = TokenAnswer.of(http, request);
        return new BearerToken(answer.token().orElseThrow(() -> refused(answer.answer())), expires(answer, clock));
    }

    /** The App Service says when, the virtual machine also how long; as numbers or as texts. */
    private static Instant expires(TokenAnswer answer, InstantSource clock) {
        long at = answer.answer().json().path("expires_on").asLong(0);
        return at > 0
                ? Instant.ofEpochSecond(Math.min(at, Instant.MAX.getEpochSecond()))
                : clock.instant().plus(Duration.ofMinutes(5));
    }

    private KeywharfException refused(JsonAnswer answer) {
        int status = answer.status();
        JsonNode json = answer.json();
        String said = answer.said(
                json.path("error").asText(""),
                json.path("error_description").asText(json.path("message").asText("")));
        // 404 and 410 are said while the endpoint starts or is updated.
        return status == 429 || status >= 500 || status == 404 || status == 410
                ? KeywharfException.retryable(
                        ClientCredentials.UNAVAILABLE,
                        endpoint.getHost() + " login",
                        "The managed identity's endpoint has no token now " + said + "; try again later")
                : new KeywharfException(
                        ClientCredentials.NO_TOKEN,
                        endpoint.getHost() + " login",
                        "The managed identity's endpoint refuses " + said
                                + "; assign an identity to the app, and if it has several set AZURE_CLIENT_ID; elsewhere"
                                + " set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET");
    }

    @Override
    public String toString() {
        return "AzureLogin[managed identity at " + endpoint.getHost() + "]";
    }
}
