package io.github.keywharf.format.delta;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where it is written which rows of a file are deleted.
 *
 * @param storageType {@code i} for within the log, {@code u} for a file of the table named by a UUID, {@code p} for a
 *     path
 * @param pathOrInlineDv the bytes, the UUID or the path, as {@code storageType} says
 * @param offset where in its file it begins, in bytes
 * @param sizeInBytes how many bytes it has
 * @param cardinality how many rows are deleted
 */
public record DeletionVector(
        String storageType, String pathOrInlineDv, OptionalInt offset, int sizeInBytes, long cardinality) {

    static Optional<DeletionVector> of(Fields file) {
        return file.group("deletionVector")
                .map(fields -> new DeletionVector(
                        fields.text("storageType"),
                        fields.text("pathOrInlineDv"),
                        fields.has("offset") ? OptionalInt.of(fields.small("offset")) : OptionalInt.empty(),
                        fields.small("sizeInBytes"),
                        fields.number("cardinality")));
    }

    /** Differs between the vectors of a file. */
    public String uniqueId() {
        return storageType + pathOrInlineDv + (offset.isPresent() ? "@" + offset.getAsInt() : "");
    }

    Map<String, Object> toAction() {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("storageType", storageType);
        action.put("pathOrInlineDv", pathOrInlineDv);
        offset.ifPresent(value -> action.put("offset", value));
        action.put("sizeInBytes", sizeInBytes);
        action.put("cardinality", cardinality);
        return action;
    }
}
