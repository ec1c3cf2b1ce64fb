package io.github.keywharf.sharing;

import java.time.Instant;
import java.util.Optional;

/**
 * A tenant whose token ends, or has ended.
 *
 * @param tenant its id
 * @param expires when its newest token ends; empty when it has none that is in force
 */
public record TenantExpiry(String tenant, Optional<Instant> expires) {

    @Override
    public String toString() {
        return tenant + expires.map(time -> " expires " + time).orElse(" has expired");
    }
}
