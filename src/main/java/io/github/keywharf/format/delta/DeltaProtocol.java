package io.github.keywharf.format.delta;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a reader and a writer of a table must be able to do.
 *
 * @param minReaderVersion from 3 on the reader features are named
 * @param minWriterVersion from 7 on the writer features are named
 * @param readerFeatures in alphabetical order; empty below version 3
 * @param writerFeatures in alphabetical order; empty below version 7
 */
public record DeltaProtocol(
        int minReaderVersion, int minWriterVersion, Set<String> readerFeatures, Set<String> writerFeatures) {

    static final int READER_FEATURES = 3;
    static final int WRITER_FEATURES = 7;
    static final String NTZ = "timestampNtz";
    static final String COLUMN_MAPPING = "columnMapping";
    static final String IN_COMMIT_TIMESTAMP = "inCommitTimestamp";

    private static final Set<String> READABLE =
            Set.of("deletionVectors", COLUMN_MAPPING, NTZ, "v2Checkpoint", "vacuumProtocolCheck");

    private static final Set<String> WRITABLE = Set.of(
            "appendOnly",
            "invariants",
            "checkConstraints",
            "changeDataFeed",
            "generatedColumns",
            COLUMN_MAPPING,
            "identityColumns",
            "allowColumnDefaults",
            "deletionVectors",
            NTZ,
            "v2Checkpoint",
            IN_COMMIT_TIMESTAMP,
            "vacuumProtocolCheck",
            "domainMetadata");

    /** Sorts the features, and copies them. */
    public DeltaProtocol {
        readerFeatures = Collections.unmodifiableSet(new TreeSet<>(readerFeatures));
        writerFeatures = Collections.unmodifiableSet(new TreeSet<>(writerFeatures));
    }

    /** The reader features that this library has. */
    public static Set<String> readableFeatures() {
        return Collections.unmodifiableSet(new TreeSet<>(READABLE));
    }

    static DeltaProtocol of(Fields fields) {
        return new DeltaProtocol(
                fields.small("minReaderVersion"),
                fields.small("minWriterVersion"),
                Set.copyOf(fields.list("readerFeatures").orElse(List.of())),
                Set.copyOf(fields.list("writerFeatures").orElse(List.of())));
    }

    void checkReadable(String table) {
        if (minReaderVersion > READER_FEATURES) {
            throw DeltaErrors.unsupported(
                    table,
                    "needs reader version " + minReaderVersion + ", but this library knows " + READER_FEATURES
                            + "; use a newer library");
        }
        check(table, "reader", readerFeatures, READABLE);
    }

    /** Checks the features alone; whether they are in use is for {@link DeltaMetadata#checkWritable} to say. */
    void checkWritable(String table) {
        if (minWriterVersion > WRITER_FEATURES) {
            throw DeltaErrors.unsupported(
                    table,
                    "needs writer version " + minWriterVersion + ", but this library knows " + WRITER_FEATURES
                            + "; use a newer library");
        }
        check(table, "writer", writerFeatures, WRITABLE);
    }

    private static void check(String table, String role, Set<String> features, Set<String> known) {
        List<String> unknown =
                features.stream().filter(feature -> !known.contains(feature)).toList();
        if (!unknown.isEmpty()) {
            throw DeltaErrors.unsupported(
                    table,
                    "needs the " + role + " features " + unknown
                            + ", which this library does not have; drop them from the table, or use another client");
        }
    }

    Map<String, Object> toAction() {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("minReaderVersion", minReaderVersion);
        action.put("minWriterVersion", minWriterVersion);
        if (minReaderVersion >= READER_FEATURES) {
            action.put("readerFeatures", List.copyOf(readerFeatures));
        }
        if (minWriterVersion >= WRITER_FEATURES) {
            action.put("writerFeatures", List.copyOf(writerFeatures));
        }
        return action;
    }
}
