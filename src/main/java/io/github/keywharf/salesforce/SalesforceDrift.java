package io.github.keywharf.salesforce;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the fields of an object differ from those at a checkpoint, as far as the user may see them and a copy can have them.
 *
 * @param added fields that are new
 * @param removed fields that are gone, or that the user may no longer see
 * @param retyped fields of another type: the vendor's types before and now, {@code double -> string}
 */
public record SalesforceDrift(List<String> added, List<String> removed, Map<String, String> retyped) {
    /** No difference. */
    public static final SalesforceDrift NONE = new SalesforceDrift(List.of(), List.of(), Map.of());

    /** Copies lists and map. */
    public SalesforceDrift {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        retyped = Map.copyOf(retyped);
    }

    static SalesforceDrift between(Map<String, String> before, Map<String, String> now) {
        List<String> added = new ArrayList<>(now.keySet());
        added.removeAll(before.keySet());
        List<String> removed = new ArrayList<>(before.keySet());
        removed.removeAll(now.keySet());
        Map<String, String> retyped = new java.util.TreeMap<>();
        before.forEach((field, type) -> {
            String other = now.getOrDefault(field, type);
            if (!other.equals(type)) {
                retyped.put(field, type + " -> " + other);
            }
        });
        return new SalesforceDrift(added, removed, retyped);
    }

    /** Whether nothing differs. */
    public boolean isEmpty() {
        return added.isEmpty() && removed.isEmpty() && retyped.isEmpty();
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (!added.isEmpty()) {
            parts.add("added " + added);
        }
        if (!removed.isEmpty()) {
            parts.add("removed " + removed);
        }
        if (!retyped.isEmpty()) {
            parts.add("retyped " + retyped);
        }
        return parts.isEmpty() ? "no drift" : String.join(", ", parts);
    }
}
