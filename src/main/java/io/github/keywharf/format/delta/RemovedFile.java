package io.github.keywharf.format.delta;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file that is no longer part of the table, kept in checkpoints for a while so that whoever cleans up finds it. */
record RemovedFile(String entry, long deleted, Map<String, Object> action) {

    static RemovedFile of(Fields fields, DeltaPaths paths) {
        Map<String, Object> action = new LinkedHashMap<>();
        for (String name : new String[] {
            "path", "deletionTimestamp", "dataChange", "extendedFileMetadata", "partitionValues", "size", "tags"
        }) {
            Object value = fields.values().get(name);
            if (value != null) {
                action.put(name, value);
            }
        }
        DeletionVector vector = DeletionVector.of(fields).orElse(null);
        if (vector != null) {
            action.put("deletionVector", vector.toAction());
        }
        String key = paths.keyOrPath(fields.text("path"));
        return new RemovedFile(
                vector == null ? key : key + "\n" + vector.uniqueId(),
                fields.optionalNumber("deletionTimestamp").orElse(0L),
                Collections.unmodifiableMap(action));
    }
}
