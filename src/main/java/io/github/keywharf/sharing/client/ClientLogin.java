package io.github.keywharf.sharing.client;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.ClientCredentials;
import io.github.keywharf.http.HttpFilter;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Set;

/** Logs in as a profile says. */
final class ClientLogin {

    /** What says that the endpoint gave no token. */
    private static final Set<String> CODES =
            Set.of(ClientCredentials.NO_TOKEN, ClientCredentials.SCOPE_REFUSED, ClientCredentials.UNAVAILABLE);

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
        ClientCredentials asking =
                ClientCredentials.of(client.tokenEndpoint(), client.clientId(), client.clientSecret(), http, clock);
        ClientCredentials scoped = client.scope().map(asking::withScope).orElse(asking);
        return BearerFilter.of(profile.endpoint(), () -> token(scoped), clock);
    }

    private static HttpFilter authorization(String value) {
        Secret header = Secret.of(value);
        return next -> request -> next.handle(request.withHeader("Authorization", header.reveal()));
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** The code and the advice are those of a profile, whose owner cannot change what the token endpoint knows. */
    private static BearerToken token(ClientCredentials client) {
        try {
            return client.get();
        } catch (KeywharfException e) {
            if (!CODES.contains(e.code())) {
                throw e;
            }
            throw new KeywharfException(
                    "sharing.unauthorized",
                    client.toString(),
                    "The token endpoint gives the profile's client no token; ask the provider for a new profile",
                    e);
        }
    }
}
