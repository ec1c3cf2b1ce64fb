package io.github.keywharf.catalog;

import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Credentials of a profile. Secrets print redacted; two of them are never equal. */
public sealed interface ShareCredentials {

    /**
     * Bearer token.
     *
     * @param token the token
     * @param expires end of the token, if the profile contains it
     */
    record Bearer(Secret token, Optional<Instant> expires) implements ShareCredentials {
        /** Checks that nothing is null. */
        public Bearer {
            Objects.requireNonNull(token, "token");
            Objects.requireNonNull(expires, "expires");
        }

        @Override
        public String toString() {
            return "token" + expires.map(end -> " until " + end).orElse("");
        }
    }

    /**
     * Name and password, sent as HTTP Basic.
     *
     * @param username the name
     * @param password the password
     */
    record Basic(String username, Secret password) implements ShareCredentials {
        /** Checks that nothing is null. */
        public Basic {
            Objects.requireNonNull(username, "username");
            Objects.requireNonNull(password, "password");
        }
    }

    /**
     * OAuth client with the client credentials grant.
     *
     * @param tokenEndpoint address that issues tokens
     * @param clientId id of the client
     * @param clientSecret its secret
     * @param scope requested scope, if the profile contains one
     */
    record OAuthClient(URI tokenEndpoint, String clientId, Secret clientSecret, Optional<String> scope)
            implements ShareCredentials {
        /** Checks the endpoint, and that nothing is null. */
        public OAuthClient {
            tokenEndpoint = ShareProfile.checkEndpoint("token endpoint", tokenEndpoint);
            Objects.requireNonNull(clientId, "clientId");
            Objects.requireNonNull(clientSecret, "clientSecret");
            Objects.requireNonNull(scope, "scope");
        }
    }
}
