package io.github.keywharf.http;

import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * A token that its holder may use until it expires. Prints without its value.
 *
 * @param value text after {@code Bearer} in the header
 * @param expires instant from which it is no longer accepted; {@link Instant#MAX} if the expiry is not known
 * @param at scheme, host and port that its requests go to, if not the origin of its filter: a service whose customers move
 *     between servers returns it with the token
 */
public record BearerToken(Secret value, Instant expires, Optional<URI> at) {
    /**
     * A token.
     *
     * @throws IllegalArgumentException when anyone on the way could read it: {@code at} is neither https nor a loopback address
     */
    public BearerToken {
        at.ifPresent(BearerFilter::requireConfidential);
    }

    /** A token for the origin of its filter. */
    public BearerToken(Secret value, Instant expires) {
        this(value, expires, Optional.empty());
    }

    @Override
    public String toString() {
        return "BearerToken[expires " + expires
                + at.map(origin -> ", at " + HttpRedaction.uri(origin)).orElse("") + "]";
    }
}
