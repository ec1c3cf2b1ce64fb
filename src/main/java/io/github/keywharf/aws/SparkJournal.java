package io.github.keywharf.aws;

import io.github.keywharf.store.Journal;
import io.github.keywharf.store.ObjectStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SparkFormat} is about to do or has done to the objects of a run, kept beside them in a folder that Spark passes
 * over. A move is in it before the object has its second name, so that whoever finds an object under both knows why.
 */
final class SparkJournal {
    /** Below the folder of the objects. */
    static final String FOLDER = "_keywharf/spark-format/";

    private final ObjectStore store;
    private final String folder;
    private final Journal<List<SparkMove>> journal;

    private SparkJournal(ObjectStore store, String folder) {
        this.store = store;
        this.folder = folder;
        this.journal = journal(store, folder);
    }

    /**
     * The journal of a run.
     *
     * @param root the folder that holds all runs, with its slash; may be empty
     * @param scope the run's id, or another name for what is moved together
     */
    static SparkJournal of(ObjectStore store, String root, String scope) {
        return new SparkJournal(store, root + FOLDER + scope + "/");
    }

    private static Journal<List<SparkMove>> journal(ObjectStore store, String folder) {
        return Journal.newestFirst(
                store.under(folder), SparkMove::write, (subject, number, content) -> SparkMove.read(subject, content));
    }

    /** Where an object is converted, before it gets its name. */
    String converting(SparkMove move) {
        return converting() + move.id() + ".parquet";
    }

    String converting() {
        return folder + "converting/";
    }

    Moves read() {
        try (Stream<Journal.Entry<List<SparkMove>>> entries = journal.entries()) {
            return Moves.of(entries.map(Journal.Entry::value));
        }
    }

    /** The moves of all runs. */
    static Moves readAll(ObjectStore store, String root) {
        String above = root + FOLDER;
        try (Stream<String> scopes = store.list(above)
                .map(object -> object.key().substring(above.length()))
                .filter(key -> key.indexOf('/') > 0)
                .map(key -> key.substring(0, key.indexOf('/')))
                .distinct()) {
            return Moves.of(
                    scopes.flatMap(scope -> journal(store, above + scope + "/").entries())
                            .map(Journal.Entry::value));
        }
    }

    /** Notes moves, all of them or none. */
    void plan(List<SparkMove> moves) {
        while (true) {
            long next = journal.newest().map(entry -> entry.number() + 1).orElse(0L);
            if (journal.append(next, moves)) {
                return;
            }
            // Another call has noted its own under that number.
        }
    }

    @Override
    public String toString() {
        return "SparkJournal[" + store.name() + "/" + folder + "]";
    }

    /** Moves by the names that they lead from and to. */
    static final class Moves {
        private final Map<String, Map<String, SparkMove>> from = new HashMap<>();
        private final Map<String, SparkMove> to = new HashMap<>();

        static Moves of(Stream<List<SparkMove>> entries) {
            Moves moves = new Moves();
            entries.forEach(entry -> entry.forEach(moves::add));
            return moves;
        }

        void add(SparkMove move) {
            from.computeIfAbsent(move.from(), key -> new HashMap<>()).put(move.etag(), move);
            // Of several versions that got this key one after another, the last one has it.
            to.merge(move.to(), move, (one, other) -> one.modified().isAfter(other.modified()) ? one : other);
        }

        /** The move of a version of an object. */
        Optional<SparkMove> of(String key, String etag) {
            Map<String, SparkMove> versions = from.get(key);
            return Optional.ofNullable(versions == null ? null : versions.get(etag));
        }

        /** The move that led, or is to lead, to a key. */
        Optional<SparkMove> to(String key) {
            @Nullable SparkMove move = to.get(key);
            return Optional.ofNullable(move);
        }

        List<SparkMove> all() {
            return from.values().stream()
                    .flatMap(versions -> versions.values().stream())
                    .toList();
        }

        boolean isEmpty() {
            return from.isEmpty();
        }

        boolean hasAllOf(Moves others) {
            return others.all().stream()
                    .allMatch(move -> of(move.from(), move.etag()).isPresent());
        }
    }
}
