package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file of a run: which version of which object, and how it is read.
 *
 * @param object the version
 * @param format how it is read
 */
record FlowFile(PinnedObject object, FlowFormat format) {

    /** The columns, where the file says so; null for JSON lines, which say so only by all their lines. */
    @Nullable
    Schema ownSchema() {
        return format == FlowFormat.JSON_LINES ? null : format.schema(object);
    }

    /** The keys of the first of its JSON lines; none when it cannot be read. */
    Schema firstKeys() {
        try (Rows rows = JsonLines.reader(object.key(), object::stream).rows()) {
            return rows.schema();
        } catch (KeywharfException e) {
            if (!e.is(JsonLines.BAD_HEADER)) {
                throw e;
            }
            return Schema.of();
        }
    }

    /**
     * Looks at an object. One that {@link SparkFormat} has given another name since it was listed is found under that.
     *
     * @param keepsTail whether the object's end is kept for what is read next
     * @throws KeywharfException with code {@code store.replaced} when it is another version than listed
     */
    static FlowFile of(
            ObjectStore store, StoredObject listed, FlowFileType declared, SparkJournal journal, boolean keepsTail) {
        PinnedObject pinned = new PinnedObject(store, listed, keepsTail);
        try {
            return of(pinned, declared);
        } catch (KeywharfException e) {
            Optional<SparkMove> move =
                    e.is(ObjectStore.NOT_FOUND) ? journal.read().of(listed.key(), listed.etag()) : Optional.empty();
            if (move.isEmpty()) {
                throw e;
            }
            try (ObjectReader reader = store.open(move.get().to())) {
                if (!isCopy(store, move.get(), reader)) {
                    throw e;
                }
                return of(new PinnedObject(store, reader.object(), keepsTail), declared);
            }
        }
    }

    private static FlowFile of(PinnedObject pinned, FlowFileType declared) {
        try (ObjectReader reader = pinned.open()) {
            return new FlowFile(pinned, FlowFormat.of(FileKind.of(reader), declared, pinned.name()));
        }
    }

    /** Whether an object can be what another one became, and not somebody else's of that name. */
    private static boolean isCopy(ObjectStore store, SparkMove move, ObjectReader made) {
        return move.convert()
                ? SparkConversion.isMade(store, move)
                : made.object().size() == move.size();
    }

    /** Leaves out objects whose copy under another name is there too, as while {@link SparkFormat} is at work. */
    static List<StoredObject> withoutCopies(
            ObjectStore store, List<StoredObject> objects, Supplier<SparkJournal.Moves> journal) {
        TreeMap<String, StoredObject> byKey = new TreeMap<>();
        objects.forEach(object -> byKey.put(object.key(), object));
        boolean anyTwice = objects.stream().anyMatch(object -> byKey.containsKey(object.key() + SparkFormat.SUFFIX));
        if (anyTwice) {
            SparkJournal.Moves moves = journal.get();
            for (StoredObject object : objects) {
                moves.of(object.key(), object.etag())
                        .filter(move -> byKey.containsKey(move.to()) && isCopied(store, move))
                        .ifPresent(move -> byKey.remove(move.from()));
            }
        }
        return List.copyOf(byKey.values());
    }

    private static boolean isCopied(ObjectStore store, SparkMove move) {
        if (move.convert()) {
            return SparkConversion.isMade(store, move);
        }
        try (ObjectReader from = store.open(move.from());
                ObjectReader to = store.open(move.to())) {
            return from.object().size() == to.object().size() && Arrays.equals(tail(from), tail(to));
        } catch (KeywharfException e) {
            if (e.is(ObjectStore.NOT_FOUND)) {
                return true;
            }
            throw e;
        }
    }

    private static byte[] tail(ObjectReader object) {
        byte[] tail = new byte[(int) Math.min(PinnedObject.TAIL, object.object().size())];
        object.readFully(object.object().size() - tail.length, tail, 0, tail.length);
        return tail;
    }
}
