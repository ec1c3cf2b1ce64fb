package io.github.keywharf.batch;

import java.util.Optional;
import java.util.SortedMap;

/** The tenants that there are now, with their profiles; asked each time one is needed, so that changes take effect. */
public interface TenantProfiles {

    /** All profiles, by tenant. */
    SortedMap<Tenant, TenantProfile> all();

    /** The profile of a tenant. */
    default Optional<TenantProfile> find(Tenant tenant) {
        return Optional.ofNullable(all().get(tenant));
    }
}
