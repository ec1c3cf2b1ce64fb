package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.FlowDestination.PathPart;
import io.github.keywharf.aws.FlowDestination.PrefixFormat;
import io.github.keywharf.aws.FlowDestination.PrefixType;
import io.github.keywharf.aws.SparkJournal.Moves;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the objects that a run of a flow wrote.
 *
 * <p>AWS does not document how objects are named, so that only two things are relied on: an object whose path below the flow's
 * folder has the run's id as a folder, or in its name, is the run's; and where the layout has no id, an object that was written
 * while the run was at work is. Where two runs were at work then, or the object is in a folder that may be another flow's, that
 * is an error and no guess; a run without records has no such objects. Where the layout says in which
 * folders a run's objects must be, only these are listed, and all below the flow's folder when there is nothing in them.
 */
final class FlowFiles {
    /** The most objects of a run, which are held in memory. */
    static final int MAX_FILES = 100_000;

    /** The most folders of dates that are listed one by one, rather than the folder above them. */
    private static final int MAX_DATES = 48;

    /** A date or a part of one, as folders are called; AppFlow spells some in ways of its own. */
    private static final Pattern DATE = Pattern.compile("[0-9][0-9_.T:-]*");

    private final ObjectStore store;
    private final String root;
    private final String flow;
    private final FlowDestination destination;
    private final FlowRun run;
    private final Supplier<Stream<FlowRun>> runs;

    private @Nullable List<String> longerIds;

    /** Whether a file that may have got its name since the notes were read was passed over for its time. */
    private boolean passedOver;

    private final Map<String, StoredObject> named = new TreeMap<>();
    private final Map<String, StoredObject> timed = new TreeMap<>();

    FlowFiles(
            ObjectStore store, String flow, FlowDestination destination, FlowRun run, Supplier<Stream<FlowRun>> runs) {
        this.store = store;
        this.root = DataKeys.folder(destination.prefix());
        this.flow = flow;
        this.destination = destination;
        this.run = run;
        this.runs = runs;
        FlowNames.execution(run.id());
    }

    /** The objects in the order of their keys. */
    List<StoredObject> find() {
        boolean hasId = destination.hierarchy().contains(PathPart.EXECUTION_ID);
        if (!hasId && run.recordsProcessed() == 0 && run.bytesWritten() == 0) {
            // What was written meanwhile is another flow's.
            return List.of();
        }
        Moves moves = hasId ? Moves.of(Stream.empty()) : SparkJournal.readAll(store, root);
        search(hasId, moves);
        while (passedOver && named.isEmpty()) {
            Moves later = SparkJournal.readAll(store, root);
            if (moves.hasAllOf(later)) {
                break;
            }
            moves = later;
            search(hasId, moves);
        }
        if (!named.isEmpty()) {
            return List.copyOf(named.values());
        }
        // Several flows may share the folder above those of their names.
        String own = root + flow + "/";
        if (timed.keySet().stream().anyMatch(key -> key.startsWith(own))) {
            timed.keySet().removeIf(key -> !key.startsWith(own));
        }
        timed.keySet().stream().filter(this::mayBeAnotherFlows).findFirst().ifPresent(key -> {
            throw ambiguous(
                    Objects.requireNonNull(timed.get(key)),
                    "It is in a folder '" + folderOf(key) + "', which may be another flow's, and none is in '" + flow
                            + "'");
        });
        if (timed.isEmpty()) {
            return List.of();
        }
        if (run.started().isEmpty()) {
            throw ambiguous(timed.values().iterator().next(), "AppFlow does not say when run " + run.id() + " started");
        }
        return unambiguous(moves);
    }

    /** Whether the first folder of a key has a name that this flow's layout does not give: no date, partition or version. */
    private boolean mayBeAnotherFlows(String key) {
        String folder = folderOf(key);
        return !folder.isEmpty()
                && !folder.equals(flow)
                && !folder.contains("=")
                && !destination.hierarchy().contains(PathPart.SCHEMA_VERSION)
                && !DATE.matcher(folder).matches();
    }

    private String folderOf(String key) {
        int slash = key.indexOf('/', root.length());
        return slash < 0 ? "" : key.substring(root.length(), slash);
    }

    private void search(boolean hasId, Moves moves) {
        timed.clear();
        passedOver = false;
        for (String folder : folders()) {
            scan(folder, hasId, moves);
        }
        if (named.isEmpty() && timed.isEmpty()) {
            scan(root, hasId, moves);
        }
    }

    private void scan(String folder, boolean hasId, Moves moves) {
        try (Stream<StoredObject> objects = store.list(folder)) {
            objects.filter(object -> DataKeys.isData(object.key(), root)).forEach(object -> {
                String key = object.key();
                if (isNamed(key)) {
                    put(named, object);
                } else if (!hasId && named.isEmpty()) {
                    if (isWithin(run, written(object, moves))) {
                        put(timed, object);
                    } else {
                        passedOver |= key.endsWith(SparkFormat.SUFFIX)
                                && moves.to(key).isEmpty();
                    }
                }
            });
        }
    }

    private void put(Map<String, StoredObject> found, StoredObject object) {
        found.put(object.key(), object);
        if (found.size() > MAX_FILES) {
            throw new KeywharfException(
                    "aws.too_many_files",
                    store.name() + "/" + root,
                    "Run " + run.id() + " has more than " + MAX_FILES
                            + " objects; have the flow write larger files, or read them as a store's objects");
        }
    }

    /** Whether a key has the run's id, and in the name of its file not as a part of another run's. */
    private boolean isNamed(String key) {
        return hasId(key, run.id())
                && (hasFolder(key, run.id()) || longerIds().stream().noneMatch(other -> hasId(key, other)));
    }

    private List<String> longerIds() {
        List<String> longer = longerIds;
        if (longer == null) {
            try (Stream<FlowRun> all = runs.get()) {
                longer = all.map(FlowRun::id)
                        .filter(other -> !other.equals(run.id()) && other.contains(run.id()))
                        .toList();
            }
            longerIds = longer;
        }
        return longer;
    }

    /** Whether a folder below the root is an id, or a file's name has it not beside letters or digits. */
    private boolean hasId(String key, String id) {
        int name = Math.max(root.length(), key.lastIndexOf('/') + 1);
        for (int at = key.indexOf(id, name); at >= 0; at = key.indexOf(id, at + 1)) {
            if (!isWord(key, at - 1) && !isWord(key, at + id.length())) {
                return true;
            }
        }
        return hasFolder(key, id);
    }

    private boolean hasFolder(String key, String id) {
        return ('/' + key.substring(root.length()) + '/').contains('/' + id + '/');
    }

    private static boolean isWord(String key, int at) {
        return at >= 0 && at < key.length() && Character.isLetterOrDigit(key.charAt(at));
    }

    private static Instant written(StoredObject object, Moves moves) {
        return moves.to(object.key()).map(SparkMove::modified).orElse(object.lastModified());
    }

    /** Where it is not known, a successful run may have begun at any time, and any other has written nothing until its record changed. */
    private static Instant start(FlowRun run) {
        Instant unknown = run.status() == FlowStatus.SUCCESSFUL ? Instant.EPOCH : run.updated();
        return run.started().orElse(unknown).truncatedTo(ChronoUnit.SECONDS);
    }

    /** Stores say whole seconds, AppFlow parts of them. A run that has not ended may write until now. */
    private static boolean isWithin(FlowRun run, Instant written) {
        Instant second = written.truncatedTo(ChronoUnit.SECONDS);
        return !second.isBefore(start(run)) && (!run.status().hasEnded() || !second.isAfter(run.updated()));
    }

    private List<StoredObject> unambiguous(Moves moves) {
        List<FlowRun> others;
        try (Stream<FlowRun> all = runs.get()) {
            others = all.filter(other -> !other.id().equals(run.id()) && overlaps(other))
                    .toList();
        }
        List<StoredObject> ours = new ArrayList<>();
        for (StoredObject object : timed.values()) {
            if (others.stream().noneMatch(other -> hasId(object.key(), other.id()))) {
                others.stream()
                        .filter(other -> isWithin(other, written(object, moves)))
                        .findFirst()
                        .ifPresent(other -> {
                            throw ambiguous(
                                    object,
                                    "Both runs " + run.id() + " and " + other.id()
                                            + " were at work when it was written");
                        });
                ours.add(object);
            }
        }
        return ours;
    }

    private boolean overlaps(FlowRun other) {
        return !start(other).isAfter(run.updated())
                && (!other.status().hasEnded() || !other.updated().isBefore(start(run)));
    }

    private KeywharfException ambiguous(StoredObject object, String why) {
        return new KeywharfException(
                "aws.ambiguous_files",
                store.name() + "/" + object.key(),
                why + ", and its key has no run's id; add EXECUTION_ID to the flow's path prefix and run it again");
    }

    // ---- folders that must have all of a run

    private List<String> folders() {
        List<PathPart> parts = destination.hierarchy();
        List<String> above = new ArrayList<>(List.of(root, root + flow + "/"));
        if (!parts.isEmpty() && parts.get(0) == PathPart.SCHEMA_VERSION) {
            List<String> versions = new ArrayList<>();
            above.forEach(folder -> versions.addAll(subfolders(folder)));
            above = versions;
        }
        if (parts.contains(PathPart.EXECUTION_ID)) {
            return above.stream().map(folder -> folder + run.id() + "/").toList();
        }
        boolean dated = destination
                .prefixType()
                .filter(type -> type == PrefixType.PATH || type == PrefixType.PATH_AND_FILENAME)
                .isPresent();
        int finest = destination.prefixFormat().map(FORMATS::indexOf).orElse(-1);
        if (!dated || finest < 0) {
            return List.of();
        }
        List<String> dates = dates(finest);
        return above.stream()
                .flatMap(folder -> dates.stream().map(date -> folder + date + "/"))
                .sorted(Comparator.naturalOrder())
                .distinct()
                .toList();
    }

    /** The folders in a folder, each found with one listing that begins behind the one before. */
    private List<String> subfolders(String folder) {
        List<String> found = new ArrayList<>();
        String after = "";
        while (found.size() <= MAX_FILES) {
            String key;
            try (Stream<StoredObject> objects = store.list(folder, after)) {
                key = objects.filter(object -> object.key().indexOf('/', folder.length()) > 0)
                        .map(StoredObject::key)
                        .findFirst()
                        .orElse(null);
            }
            if (key == null) {
                return found;
            }
            String subfolder = key.substring(0, key.indexOf('/', folder.length()) + 1);
            if (DataKeys.isData(subfolder, root)) {
                found.add(subfolder);
            }
            // No key of the folder comes after the last character that there is.
            after = subfolder + "\uDBFF\uDFFF";
        }
        return List.of();
    }

    private static final List<PrefixFormat> FORMATS =
            List.of(PrefixFormat.YEAR, PrefixFormat.MONTH, PrefixFormat.DAY, PrefixFormat.HOUR, PrefixFormat.MINUTE);
    private static final List<ChronoUnit> UNITS =
            List.of(ChronoUnit.YEARS, ChronoUnit.MONTHS, ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES);
    private static final List<String> PATTERNS =
            List.of("yyyy", "yyyy/MM", "yyyy/MM/dd", "yyyy/MM/dd/HH", "yyyy/MM/dd/HH/mm");

    /** The dates, in UTC, from a unit before the run's start to its end, as fine as there are not too many. */
    private List<String> dates(int finest) {
        for (int level = finest; level > 0; level--) {
            List<String> dates = dates(UNITS.get(level), PATTERNS.get(level));
            if (dates.size() <= MAX_DATES) {
                return dates;
            }
        }
        return dates(UNITS.get(0), PATTERNS.get(0));
    }

    private List<String> dates(ChronoUnit unit, String pattern) {
        DateTimeFormatter format = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
        LocalDateTime end = LocalDateTime.ofInstant(run.updated(), ZoneOffset.UTC);
        List<String> dates = new ArrayList<>();
        LocalDateTime at = LocalDateTime.ofInstant(run.started().orElse(run.updated()), ZoneOffset.UTC)
                .minus(1, unit);
        while (at.isBefore(end) && dates.size() <= MAX_DATES) {
            dates.add(format.format(at));
            at = at.plus(1, unit);
        }
        String last = format.format(end);
        if (!dates.contains(last)) {
            dates.add(last);
        }
        return dates;
    }
}
