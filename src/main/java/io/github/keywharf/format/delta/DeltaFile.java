package io.github.keywharf.format.delta;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A data file of a table.
 *
 * @param path as the log has it: percent-encoded
 * @param key in the table's folder of the store, decoded; always inside of it
 * @param size in bytes
 * @param partitionValues the text of each partition column's value, null where it is absent; by the columns' physical names,
 *     see {@link DeltaSnapshot#partitionValue}
 * @param modificationTime when it was written
 * @param stats the statistics as JSON, by the columns' physical names
 * @param deletionVector which of its rows are deleted
 * @param tags whatever a writer noted
 */
public record DeltaFile(
        String path,
        String key,
        long size,
        Map<String, @Nullable String> partitionValues,
        Instant modificationTime,
        Optional<String> stats,
        Optional<DeletionVector> deletionVector,
        Map<String, String> tags) {

    /** Of an action that adds or removes a file; one that removes it need not say much. */
    static DeltaFile of(Fields fields, DeltaPaths paths) {
        String path = fields.text("path");
        return new DeltaFile(
                path,
                paths.key(path),
                fields.optionalNumber("size").orElse(0L),
                fields.texts("partitionValues"),
                Instant.ofEpochMilli(fields.optionalNumber("modificationTime").orElse(0L)),
                fields.optionalText("stats").or(() -> FileStats.ofParsed(fields.group("stats_parsed"))),
                DeletionVector.of(fields),
                fields.presentTexts("tags"));
    }

    /** What the log keeps apart: the same file with another deletion vector is another entry. */
    String entry() {
        return deletionVector.isEmpty()
                ? key
                : key + "\n" + deletionVector.get().uniqueId();
    }

    DeltaFile withPartitionValues(Map<String, @Nullable String> same) {
        return new DeltaFile(path, key, size, same, modificationTime, stats, deletionVector, tags);
    }

    /** The same file with all its rows. */
    DeltaFile withoutDeletionVector() {
        return new DeltaFile(path, key, size, partitionValues, modificationTime, stats, Optional.empty(), tags);
    }

    /** How many rows it has that are not deleted, where the statistics say so. */
    public OptionalLong rowCount() {
        OptionalLong rows = FileStats.of(this).rows();
        long deleted = deletionVector.map(DeletionVector::cardinality).orElse(0L);
        return rows.isPresent() ? OptionalLong.of(rows.getAsLong() - deleted) : rows;
    }

    /** @param dataChange whether it has rows that the table did not have before */
    Map<String, Object> toAction(boolean dataChange) {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("path", path);
        action.put("partitionValues", partitionValues);
        action.put("size", size);
        action.put("modificationTime", modificationTime.toEpochMilli());
        action.put("dataChange", dataChange);
        stats.ifPresent(value -> action.put("stats", value));
        deletionVector.ifPresent(value -> action.put("deletionVector", value.toAction()));
        if (!tags.isEmpty()) {
            action.put("tags", tags);
        }
        return Collections.unmodifiableMap(action);
    }

    /** That it is no longer part of the table, whose rows stay. */
    Map<String, Object> toRemoval(Instant now) {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("path", path);
        action.put("deletionTimestamp", now.toEpochMilli());
        action.put("dataChange", false);
        action.put("extendedFileMetadata", true);
        action.put("partitionValues", partitionValues);
        action.put("size", size);
        deletionVector.ifPresent(value -> action.put("deletionVector", value.toAction()));
        if (!tags.isEmpty()) {
            action.put("tags", tags);
        }
        return Collections.unmodifiableMap(action);
    }
}
