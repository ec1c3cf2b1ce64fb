package io.github.keywharf.http;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets bearer tokens by the OAuth client credentials grant (RFC 6749, section 4.4), as the source of a {@link BearerFilter}.
 * Each call fetches a token. Immutable and thread-safe; prints without secrets.
 *
 * <p>The client authenticates by HTTP Basic, with id and secret not encoded, unless {@link #withSecretInForm}. The request is
 * repeatable, for a {@link RetryFilter} around the handler.
 */
public final class ClientCredentials implements Supplier<BearerToken> {
    /** Life of a token whose answer does not contain it, 5 minutes. */
    public static final Duration DEFAULT_LIFE = Duration.ofMinutes(5);

    /** Code of an error when the server refuses the client, or answers without a token. */
    public static final String NO_TOKEN = "http.no_token";

    /** Code of an error when the server refuses the scope to this client. */
    public static final String SCOPE_REFUSED = "http.scope_refused";

    /** Code of an error when the server issues no tokens at present. */
    public static final String UNAVAILABLE = "http.unavailable";

    private final URI endpoint;
    private final Client client;
    private final @Nullable String scope;
    private final HttpHandler http;
    private final InstantSource clock;

    private enum SecretPlace {
        HEADER,
        FORM
    }

    private record Client(String id, Secret secret, SecretPlace place) {}

    private ClientCredentials(
            URI endpoint, Client client, @Nullable String scope, HttpHandler http, InstantSource clock) {
        this.endpoint = endpoint;
        this.client = client;
        this.scope = scope;
        this.http = http;
        this.clock = clock;
    }

    /**
     * A source without a scope.
     *
     * @param endpoint URI of the token endpoint; https, or http to a loopback address
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
        Client client = new Client(clientId, secret.copy(), SecretPlace.HEADER);
        return new ClientCredentials(endpoint, client, null, http, clock);
    }

    /** A copy that requests this scope. */
    @CheckReturnValue
    public ClientCredentials withScope(String other) {
        return new ClientCredentials(endpoint, client, other, http, clock);
    }

    /** A copy that sends id and secret as fields of the form, as some services want it. */
    @CheckReturnValue
    public ClientCredentials withSecretInForm() {
        Client inForm = new Client(client.id, client.secret, SecretPlace.FORM);
        return new ClientCredentials(endpoint, inForm, scope, http, clock);
    }

    /**
     * A token.
     *
     * @throws KeywharfException {@code http.scope_refused} when the server refuses the scope to this client,
     *     {@code http.no_token} when it refuses or answers something else, {@code http.unavailable} for 429 and above 499, and
     *     what the handler throws
     */
    @Override
    public BearerToken get() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("grant_type", "client_credentials");
        if (scope != null) {
            fields.put("scope", scope);
        }
        if (client.place == SecretPlace.FORM) {
            fields.put("client_id", client.id);
            fields.put("client_secret", client.secret.reveal());
        }
        HttpRequest request = TokenAnswer.request(endpoint, fields).withRepeatable(true);
        if (client.place == SecretPlace.HEADER) {
            byte[] pair = (client.id + ":" + client.secret.reveal()).getBytes(StandardCharsets.UTF_8);
            request = request.withHeader(
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        }
        TokenAnswer answer = TokenAnswer.of(http, request);
        Secret token = answer.token().orElseThrow(() -> refused(answer));
        return new BearerToken(
                token, answer.expires(clock).orElseGet(() -> clock.instant().plus(DEFAULT_LIFE)));
    }

    private KeywharfException refused(TokenAnswer answer) {
        int status = answer.answer().status();
        String reason = answer.said();
        if (status == 200) {
            return new KeywharfException(
                    NO_TOKEN,
                    subject(),
                    "The answer has no access_token that can be sent; check the address, and whether a proxy is in between");
        }
        if (status == 429 || status >= 500) {
            return KeywharfException.retryable(
                    UNAVAILABLE, subject(), "No token can be had now " + reason + "; try again later");
        }
        String error = answer.text("error");
        boolean scopeRefused = error.equals("invalid_scope")
                || (error.equals("access_denied")
                        && reason.toLowerCase(Locale.ROOT).contains("scope"));
        return scopeRefused
                ? new KeywharfException(
                        SCOPE_REFUSED,
                        subject(),
                        "The client may not have the scope " + scope + " " + reason + "; grant it, or ask for another")
                : new KeywharfException(
                        NO_TOKEN,
                        subject(),
                        "The server refuses the client " + reason + "; check client id and secret");
    }

    private String subject() {
        return endpoint.getHost() + " login";
    }

    @Override
    public String toString() {
        return "ClientCredentials[" + client.id + " at " + HttpRedaction.uri(endpoint)
                + (scope == null ? "" : ", scope " + scope) + "]";
    }
}
