package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The terms of one lease as numbered objects of a folder. */
final class LeaseTerms {
    private static final Pattern KEY = Pattern.compile("\\d{20}\\.json");

    /** How many terms are left for people to look at. */
    private static final int KEPT = 8;

    private final ObjectStore folder;

    LeaseTerms(ObjectStore folder) {
        this.folder = folder;
    }

    String name() {
        return folder.name();
    }

    /**
     * A term as it was found.
     *
     * @param term what it says
     * @param written when, by the store's clock
     */
    record Found(LeaseTerm term, Instant written) {}

    /** The term with the highest number, or null before the first. */
    @Nullable
    Found latest() {
        while (true) {
            List<StoredObject> objects = objects();
            if (objects.isEmpty()) {
                return null;
            }
            StoredObject last = objects.get(objects.size() - 1);
            try {
                return new Found(
                        LeaseTerm.parse(name() + "/" + last.key(), number(last.key()), folder.readSmall(last.key())),
                        last.lastModified());
            } catch (KeywharfException e) {
                if (!e.code().equals("store.not_found")) {
                    throw e;
                }
            }
        }
    }

    /**
     * Writes a term; returns the term of that number if it is the lease's own and the one that counts, else null. Its own
     * may be one of an earlier attempt whose answer was lost.
     *
     * <p>That the number was not there before is not enough: to a caller that slept since it looked, it may be missing
     * because it came, went by and was pruned. Then a higher one is there.
     */
    @Nullable
    LeaseTerm write(LeaseTerm term) {
        LeaseTerm written = folder.createIfAbsent(key(term.number()), term.json()) ? term : own(term);
        List<Long> numbers = numbers();
        if (written == null || numbers.isEmpty() || numbers.get(numbers.size() - 1) != term.number()) {
            return null;
        }
        numbers.stream().filter(number -> number <= term.number() - KEPT).forEach(number -> folder.delete(key(number)));
        return written;
    }

    private @Nullable LeaseTerm own(LeaseTerm term) {
        try {
            String key = key(term.number());
            LeaseTerm found = LeaseTerm.parse(name() + "/" + key, term.number(), folder.readSmall(key));
            return found.id().equals(term.id()) ? found : null;
        } catch (KeywharfException e) {
            if (e.code().equals("store.not_found")) {
                return null;
            }
            throw e;
        }
    }

    private List<StoredObject> objects() {
        try (Stream<StoredObject> listed = folder.list("")) {
            return listed.filter(object -> KEY.matcher(object.key()).matches()).toList();
        }
    }

    private List<Long> numbers() {
        return objects().stream().map(object -> number(object.key())).toList();
    }

    private static long number(String key) {
        return Long.parseLong(key.substring(0, 20));
    }

    private static String key(long number) {
        return String.format(Locale.ROOT, "%020d.json", number);
    }
}
