package io.github.keywharf.catalog;

import java.time.Instant;
import java.util.Optional;

/**
 * What a catalog says of a token, which is not the token.
 *
 * @param id its id
 * @param created when it was issued
 * @param expires when it ends, if it ends by itself; the end of its grace when it was rotated out
 * @param activated whether its profile was handed out, which happens once
 */
public record RecipientToken(String id, Instant created, Optional<Instant> expires, boolean activated) {

    @Override
    public String toString() {
        return id + " of " + created + (activated ? "" : ", not activated")
                + expires.map(time -> ", expires " + time).orElse("");
    }
}
