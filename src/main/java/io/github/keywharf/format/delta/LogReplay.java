package io.github.keywharf.format.delta;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applies actions one after the other. Not thread-safe. */
final class LogReplay {

    private final DeltaPaths paths;
    private final Map<String, LogState.Transaction> transactions = new LinkedHashMap<>();
    private final Map<String, String> domains = new LinkedHashMap<>();
    private final Map<String, DeltaFile> files = new LinkedHashMap<>();
    private final Map<String, RemovedFile> removed = new LinkedHashMap<>();
    private final Map<Map<String, @Nullable String>, Map<String, @Nullable String>> partitions = new HashMap<>();
    private @Nullable DeltaProtocol protocol;
    private @Nullable DeltaMetadata metadata;
    private @Nullable DeltaTypes types;
    private Optional<Long> inCommitTimestamp = Optional.empty();
    private Instant timestamp = Instant.EPOCH;
    private long version = -1;

    LogReplay(DeltaPaths paths) {
        this.paths = paths;
    }

    LogReplay(DeltaPaths paths, LogState from) {
        this(paths);
        version = from.version();
        timestamp = from.timestamp();
        inCommitTimestamp = from.inCommitTimestamp();
        protocol = from.protocol();
        metadata = from.metadata();
        types = from.types();
        transactions.putAll(from.transactions());
        domains.putAll(from.domains());
        files.putAll(from.files());
        removed.putAll(from.removed());
    }

    long version() {
        return version;
    }

    /** Begins the actions of a version. */
    void begin(long next, Instant written) {
        version = next;
        // Times of files may go back, those of versions do not.
        timestamp = written.isAfter(timestamp) || timestamp.equals(Instant.EPOCH) ? written : timestamp.plusMillis(1);
        inCommitTimestamp = Optional.empty();
    }

    void action(String name, Fields fields) {
        switch (name) {
            case "protocol" -> protocol = DeltaProtocol.of(fields);
            case "metaData" -> {
                metadata = DeltaMetadata.of(fields);
                types = null;
            }
            case "add" -> {
                DeltaFile file = DeltaFile.of(fields, paths);
                Map<String, @Nullable String> same =
                        partitions.computeIfAbsent(file.partitionValues(), values -> values);
                String entry = file.entry();
                files.put(entry, file.withPartitionValues(same));
                removed.remove(entry);
            }
            case "remove" -> {
                RemovedFile file = RemovedFile.of(fields, paths);
                files.remove(file.entry());
                removed.put(file.entry(), file);
            }
            case "txn" ->
                transactions.put(
                        fields.text("appId"),
                        new LogState.Transaction(fields.number("version"), fields.optionalNumber("lastUpdated")));
            case "domainMetadata" -> {
                if (fields.flag("removed", false)) {
                    domains.remove(fields.text("domain"));
                } else {
                    domains.put(
                            fields.text("domain"),
                            fields.optionalText("configuration").orElse(""));
                }
            }
            case "commitInfo" -> inCommitTimestamp = fields.optionalNumber("inCommitTimestamp");
            default -> {}
        }
    }

    /** The state of a version that is known from elsewhere than a log; it has no files. */
    static LogState known(String table, long version, DeltaProtocol protocol, DeltaMetadata metadata) {
        LogReplay replay = new LogReplay(new DeltaPaths(table));
        replay.begin(version, Instant.EPOCH);
        replay.protocol = protocol;
        replay.metadata = metadata;
        return replay.state(table);
    }

    /** Checks what was read, and gives it; this replay must not be used any more. */
    LogState state(String table) {
        DeltaProtocol clients = protocol;
        DeltaMetadata what = metadata;
        if (clients == null || what == null) {
            throw DeltaErrors.corrupt(
                    table, "version " + version + " has no " + (clients == null ? "protocol" : "metadata"));
        }
        clients.checkReadable(table);
        boolean mapped = what.mapping(table) == DeltaMetadata.Mapping.NAME;
        DeltaTypes columns = types != null ? types : DeltaTypes.parse(table, what.schemaJson(), mapped);
        for (String column : what.partitionColumns()) {
            if (!columns.logical().contains(column)) {
                throw DeltaErrors.corrupt(table, "the partition column '" + column + "' is not in the schema");
            }
        }
        Optional<Long> stated = what.hasInCommitTimestamps() ? inCommitTimestamp : Optional.empty();
        return new LogState(
                version,
                stated.map(Instant::ofEpochMilli).orElse(timestamp),
                stated,
                clients,
                what,
                columns,
                transactions,
                domains,
                files,
                removed);
    }
}
