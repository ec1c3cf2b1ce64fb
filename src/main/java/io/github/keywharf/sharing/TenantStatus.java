package io.github.keywharf.sharing;

import io.github.keywharf.catalog.RecipientToken;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What there is of a tenant.
 *
 * @param tenant its id
 * @param state where it is
 * @param recipient the name of its recipient, whether or not there is one
 * @param share the name of its share, whether or not there is one
 * @param secret the name of the secret that has its profile, whether or not there is one
 * @param expires when the stored profile's token ends, if it says so
 * @param tokens the tokens that the catalog lists, oldest first
 * @param otherShares shares that the recipient may read although no plan says so
 */
public record TenantStatus(
        String tenant,
        TenantState state,
        String recipient,
        String share,
        String secret,
        Optional<Instant> expires,
        List<RecipientToken> tokens,
        List<String> otherShares) {

    /** Copies the lists. */
    public TenantStatus {
        tokens = List.copyOf(tokens);
        otherShares = List.copyOf(otherShares);
    }

    @Override
    public String toString() {
        return tenant + " " + state + expires.map(time -> ", expires " + time).orElse("") + ", share " + share
                + (otherShares.isEmpty() ? "" : ", also granted " + otherShares);
    }
}
