package io.github.keywharf.sharing;

import io.github.keywharf.KeywharfException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a reconciliation did.
 *
 * @param checked how many tenants there were
 * @param repaired the tenants that have another profile now, or have one for the first time
 * @param removed the tenants whose revocation was finished
 * @param expired the tenants whose token has ended, and was left so
 * @param failed the tenants that could not be brought up to date, and why
 */
public record ReconcileReport(
        int checked,
        List<String> repaired,
        List<String> removed,
        List<String> expired,
        Map<String, KeywharfException> failed) {

    /** Copies lists and map. */
    public ReconcileReport {
        repaired = List.copyOf(repaired);
        removed = List.copyOf(removed);
        expired = List.copyOf(expired);
        failed = Collections.unmodifiableMap(new TreeMap<>(failed));
    }

    @Override
    public String toString() {
        return checked + " tenants, repaired " + repaired + ", removed " + removed + ", expired " + expired
                + ", failed " + failed.keySet();
    }
}
