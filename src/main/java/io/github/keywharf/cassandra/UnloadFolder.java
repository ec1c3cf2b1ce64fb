package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.UnloadReport.UnloadedFile;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredJson;
import io.github.keywharf.store.StoredObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of one unload: data files first, a create-only record for each of them, and at the end one create-only
 * manifest, which is the commit. Names that begin with {@code _} are passed over by the usual readers of such folders.
 * Thread-safe.
 */
record UnloadFolder(ObjectStore store) {

    static final String MANIFEST = "_manifest.json";
    private static final String STATE = "_unload/";
    static final String PLAN = STATE + "plan.json";
    private static final String ATTEMPTS = STATE + "attempt-";
    private static final int PART_DIGITS = 5;
    private static final Pattern DATA = Pattern.compile("part-\\d{5,}-\\d{4,}\\.(parquet|csv|jsonl)");

    static final StoredJson<UnloadPlan> PLANNED = format(UnloadPlan.class);
    static final StoredJson<Attempt> ATTEMPT = format(Attempt.class);
    static final StoredJson<UnloadedFile> FILE = format(UnloadedFile.class);

    /** The manifest, which does not say where it is. */
    static final StoredJson<UnloadReport> REPORT = format(UnloadReport.class);

    private static <T extends Record> StoredJson<T> format(Class<T> type) {
        return StoredJson.of(
                        type,
                        "object of the unload",
                        "cassandra.bad_manifest",
                        "restore it from the store's own versions, or unload again")
                .version("version", 1)
                .indented();
    }

    /** An attempt has its number. */
    record Attempt(int attempt) {}

    static UnloadFolder of(ObjectStore store, String folder) {
        return new UnloadFolder(store.under(folder));
    }

    String name() {
        return store.name();
    }

    Optional<UnloadReport> manifest() {
        return store.find(MANIFEST).map(content -> REPORT.read(name(), content).in(name()));
    }

    /** Creates the manifest unless there is one; returns whether this did. */
    boolean commit(UnloadReport report) {
        return store.createIfAbsent(MANIFEST, REPORT.write(report.in("")));
    }

    Optional<UnloadPlan> plan() {
        return store.find(PLAN).map(content -> PLANNED.read(name(), content));
    }

    /** This plan, or the one that was there before. */
    UnloadPlan begin(UnloadPlan plan) {
        return store.createIfAbsent(PLAN, PLANNED.write(plan))
                ? plan
                : plan().orElseThrow(() -> new KeywharfException(
                        "cassandra.bad_manifest",
                        name(),
                        "The plan " + PLAN + " vanished while it was read; try again"));
    }

    /** A number that no other attempt has, so that no two ever write an object of the same key. */
    int attempt() {
        int attempt = 1;
        while (!store.createIfAbsent(ATTEMPTS + number(attempt, 4) + ".json", ATTEMPT.write(new Attempt(attempt)))) {
            attempt++;
        }
        return attempt;
    }

    static String dataKey(int part, int attempt, String format) {
        return "part-" + number(part, PART_DIGITS) + "-" + number(attempt, 4) + "." + format;
    }

    private static String number(int number, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "d", number);
    }

    /** The files that earlier attempts finished, by part; one without rows has no key. */
    SortedMap<Integer, UnloadedFile> finished() {
        SortedMap<Integer, UnloadedFile> finished = new TreeMap<>();
        try (Stream<Journal.Entry<UnloadedFile>> records = records().entries()) {
            records.forEach(entry -> finished.put(Math.toIntExact(entry.number()), entry.value()));
        }
        return finished;
    }

    private Journal<UnloadedFile> records() {
        return Journal.oldestFirst(
                store.under(STATE),
                "part-",
                PART_DIGITS,
                FILE::write,
                (subject, part, content) -> FILE.read(name(), content));
    }

    /** Notes that a file is whole, unless another attempt has noted its own; gives the one that counts. */
    UnloadedFile record(int part, UnloadedFile file) {
        Journal<UnloadedFile> records = records();
        if (records.append(part, file)) {
            return file;
        }
        UnloadedFile counts = records.find(part)
                .orElseThrow(() -> new KeywharfException(
                        "cassandra.bad_manifest",
                        records.name() + "/" + records.key(part),
                        "The record of this file vanished while it was read; run again"));
        if (!counts.key().equals(file.key()) && !file.key().isEmpty()) {
            store.delete(file.key());
        }
        return counts;
    }

    /** Deletes the data files of attempts that were killed before they noted them. */
    void sweep(Set<String> named) {
        List<String> left;
        try (Stream<StoredObject> data = store.list("part-")) {
            left = data.map(StoredObject::key)
                    .filter(key -> DATA.matcher(key).matches() && !named.contains(key))
                    .toList();
        }
        left.forEach(store::delete);
    }
}
