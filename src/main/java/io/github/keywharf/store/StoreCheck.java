package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Trial of what {@link ObjectStore} promises, by some small objects in a folder of its own, which are deleted. */
final class StoreCheck {

    static final String FOLDER = "_keywharf/check";

    /** Keys whose order by their UTF-8 bytes is neither that of their writing nor that of UTF-16. */
    private static final List<String> KEYS = List.of("b/1", "\uff0b", "a", "\ud83d\ude00", "b-1");

    private final ObjectStore store;
    private final ObjectStore folder;
    private final List<String> problems = new ArrayList<>();

    StoreCheck(ObjectStore store) {
        this.store = store;
        this.folder = store.under(FOLDER + "/" + UUID.randomUUID());
    }

    void run() {
        try {
            KEYS.forEach(this::write);
            listing();
            secondCreation();
        } finally {
            delete();
        }
        if (!problems.isEmpty()) {
            throw new KeywharfException(
                    "store.unsupported",
                    store.name(),
                    "The store does not do what is required: " + String.join("; ", problems)
                            + ". Correct its settings, or use another");
        }
    }

    private static byte[] content(String key) {
        return ("content of " + key).getBytes(StandardCharsets.UTF_8);
    }

    private void write(String key) {
        byte[] content = content(key);
        try (ObjectWriter writer = folder.create(key)) {
            writer.write(content);
            writer.commit();
        } catch (IOException e) {
            throw StoreErrors.failed(folder, key, "write it", e);
        }
        byte[] read = folder.readSmall(key);
        if (!Arrays.equals(read, content)) {
            String text = new String(read, StandardCharsets.ISO_8859_1);
            boolean chunked = text.contains("chunk-signature=") || text.contains("x-amz-checksum");
            problem("an object of " + content.length + " bytes is read as other " + read.length
                    + (chunked ? ", with the signatures of its upload: set chunkedEncoding(false)" : ""));
            return;
        }
        try (ObjectReader reader = folder.open(key)) {
            byte[] part = new byte[3];
            reader.readFully(2, part, 0, part.length);
            if (!Arrays.equals(part, Arrays.copyOfRange(content, 2, 5))) {
                problem("a part of an object is read as another one");
            }
        }
    }

    private void listing() {
        List<String> sorted = KEYS.stream().sorted(ObjectKeys.ORDER).toList();
        List<String> all = keys("", "");
        if (!all.equals(sorted)) {
            problem("objects that were written are listed as " + all + ", not as " + sorted
                    + ", the order of their keys' UTF-8 bytes");
            return;
        }
        List<String> rest = sorted.subList(2, sorted.size());
        if (!keys("", sorted.get(1)).equals(rest)) {
            problem("a listing does not begin after a key");
        }
        if (!keys("b", "").equals(List.of("b-1", "b/1"))) {
            problem("a listing is not limited to a prefix");
        }
    }

    private List<String> keys(String prefix, String startAfter) {
        try (Stream<StoredObject> objects = folder.list(prefix, startAfter)) {
            return objects.map(StoredObject::key).toList();
        }
    }

    private void secondCreation() {
        String key = "once";
        byte[] first = content(key);
        folder.createIfAbsent(key, first);
        boolean created;
        try {
            created = folder.createIfAbsent(key, content("another"));
        } catch (KeywharfException e) {
            if (!e.is(ObjectStore.OUTCOME_UNKNOWN)) {
                throw e;
            }
            created = false;
        }
        if (created || !Arrays.equals(folder.readSmall(key), first)) {
            problem("an object is created a second time, in place of the first, so that two writers may both succeed");
        }
    }

    private void problem(String text) {
        if (!problems.contains(text)) {
            problems.add(text);
        }
    }

    /** A store from which nothing may be deleted is not refused for that. */
    private void delete() {
        try {
            KEYS.forEach(folder::delete);
            folder.delete("once");
        } catch (KeywharfException e) {
            return;
        }
    }
}
