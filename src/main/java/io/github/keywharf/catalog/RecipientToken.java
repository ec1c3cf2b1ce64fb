package io.github.keywharf.catalog;

import java.time.Instant;
import java.util.Optional;

/**
 * Description of a token, which does not contain the token.
 *
 * @param id id of the token
 * @param created time of issue
 * @param expires end of the token, if it has one; after a rotation, the end of its grace period
 * @param activated true if its profile was handed out, which happens once
 */
public record RecipientToken(String id, Instant created, Optional<Instant> expires, boolean activated) {

    @Override
    public String toString() {
        return id + " of " + created + (activated ? "" : ", not activated")
                + expires.map(time -> ", expires " + time).orElse("");
    }
}
