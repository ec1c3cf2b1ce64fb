package io.github.keywharf.sharing;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import java.util.Optional;

/** The profiles of tenants in a store of secrets. One that holds anything else under a tenant's name is left alone. */
final class TenantSecrets {
    private final SecretStore store;
    private final TenantNames names;

    TenantSecrets(SecretStore store, TenantNames names) {
        this.store = store;
        this.names = names;
    }

    Optional<ShareProfile> find(String tenant) {
        String name = names.secret(tenant);
        Optional<Secret> found = store.find(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (Secret secret = found.get()) {
            return Optional.of(ShareProfile.parse(secret));
        } catch (KeywharfException e) {
            throw new KeywharfException(
                    "sharing.refused",
                    name,
                    "The secret of this name is not a profile, and is neither shown nor changed; remove it if nothing else"
                            + " needs it, or give the secrets of tenants a prefix",
                    e);
        }
    }

    void put(String tenant, ShareProfile profile) {
        try (Secret secret = profile.json()) {
            store.put(names.secret(tenant), secret);
        }
    }

    /** Removes the tenant's profile; returns whether there was one. */
    boolean remove(String tenant) {
        boolean present = find(tenant).isPresent();
        if (present) {
            store.remove(names.secret(tenant));
        }
        return present;
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
