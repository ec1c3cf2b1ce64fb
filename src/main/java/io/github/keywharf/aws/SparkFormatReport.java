package io.github.keywharf.aws;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What was done to the objects of a run so that Spark finds Parquet in files of that name.
 *
 * @param dryRun whether it would be done, and was not
 * @param ready how many objects were Parquet under such a name already
 * @param renamed how many Parquet objects got such a name
 * @param converted how many objects of text became Parquet
 * @param left how many objects are something else and were left alone
 * @param doubled how many objects were left alone whose older version has the name already, so that Spark reads both
 * @param items the objects that were renamed, converted, left or doubled, in the order of their keys; the first {@value #MAX_ITEMS} of
 *     them
 */
public record SparkFormatReport(
        boolean dryRun, long ready, long renamed, long converted, long left, long doubled, List<Item> items) {

    /** How many objects are listed one by one; the others are only counted. */
    public static final int MAX_ITEMS = 10_000;

    /** What was done to an object. */
    public enum Action {
        /** It was Parquet and got a name that ends with {@code .parquet}. */
        RENAMED,
        /** It was CSV or JSON lines and became Parquet. */
        CONVERTED,
        /** Nothing. */
        LEFT,
        /** Nothing, and an older version of it got the new name before: Spark reads both until one of them is deleted. */
        DOUBLED
    }

    /**
     * An object.
     *
     * @param key its key before
     * @param action what was done
     * @param newKey its key now; empty when it was left or doubled
     * @param reason why it was left or doubled; otherwise empty
     */
    public record Item(String key, Action action, Optional<String> newKey, String reason) {
        @Override
        public String toString() {
            return action.name().toLowerCase(Locale.ROOT) + " " + key
                    + newKey.map(to -> " -> " + to).orElse(": " + reason);
        }
    }

    /** Copies the list. */
    public SparkFormatReport {
        items = List.copyOf(items);
    }

    /** Whether all objects are Parquet under such a name, or would be. */
    public boolean isComplete() {
        return left == 0 && doubled == 0;
    }

    /** Counts while the objects are dealt with. */
    static final class Counter {
        private final boolean dryRun;
        private final Map<Action, Long> counts = new EnumMap<>(Action.class);
        private final List<Item> items = new ArrayList<>();
        private long ready;

        Counter(boolean dryRun) {
            this.dryRun = dryRun;
        }

        void ready() {
            ready++;
        }

        void add(Item item) {
            counts.merge(item.action(), 1L, Long::sum);
            if (items.size() < MAX_ITEMS) {
                items.add(item);
            }
        }

        SparkFormatReport report() {
            return new SparkFormatReport(
                    dryRun,
                    ready,
                    counts.getOrDefault(Action.RENAMED, 0L),
                    counts.getOrDefault(Action.CONVERTED, 0L),
                    counts.getOrDefault(Action.LEFT, 0L),
                    counts.getOrDefault(Action.DOUBLED, 0L),
                    items);
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s%,d ready, %,d renamed, %,d converted, %,d left%s",
                dryRun ? "dry run: " : "",
                ready,
                renamed,
                converted,
                left,
                doubled == 0 ? "" : String.format(Locale.ROOT, ", %,d doubled", doubled));
    }
}
