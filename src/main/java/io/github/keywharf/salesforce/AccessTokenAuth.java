package io.github.keywharf.salesforce;

import io.github.keywharf.http.BearerToken;
import io.github.keywharf.secret.Secret;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Uses tokens of the host's. */
record AccessTokenAuth(String origin, Supplier<Secret> tokens) implements SalesforceAuth {
    AccessTokenAuth {
        origin = SalesforceInstance.parse(origin).toString();
    }

    @Override
    public BearerToken login(Login login) {
        return new BearerToken(tokens.get().copy(), Instant.MAX);
    }

    @Override
    public Optional<String> instance() {
        return Optional.of(origin);
    }

    @Override
    public String toString() {
        return "SalesforceAuth[access token at " + origin + "]";
    }
}
