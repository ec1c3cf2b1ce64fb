package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Profiles in memory; each change makes a new map. */
final class MemoryProfiles implements TenantProfiles.Editable {
    private volatile SortedMap<Organisation, TenantProfile> profiles = Collections.emptySortedMap();

    @Override
    public synchronized void put(TenantProfile profile) {
        SortedMap<Organisation, TenantProfile> changed = new TreeMap<>(profiles);
        changed.put(profile.tenant(), profile);
        profiles = Collections.unmodifiableSortedMap(changed);
    }

    @Override
    public synchronized void remove(Organisation tenant) {
        SortedMap<Organisation, TenantProfile> changed = new TreeMap<>(profiles);
        changed.remove(tenant);
        profiles = Collections.unmodifiableSortedMap(changed);
    }

    @Override
    public SortedMap<Organisation, TenantProfile> all() {
        return profiles;
    }

    @Override
    public String toString() {
        return "TenantProfiles" + profiles.keySet();
    }
}
