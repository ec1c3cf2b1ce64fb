package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The tenants that there are, as they were when they could last be asked for. Thread-safe. */
final class Profiles {

    private final TenantProfiles source;
    private final Consumer<String> trouble;
    private volatile SortedMap<Organisation, TenantProfile> last = Collections.emptySortedMap();
    private volatile String lastTrouble = "";

    Profiles(TenantProfiles source, Consumer<String> trouble) {
        this.source = source;
        this.trouble = trouble;
    }

    /** All profiles as of a moment ago. */
    SortedMap<Organisation, TenantProfile> all() {
        return last;
    }

    /** Whom they are asked of. */
    TenantProfiles source() {
        return source;
    }

    Optional<TenantProfile> find(Organisation tenant) {
        return Optional.ofNullable(last.get(tenant));
    }

    /** Asks for them again. */
    SortedMap<Organisation, TenantProfile> refresh() {
        try {
            last = Collections.unmodifiableSortedMap(new TreeMap<>(source.all()));
            lastTrouble = "";
        } catch (KeywharfException e) {
            failed(e);
        }
        return last;
    }

    /** They cannot be had; reported once until something else is wrong. */
    void failed(Throwable failure) {
        String reason = String.valueOf(failure);
        if (!reason.equals(lastTrouble)) {
            lastTrouble = reason;
            trouble.accept("The tenants' profiles cannot be read, and stay as they were: " + reason);
        }
    }
}
