package io.github.keywharf.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets bearer tokens by the OAuth client credentials grant (RFC 6749, section 4.4), as the source of a {@link BearerFilter}.
 * Each call fetches a token. Immutable and thread-safe; prints without secrets.
 *
 * <p>The client authenticates by HTTP Basic, with id and secret as they are, unless {@link #withSecretInForm}. The request is
 * repeatable, for a {@link RetryFilter} around the handler.
 */
public final class ClientCredentials implements Supplier<BearerToken> {
    /** How long a token is used whose answer does not say so, 5 minutes. */
    public static final Duration DEFAULT_LIFE = Duration.ofMinutes(5);

    private static final int MAX_ANSWER = 256 * 1024;
    private static final int MAX_SECONDS = 366 * 24 * 3600;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI endpoint;
    private final String clientId;
    private final Secret secret;
    private final @Nullable String scope;
    private final boolean inForm;
    private final HttpHandler http;
    private final InstantSource clock;

    private ClientCredentials(
            URI endpoint,
            String clientId,
            Secret secret,
            @Nullable String scope,
            boolean inForm,
            HttpHandler http,
            InstantSource clock) {
        this.endpoint = endpoint;
        this.clientId = clientId;
        this.secret = secret;
        this.scope = scope;
        this.inForm = inForm;
        this.http = http;
        this.clock = clock;
    }

    /**
     * A source without a scope.
     *
     * @param endpoint where tokens are had; https, or http to a loopback address
     * @param secret copied, and may be closed
     * @param http sends the requests; not through the filter that takes these tokens
     * @throws IllegalArgumentException when anyone on the way could read the secret, or the id is blank or has a colon
     */
    public static ClientCredentials of(
            URI endpoint, String clientId, Secret secret, HttpHandler http, InstantSource clock) {
        BearerFilter.requireConfidential(endpoint);
        if (clientId.isBlank() || clientId.indexOf(':') >= 0) {
            throw new IllegalArgumentException("The client id is blank, or has a colon");
        }
        return new ClientCredentials(endpoint, clientId, secret.copy(), null, false, http, clock);
    }

    /** A copy that asks for this scope. */
    @CheckReturnValue
    public ClientCredentials withScope(String asked) {
        return new ClientCredentials(endpoint, clientId, secret, asked, inForm, http, clock);
    }

    /** A copy that sends id and secret as fields of the form, as some services want it. */
    @CheckReturnValue
    public ClientCredentials withSecretInForm() {
        return new ClientCredentials(endpoint, clientId, secret, scope, true, http, clock);
    }

    /**
     * A token.
     *
     * @throws KeywharfException {@code http.scope_refused} when the server does not give this client the scope,
     *     {@code http.no_token} when it refuses or answers something else, {@code http.unavailable} for 429 and above 499, and
     *     what the handler throws
     */
    @Override
    public BearerToken get() {
        StringBuilder form = new StringBuilder("grant_type=client_credentials");
        if (scope != null) {
            form.append("&scope=").append(encoded(scope));
        }
        if (inForm) {
            form.append("&client_id=").append(encoded(clientId));
            form.append("&client_secret=").append(encoded(secret.reveal()));
        }
        HttpRequest request = HttpRequest.post(endpoint, HttpBody.of(form.toString()))
                .withHeader("Content-Type", "application/x-www-form-urlencoded")
                .withHeader("Accept", "application/json")
                .withRepeatable(true);
        if (!inForm) {
            byte[] pair = (clientId + ":" + secret.reveal()).getBytes(StandardCharsets.UTF_8);
            request = request.withHeader(
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        }
        try (HttpResponse response = http.handle(request)) {
            JsonNode answer = parsed(response.body().bytes(MAX_ANSWER));
            return response.status() == 200 ? token(answer) : refused(response.status(), answer);
        }
    }

    private BearerToken token(JsonNode answer) {
        String token = answer.path("access_token").asText("");
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new KeywharfException(
                    "http.no_token",
                    subject(),
                    "The answer has no access_token that can be sent; check the address, and whether a proxy is in between");
        }
        return new BearerToken(
                Secret.of(token), expires(answer.path("expires_in").asLong(0)));
    }

    private Instant expires(long seconds) {
        return clock.instant().plus(seconds <= 0 || seconds > MAX_SECONDS ? DEFAULT_LIFE : Duration.ofSeconds(seconds));
    }

    private BearerToken refused(int status, JsonNode answer) {
        String error = answer.path("error").asText("");
        String said = Cut.printable(
                        error + " " + answer.path("error_description").asText(""), 400)
                .strip();
        String shown = status + (said.isEmpty() ? "" : ": " + said);
        if (status == 429 || status >= 500) {
            throw new KeywharfException(
                    "http.unavailable", subject(), "No token can be had now (" + shown + "); try again later");
        }
        boolean ofScope = error.equals("invalid_scope")
                || (error.equals("access_denied")
                        && said.toLowerCase(Locale.ROOT).contains("scope"));
        throw ofScope
                ? new KeywharfException(
                        "http.scope_refused",
                        subject(),
                        "The client may not have the scope " + scope + " (" + shown + "); grant it, or ask for another")
                : new KeywharfException(
                        "http.no_token",
                        subject(),
                        "The server refuses the client (" + shown + "); check client id and secret");
    }

    private static JsonNode parsed(byte[] content) {
        try {
            return JSON.readTree(content);
        } catch (IOException e) {
            // Not passed on: its message quotes the answer, and with it perhaps a token.
            return JSON.createObjectNode();
        }
    }

    private String subject() {
        return endpoint.getHost() + " login";
    }

    private static String encoded(String text) {
        // A space has this form both in a query and in a form's body.
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return "ClientCredentials[" + clientId + " at " + HttpRedaction.uri(endpoint)
                + (scope == null ? "" : ", scope " + scope) + "]";
    }
}
