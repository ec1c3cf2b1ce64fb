package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The notes of one load as numbered objects of a folder, each written once; the one with the highest number counts. */
final class BulkNotes {
    private static final Logger LOG = LoggerFactory.getLogger(BulkNotes.class);
    private static final Pattern KEY = Pattern.compile("\\d{20}\\.json");

    /** How many notes are left: one that is read meanwhile should not go away. */
    private static final int KEPT = 3;

    private final ObjectStore folder;
    private long number;
    private boolean deletes = true;

    BulkNotes(ObjectStore store, String key) {
        this.folder = store.under(key);
    }

    String name() {
        return folder.name();
    }

    Optional<BulkNote> latest() {
        while (true) {
            List<Long> numbers = numbers();
            if (numbers.isEmpty()) {
                return Optional.empty();
            }
            number = numbers.get(numbers.size() - 1);
            try {
                return Optional.of(BulkNote.parse(name() + "/" + key(number), folder.readSmall(key(number))));
            } catch (KeywharfException e) {
                if (!e.code().equals("store.not_found")) {
                    throw e;
                }
            }
        }
    }

    /**
     * Writes the next note and removes old ones.
     *
     * @throws KeywharfException with code {@code cassandra.checkpoint_taken} when another load has written it
     */
    void write(BulkNote note) {
        String key = key(number + 1);
        byte[] content = note.json();
        if (!folder.createIfAbsent(key, content) && !Arrays.equals(folder.readSmall(key), content)) {
            throw new KeywharfException(
                    "cassandra.checkpoint_taken",
                    name(),
                    "Another load writes this checkpoint; let it end, or give each load a checkpoint of its own");
        }
        number++;
        prune();
    }

    private void prune() {
        if (!deletes || number <= KEPT) {
            return;
        }
        try {
            folder.delete(key(number - KEPT));
        } catch (KeywharfException e) {
            // A store that lets nobody delete keeps all notes, which harms nothing but tidiness.
            deletes = false;
            LOG.atDebug().setCause(e).addKeyValue("checkpoint", name()).log("Old notes are not deleted");
        }
    }

    private List<Long> numbers() {
        try (Stream<StoredObject> listed = folder.list("")) {
            return listed.map(StoredObject::key)
                    .filter(key -> KEY.matcher(key).matches())
                    .map(key -> Long.parseLong(key.substring(0, 20)))
                    .toList();
        }
    }

    private static String key(long number) {
        return String.format(Locale.ROOT, "%020d.json", number);
    }
}
