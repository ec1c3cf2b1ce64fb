package io.github.keywharf.format.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Reads the log of a table. Thread-safe. */
final class DeltaLog {

    private static final ObjectReader LINES = new JsonMapper().readerFor(new TypeReference<Map<String, Object>>() {});
    private static final List<String> CHECKPOINTED =
            List.of("protocol", "metaData", "add", "remove", "txn", "domainMetadata");

    /** How often a log is read again because a file of it was cleaned up meanwhile. */
    private static final int ATTEMPTS = 3;

    final ObjectStore store;
    final DeltaPaths paths;

    /** @param store whose keys are relative to the table's folder */
    DeltaLog(ObjectStore store) {
        this(store, store.name());
    }

    /** @param name what messages call the table */
    DeltaLog(ObjectStore store, String name) {
        this.store = store;
        this.paths = new DeltaPaths(name);
    }

    String name() {
        return paths.location();
    }

    /** The newest version. */
    LogState newest() {
        return load(Optional.empty());
    }

    /**
     * A version.
     *
     * @param wanted from 0 on; the newest when empty
     */
    LogState load(Optional<Long> wanted) {
        for (int attempt = 1; ; attempt++) {
            try {
                return load(wanted.isPresent() ? LogListing.all(store) : LogListing.newest(store), wanted);
            } catch (KeywharfException e) {
                if (!DeltaErrors.isNotFound(e)) {
                    throw e;
                }
                if (attempt == ATTEMPTS) {
                    throw DeltaErrors.corrupt(name(), "a file of the log is listed, but cannot be found", e);
                }
            }
        }
    }

    private LogState load(LogListing listing, Optional<Long> wanted) {
        long newest = listing.newestVersion()
                .orElseThrow(() -> new KeywharfException(
                        DeltaTable.NOT_A_TABLE,
                        name(),
                        "There is no Delta table: " + LogListing.FOLDER
                                + " has no version; check the folder, or create the table"));
        long version = wanted.orElse(newest);
        if (version > newest || version < 0) {
            throw DeltaErrors.noVersion(
                    name(), "There is no version " + version + ": the newest is " + newest + "; ask for one up to it");
        }
        Map.Entry<Long, List<StoredObject>> checkpoint = listing.checkpoints().floorEntry(version);
        LogReplay replay = new LogReplay(paths);
        if (checkpoint != null) {
            replay.begin(checkpoint.getKey(), checkpointTime(listing, checkpoint));
            readCheckpoint(checkpoint.getValue(), replay);
        } else if (!listing.commits().containsKey(0L)) {
            throw DeltaErrors.noVersion(
                    name(),
                    "Version " + version + " cannot be read: the log begins at "
                            + (listing.commits().isEmpty()
                                    ? "a checkpoint after it"
                                    : listing.commits().firstKey())
                            + " and has no checkpoint up to that version, as its beginning was cleaned up; ask for a"
                            + " newer version");
        }
        for (long next = replay.version() + 1; next <= version; next++) {
            StoredObject commit = listing.commits().get(next);
            if (commit == null) {
                throw DeltaErrors.corrupt(
                        name(),
                        "the log has a gap: version " + next + " is missing, though there are " + (next - 1) + " and "
                                + newest);
            }
            commit(next).applyTo(replay);
        }
        Optional<Long> stated = checkpoint != null && checkpoint.getKey() == version
                ? inCommitTimestamp(version, listing)
                : Optional.empty();
        stated.ifPresent(time -> replay.action("commitInfo", new Fields(Map.of("inCommitTimestamp", time), name())));
        return replay.state(name());
    }

    private static Instant checkpointTime(LogListing listing, Map.Entry<Long, List<StoredObject>> checkpoint) {
        StoredObject commit = listing.commits().get(checkpoint.getKey());
        return (commit == null ? checkpoint.getValue().get(0) : commit).lastModified();
    }

    /** A checkpoint does not say it, but the commit does as long as it is there. */
    private Optional<Long> inCommitTimestamp(long version, LogListing listing) {
        return listing.commits().containsKey(version) ? inCommitTimestamp(version) : Optional.empty();
    }

    /** The time that a commit states in its first line. */
    Optional<Long> inCommitTimestamp(long version) {
        String key = LogListing.commit(version);
        try (io.github.keywharf.store.ObjectReader object = store.open(key);
                InputStream in = object.stream();
                MappingIterator<Map<String, Object>> lines = LINES.readValues(in)) {
            return lines.hasNextValue()
                    ? new Fields(lines.nextValue(), key)
                            .group("commitInfo")
                            .flatMap(info -> info.optionalNumber("inCommitTimestamp"))
                    : Optional.empty();
        } catch (IOException e) {
            throw damaged(key, e);
        }
    }

    /** What a commit says, by the actions' names. */
    record Commit(long version, Instant written, Map<String, List<Fields>> actions) {

        List<Fields> actions(String name) {
            return actions.getOrDefault(name, List.of());
        }

        private void applyTo(LogReplay replay) {
            replay.begin(version, written);
            // What a commit removes goes first, whatever the order of its lines.
            actions("remove").forEach(fields -> replay.action("remove", fields));
            actions.forEach((name, all) -> {
                if (!name.equals("remove")) {
                    all.forEach(fields -> replay.action(name, fields));
                }
            });
        }
    }

    /** The state after a commit and all that follow it. */
    LogState after(LogState state, Commit next) {
        LogReplay replay = new LogReplay(paths, state);
        next.applyTo(replay);
        for (Optional<Commit> more = find(next.version() + 1); more.isPresent(); more = find(replay.version() + 1)) {
            more.get().applyTo(replay);
        }
        return replay.state(name());
    }

    /** A commit; empty when there is none of that version. */
    Optional<Commit> find(long version) {
        try {
            return Optional.of(commit(version));
        } catch (KeywharfException e) {
            if (DeltaErrors.isNotFound(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Commit commit(long version) {
        String key = LogListing.commit(version);
        Map<String, List<Fields>> actions = new LinkedHashMap<>();
        try (io.github.keywharf.store.ObjectReader object = store.open(key);
                InputStream in = object.stream()) {
            lines(
                    key,
                    in,
                    (name, fields) -> actions.computeIfAbsent(name, all -> new ArrayList<>())
                            .add(fields));
            return new Commit(version, object.object().lastModified(), actions);
        } catch (IOException e) {
            throw damaged(key, e);
        }
    }

    private static KeywharfException damaged(String key, IOException e) {
        if (e.getCause() instanceof KeywharfException cause) {
            return cause;
        }
        String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.toString();
        return DeltaErrors.corrupt(key, "it is not lines of JSON: " + problem, e);
    }

    private static void lines(String key, InputStream in, BiConsumer<String, Fields> taker) throws IOException {
        try (MappingIterator<Map<String, Object>> lines = LINES.readValues(in)) {
            while (lines.hasNextValue()) {
                Fields line = new Fields(lines.nextValue(), key);
                for (Object name : line.values().keySet()) {
                    String action = String.valueOf(name);
                    line.group(action).ifPresent(fields -> taker.accept(action, fields));
                }
            }
        }
    }

    private void readCheckpoint(List<StoredObject> parts, LogReplay replay) {
        List<String> sidecars = new ArrayList<>();
        BiConsumer<String, Fields> taker = (name, fields) -> {
            if (name.equals("sidecar")) {
                sidecars.add(sidecar(fields));
            } else {
                replay.action(name, fields);
            }
        };
        for (StoredObject part : parts) {
            if (part.key().endsWith(".json")) {
                try (io.github.keywharf.store.ObjectReader object = store.open(part.key());
                        InputStream in = object.stream()) {
                    lines(part.key(), in, taker);
                } catch (IOException e) {
                    throw damaged(part.key(), e);
                }
            } else {
                readParquet(part.key(), taker);
            }
        }
        sidecars.forEach(key -> readParquet(key, replay::action));
    }

    private String sidecar(Fields fields) {
        String path = fields.text("path");
        return path.indexOf('/') < 0 ? LogListing.SIDECARS + paths.key(path) : paths.key(path);
    }

    private void readParquet(String key, BiConsumer<String, Fields> taker) {
        List<String> wanted = new ArrayList<>(CHECKPOINTED);
        wanted.add("sidecar");
        ParquetReader reader = Parquet.reader(store, key);
        wanted.retainAll(reader.schema().names());
        if (wanted.isEmpty()) {
            throw DeltaErrors.corrupt(key, "it is not a checkpoint: it has none of the columns " + CHECKPOINTED);
        }
        try (Rows rows = reader.columns(wanted).rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                for (int column = 0; column < wanted.size(); column++) {
                    ColumnVector vector = batch.column(column);
                    for (int row = 0; row < batch.size(); row++) {
                        if (vector.value(row) instanceof Map<?, ?> fields) {
                            taker.accept(wanted.get(column), new Fields(fields, key));
                        }
                    }
                }
            }
        }
    }
}
