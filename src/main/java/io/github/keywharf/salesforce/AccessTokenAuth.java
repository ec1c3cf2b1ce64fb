package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.TokenAnswer;
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
        Secret token = tokens.get().copy();
        if (!TokenAnswer.isToken(token.reveal())) {
            throw new KeywharfException(
                    "salesforce.auth_failed",
                    TokenEndpoint.subject(login),
                    "The access token is empty, or has a character that no token has, such as the end of a line; give the"
                            + " token alone");
        }
        return new BearerToken(token, Instant.MAX);
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
