package io.github.keywharf.format.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a log.
 *
 * @param commits by version
 * @param checkpoints complete ones, by version
 */
record LogListing(NavigableMap<Long, StoredObject> commits, NavigableMap<Long, List<StoredObject>> checkpoints) {

    static final String FOLDER = "_delta_log/";
    static final String SIDECARS = FOLDER + "_sidecars/";
    static final String LAST_CHECKPOINT = FOLDER + "_last_checkpoint";

    private static final int MAX_HINT_BYTES = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();
    private static final String UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    private static final Pattern NAME = Pattern.compile("_delta_log/(00\\d{18})\\."
            + "(?:(json)|(checkpoint\\.parquet|checkpoint\\." + UUID + "\\.(?:parquet|json))"
            + "|checkpoint\\.(\\d{10})\\.(\\d{10})\\.parquet)");

    static String commit(long version) {
        return name(version) + ".json";
    }

    static String checkpoint(long version) {
        return name(version) + ".checkpoint.parquet";
    }

    private static String name(long version) {
        return FOLDER + String.format(Locale.ROOT, "%020d", version);
    }

    /** All files, or those from the newest checkpoint on if the hint of where it is can be trusted. */
    static LogListing newest(ObjectStore table) {
        Optional<Long> hint = hint(table);
        if (hint.isPresent()) {
            LogListing listing = from(table, name(hint.get()));
            if (!listing.checkpoints.isEmpty()) {
                return listing;
            }
        }
        return all(table);
    }

    static LogListing all(ObjectStore table) {
        return from(table, FOLDER);
    }

    /** Only a hint: it may be missing, damaged, old, or about a checkpoint that was never completed. */
    private static Optional<Long> hint(ObjectStore table) {
        try {
            Optional<byte[]> content = table.find(LAST_CHECKPOINT, MAX_HINT_BYTES);
            if (content.isEmpty()) {
                return Optional.empty();
            }
            JsonNode version = JSON.readTree(content.get()).path("version");
            return Optional.of(version)
                    .filter(node -> node.isIntegralNumber() && node.canConvertToLong())
                    .map(JsonNode::longValue)
                    .filter(number -> number >= 0);
        } catch (IOException e) {
            return Optional.empty();
        } catch (KeywharfException e) {
            if (e.is(ObjectStore.TOO_LARGE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static LogListing from(ObjectStore table, String startAfter) {
        NavigableMap<Long, StoredObject> commits = new TreeMap<>();
        NavigableMap<Long, List<StoredObject>> checkpoints = new TreeMap<>();
        Map<String, NavigableMap<Integer, StoredObject>> parts = new TreeMap<>();
        // Versions have 18 digits at most, so that the names of all begin with zeros; the log's own folders do not.
        try (Stream<StoredObject> objects = table.list(FOLDER + "0", startAfter)) {
            objects.forEach(object -> {
                Matcher name = NAME.matcher(object.key());
                if (!name.matches()) {
                    return;
                }
                long version = Long.parseLong(name.group(1));
                if (name.group(2) != null) {
                    commits.put(version, object);
                } else if (name.group(3) != null) {
                    checkpoints.put(version, List.of(object));
                } else {
                    NavigableMap<Integer, StoredObject> known =
                            parts.computeIfAbsent(name.group(1) + "/" + name.group(5), all -> new TreeMap<>());
                    known.put((int) Long.parseLong(name.group(4)), object);
                    if (known.size() == Long.parseLong(name.group(5))) {
                        checkpoints.putIfAbsent(version, List.copyOf(known.values()));
                    }
                }
            });
        }
        return new LogListing(commits, checkpoints);
    }

    /** The newest version there is; empty when there is none. */
    Optional<Long> newestVersion() {
        long newest = Math.max(
                commits.isEmpty() ? -1 : commits.lastKey(), checkpoints.isEmpty() ? -1 : checkpoints.lastKey());
        return newest < 0 ? Optional.empty() : Optional.of(newest);
    }
}
