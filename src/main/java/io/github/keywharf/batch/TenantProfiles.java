package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The tenants that there are now, with their profiles; asked each time one is needed, so that changes take effect.
 * Implementations are thread-safe.
 */
public interface TenantProfiles {

    /** How often a directory is looked at, at most: once a second. */
    Duration DEFAULT_REFRESH = Duration.ofSeconds(1);

    /** The most tenants of a directory, 10,000. */
    int MAX_TENANTS = 10_000;

    /** All profiles, by tenant. */
    SortedMap<Organisation, TenantProfile> all();

    /** The profile of a tenant. */
    default Optional<TenantProfile> find(Organisation tenant) {
        return Optional.ofNullable(all().get(tenant));
    }

    /** Profiles that the host puts and removes. */
    interface Editable extends TenantProfiles {

        /** Adds a tenant, or replaces its profile. */
        void put(TenantProfile profile);

        /** Removes a tenant; one that is not there is removed. */
        void remove(Organisation tenant);
    }

    /** Profiles in memory, none at first. */
    static Editable inMemory() {
        return new MemoryProfiles();
    }

    /** The profiles of a directory, with the system's clock; problems of its files are logged through SLF4J. */
    static TenantProfiles directory(Path directory) {
        return directory(directory, InstantSource.system(), EventListener.slf4j());
    }

    /**
     * The profiles of a directory: a file {@code <tenant>.json} each. Files that are added, changed or removed are noticed
     * within {@link #DEFAULT_REFRESH}. Where a file cannot be read, its tenant keeps the profile that it had, if any, and
     * the listener gets one event for each problem of the file: {@code batch.tenant.trouble}, or a
     * {@code batch.platform.trouble} where the name is not a tenant's. Symbolic links are not followed.
     */
    static TenantProfiles directory(Path directory, InstantSource clock, EventListener listener) {
        return new DirectoryProfiles(directory, clock, listener.guarded());
    }
}
