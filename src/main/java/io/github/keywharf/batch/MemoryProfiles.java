package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Profiles in memory; each change makes a new map. */
final class MemoryProfiles implements TenantProfiles.Editable {
    private volatile SortedMap<Tenant, TenantProfile> profiles = Collections.emptySortedMap();

    @Override
    public synchronized void put(TenantProfile profile) {
        SortedMap<Tenant, TenantProfile> changed = new TreeMap<>(profiles);
        changed.keySet().stream()
                .filter(other -> !other.equals(profile.tenant())
                        && other.organisation().equals(profile.tenant().organisation()))
                .findFirst()
                .ifPresent(other -> {
                    throw taken(profile.tenant(), other);
                });
        changed.put(profile.tenant(), profile);
        profiles = Collections.unmodifiableSortedMap(changed);
    }

    static KeywharfException taken(Tenant tenant, Tenant other) {
        return new KeywharfException(
                "batch.organisation_taken",
                tenant.name(),
                "The organisation " + tenant.organisation() + " is that of the tenant " + other
                        + " already; give the tenant a name that differs in more than hyphens and underscores");
    }

    @Override
    public synchronized void remove(Tenant tenant) {
        SortedMap<Tenant, TenantProfile> changed = new TreeMap<>(profiles);
        changed.remove(tenant);
        profiles = Collections.unmodifiableSortedMap(changed);
    }

    @Override
    public SortedMap<Tenant, TenantProfile> all() {
        return profiles;
    }

    @Override
    public String toString() {
        return "TenantProfiles" + profiles.keySet();
    }
}
