package io.github.keywharf.http;

import io.github.keywharf.secret.Secret;
import java.time.Instant;

/**
 * A token that its holder may use until it expires. Prints without its value.
 *
 * @param value what follows {@code Bearer} in the header
 * @param expires when it is no longer accepted; {@link Instant#MAX} when that is not known
 */
public record BearerToken(Secret value, Instant expires) {
    @Override
    public String toString() {
        return "BearerToken[expires " + expires + "]";
    }
}
