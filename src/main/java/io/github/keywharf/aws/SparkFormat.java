package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.SparkFormatReport.Action;
import io.github.keywharf.aws.SparkFormatReport.Item;
import io.github.keywharf.aws.SparkJournal.Moves;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives objects that are Parquet a name that says so.
 *
 * <p>For each object: note the move in the journal, copy to the new key unless there is one, verify the copy, delete the
 * object. The new key is the old one with {@code .parquet} behind it, so that every call means the same move, and whoever
 * finds both names and a note goes on where an earlier call stopped. Nothing is deleted before what replaces it is verified,
 * and the new key comes after the old one in a listing: a reader may find an object twice, but misses none.
 *
 * <p>Two calls at the same time do the same work once: what one of them finds done counts as done.
 */
final class SparkFormat {
    static final String SUFFIX = ".parquet";

    /** How many objects are noted together: a request for each 500, and little is forgotten when the process is killed. */
    private static final int CHUNK = 500;

    /** How often a move is tried that another call changes underneath. */
    private static final int ATTEMPTS = 3;

    private static final int BLOCK = 1 << 16;

    private final ObjectStore store;
    private final SparkJournal journal;
    private final String root;
    private final Set<SparkFormatOption> options;
    private final SparkConversion conversion;
    private final SparkFormatReport.Counter counter;

    /** Keys that this call made, which its own listing may still come to. */
    private final TreeSet<String> made = new TreeSet<>(ObjectKeys.ORDER);

    /**
     * Prepares a call.
     *
     * @param root the folder that holds all runs, with its slash; may be empty
     * @param scope the run's id
     * @param declared what the flow says that its files are
     */
    SparkFormat(ObjectStore store, String root, String scope, FlowFileType declared, Set<SparkFormatOption> options) {
        this.store = store;
        this.root = root;
        this.options = options;
        this.journal = SparkJournal.of(store, root, scope);
        this.conversion = new SparkConversion(store, journal, declared);
        this.counter = new SparkFormatReport.Counter(isDry());
    }

    /** Deals with these objects, of which those in hidden folders are passed over. */
    SparkFormatReport run(Stream<StoredObject> objects) {
        Moves known = journal.read();
        boolean any = !known.isEmpty();
        try (objects) {
            Iterator<StoredObject> rest = objects.filter(object -> DataKeys.isData(object.key(), root))
                    .iterator();
            while (rest.hasNext()) {
                List<StoredObject> chunk = new ArrayList<>();
                while (rest.hasNext() && chunk.size() < CHUNK) {
                    StoredObject object = rest.next();
                    if (!isMade(object.key())) {
                        chunk.add(object);
                    }
                }
                any |= deal(chunk, known);
            }
        }
        if (any && !isDry()) {
            removeLeftovers();
        }
        return counter.report();
    }

    private boolean isDry() {
        return options.contains(SparkFormatOption.DRY_RUN);
    }

    private boolean isMade(String key) {
        while (!made.isEmpty() && ObjectKeys.ORDER.compare(made.first(), key) < 0) {
            made.pollFirst();
        }
        return made.contains(key);
    }

    /** What is to be done with an object: a move, or to report it, or neither when it is ready. */
    private record Decision(
            @Nullable SparkMove move,
            boolean noted,
            @Nullable Item item) {

        static final Decision READY = new Decision(null, false, null);

        static Decision left(StoredObject object, String reason) {
            return new Decision(null, false, SparkFormat.left(object.key(), reason));
        }

        static Decision noted(SparkMove move) {
            return new Decision(move, true, null);
        }
    }

    private boolean deal(List<StoredObject> chunk, Moves known) {
        List<Decision> decisions = new ArrayList<>();
        Set<String> targets = new TreeSet<>();
        for (StoredObject object : chunk) {
            // The copy of an object of this chunk: an earlier call came so far.
            if (!targets.contains(object.key())) {
                Decision decision = decide(object, known);
                decisions.add(decision);
                if (decision.move != null) {
                    targets.add(decision.move.to());
                }
            }
        }
        List<SparkMove> fresh = new ArrayList<>();
        for (Decision decision : decisions) {
            if (decision.move != null && !decision.noted) {
                fresh.add(decision.move);
            }
        }
        if (!fresh.isEmpty() && !isDry()) {
            journal.plan(fresh);
        }
        for (Decision decision : decisions) {
            SparkMove move = decision.move;
            if (move != null) {
                counter.add(isDry() ? moved(move) : move(move));
                made.add(move.to());
            } else if (decision.item == null) {
                counter.ready();
            } else {
                counter.add(decision.item);
            }
        }
        return !fresh.isEmpty();
    }

    private Decision decide(StoredObject object, Moves known) {
        Optional<SparkMove> noted = known.of(object.key(), object.etag());
        boolean mayConvert = options.contains(SparkFormatOption.CONVERT);
        if (noted.filter(move -> !move.convert() || mayConvert || SparkConversion.isMade(store, move))
                .isPresent()) {
            return Decision.noted(noted.get());
        }
        StoredObject now;
        FileKind kind;
        try (ObjectReader reader = store.open(object.key())) {
            now = reader.object();
            kind = FileKind.of(reader);
        } catch (KeywharfException e) {
            if (e.is(ObjectStore.NOT_FOUND)) {
                return decideGone(object);
            }
            throw e;
        }
        boolean named = object.key().endsWith(SUFFIX);
        if (kind == FileKind.PARQUET && named) {
            return Decision.READY;
        }
        boolean text = kind == FileKind.TEXT || kind == FileKind.JSON_LINES;
        boolean convert = text && mayConvert;
        if (kind != FileKind.PARQUET && !convert) {
            return Decision.left(object, "It is " + kind + (named ? ", in spite of its name" : ""));
        }
        String to = object.key() + SUFFIX;
        try {
            ObjectKeys.check(to);
        } catch (IllegalArgumentException e) {
            return Decision.left(object, "Its key is too long for " + SUFFIX + " behind it");
        }
        SparkMove move = new SparkMove(now.key(), now.etag(), now.size(), now.lastModified(), to, convert);
        if (find(to) == null) {
            return new Decision(move, false, null);
        }
        // Another call may have come so far since the journal was read.
        return journal.read().of(now.key(), now.etag()).map(Decision::noted).orElseGet(() -> taken(now, to));
    }

    /** A later run wrote the key again after its file had got its name, or somebody else's object has that. */
    private Decision taken(StoredObject object, String to) {
        boolean older = SparkJournal.readAll(store, root)
                .to(to)
                .filter(move -> move.from().equals(object.key()))
                .isPresent();
        if (!older) {
            return Decision.left(object, "There is an object " + to + " already");
        }
        String reason = "Its older version is " + to
                + ", and Spark reads both; delete the one that is not wanted, and call" + " this again";
        return new Decision(null, false, new Item(object.key(), Action.DOUBLED, Optional.empty(), reason));
    }

    /** The object is gone since it was listed: another call has moved it, or somebody has deleted it. */
    private Decision decideGone(StoredObject object) {
        return journal.read()
                .of(object.key(), object.etag())
                .map(Decision::noted)
                .orElseGet(() -> Decision.left(object, "It was deleted meanwhile"));
    }

    private Item move(SparkMove move) {
        for (int attempt = 1; ; attempt++) {
            try {
                return tryMove(move);
            } catch (KeywharfException e) {
                boolean changed = e.is(ObjectStore.NOT_FOUND) || e.is(ObjectStore.REPLACED);
                if (!changed || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Item tryMove(SparkMove move) {
        StoredObject source = find(move.from());
        if (source == null) {
            return find(move.to()) == null ? left(move.from(), "It was deleted meanwhile") : moved(move);
        }
        String problem = source.etag().equals(move.etag())
                ? move.convert() ? conversion.run(move) : copy(move)
                : "It was replaced meanwhile";
        if (problem.isEmpty()) {
            StoredObject still = find(move.from());
            if (still != null && !still.etag().equals(move.etag())) {
                problem = "It was replaced meanwhile";
            }
        }
        if (!problem.isEmpty()) {
            return left(move.from(), problem);
        }
        store.delete(move.from());
        return moved(move);
    }

    /** Returns why the object cannot get its name, or nothing when the copy is there and good. */
    private String copy(SparkMove move) {
        boolean copied;
        try {
            copied = store.copy(move.source(), move.to());
        } catch (KeywharfException e) {
            if (!e.is(ObjectStore.OUTCOME_UNKNOWN)) {
                throw e;
            }
            copied = false;
        }
        try (ObjectReader from = store.open(move.from());
                ObjectReader to = store.open(move.to())) {
            boolean good = to.object().size() == move.size() && FileKind.of(to) == FileKind.PARQUET;
            if (copied && !good) {
                return "Its copy " + move.to() + " is not the same";
            }
            return good && (copied || isSame(from, to)) ? "" : "There is another object " + move.to() + " already";
        }
    }

    private static boolean isSame(ObjectReader left, ObjectReader right) {
        byte[] a = new byte[BLOCK];
        byte[] b = new byte[BLOCK];
        try (InputStream from = left.stream();
                InputStream to = right.stream()) {
            while (true) {
                int read = from.readNBytes(a, 0, BLOCK);
                if (to.readNBytes(b, 0, BLOCK) != read || !Arrays.equals(a, 0, read, b, 0, read)) {
                    return false;
                }
                if (read < BLOCK) {
                    return true;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable StoredObject find(String key) {
        try (Stream<StoredObject> objects = store.list(key)) {
            // The key itself comes before all that it begins.
            return objects.findFirst()
                    .filter(object -> object.key().equals(key))
                    .orElse(null);
        }
    }

    /** Deletes what a killed call has converted and not named. */
    private void removeLeftovers() {
        try (Stream<StoredObject> leftovers = store.list(journal.converting())) {
            Iterator<StoredObject> each = leftovers.iterator();
            if (!each.hasNext()) {
                return;
            }
            List<SparkMove> moves = journal.read().all();
            while (each.hasNext()) {
                String key = each.next().key();
                boolean needed = moves.stream()
                        .filter(move -> journal.converting(move).equals(key))
                        .anyMatch(this::isOpen);
                if (!needed) {
                    store.delete(key);
                }
            }
        }
    }

    private boolean isOpen(SparkMove move) {
        StoredObject source = find(move.from());
        return source != null && source.etag().equals(move.etag());
    }

    private static Item moved(SparkMove move) {
        return new Item(move.from(), move.convert() ? Action.CONVERTED : Action.RENAMED, Optional.of(move.to()), "");
    }

    private static Item left(String key, String reason) {
        return new Item(key, Action.LEFT, Optional.empty(), reason);
    }
}
