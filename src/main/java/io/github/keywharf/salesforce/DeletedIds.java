package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Ids that the org's log of deletions lists ("sObject Get Deleted", REST API Developer Guide). It goes back 15 days at most, and
 * less when it was purged.
 */
final class DeletedIds {
    /** How far back the log goes at most. */
    static final Duration LOG = Duration.ofDays(15);

    /** The most ids that are kept, a million, of about 100 bytes each. */
    static final int MAX_IDS = 1_000_000;

    /** The shortest window: it must be longer than a minute, and seconds do not count. */
    private static final Duration SHORTEST = Duration.ofMinutes(2);

    private static final DateTimeFormatter MOMENT = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX]")
            .toFormatter(java.util.Locale.ROOT);

    private final SalesforceCalls calls;
    private final String object;
    private final Instant from;
    private final Set<String> ids = new HashSet<>();
    private final Set<String> before = new HashSet<>();
    private Instant covered;
    private Optional<String> gap = Optional.empty();

    private DeletedIds(SalesforceCalls calls, String object, Instant covered, Instant from) {
        this.calls = calls;
        this.object = object;
        this.covered = covered;
        this.from = from;
    }

    private record Window(Map<String, Instant> ids, Instant earliest, Instant latest) {}

    /**
     * Asks for the ids that were deleted.
     *
     * @param since up to when deletions are known
     * @param until now, by the org's clock
     * @param from {@link #before} lists what was deleted earlier
     */
    static DeletedIds between(SalesforceCalls calls, String object, Instant since, Instant until, Instant from) {
        DeletedIds deleted = new DeletedIds(calls, object, since, from);
        deleted.read(since, until.truncatedTo(ChronoUnit.MINUTES));
        return deleted;
    }

    /** The distinct ids, of 18 characters. */
    Set<String> ids() {
        return ids;
    }

    /** Those of {@link #ids} that were deleted before the time that was given, or at an unknown one. */
    Set<String> before() {
        return before;
    }

    /** Up to when deletions are known now. */
    Instant covered() {
        return covered;
    }

    /** Why deletions since then may be missing from the log, or empty when none is. */
    Optional<String> gap() {
        return gap;
    }

    private void read(Instant since, Instant end) {
        if (!since.isAfter(end.minus(LOG))) {
            gap = Optional.of(
                    "the last run was at " + since + ", and deletions are listed for " + LOG.toDays() + " days");
            return;
        }
        Instant start = since.truncatedTo(ChronoUnit.MINUTES);
        if (Duration.between(start, end).compareTo(SHORTEST) < 0) {
            start = end.minus(SHORTEST);
        }
        Duration length = Duration.between(start, end);
        while (start.isBefore(end) && gap.isEmpty()) {
            Instant to = min(end, start.plus(length));
            if (Duration.between(start, to).compareTo(SHORTEST) < 0) {
                start = to.minus(SHORTEST);
            }
            Window window;
            try {
                window = window(start, to);
            } catch (KeywharfException e) {
                if (SalesforceErrors.says(e, "EXCEEDED_ID_LIMIT") && length.compareTo(SHORTEST) > 0) {
                    length = max(SHORTEST, length.dividedBy(2).truncatedTo(ChronoUnit.MINUTES));
                    continue;
                }
                gap = gapOf(e);
                return;
            }
            if (window.earliest.isAfter(since)) {
                gap = Optional.of(
                        "deletions are listed from " + window.earliest + " on, and the last run was at " + since);
                return;
            }
            window.ids.forEach((id, when) -> {
                ids.add(id);
                if (when.isBefore(from)) {
                    before.add(id);
                }
            });
            if (ids.size() > MAX_IDS) {
                gap = Optional.of("more than " + MAX_IDS + " records were deleted");
                return;
            }
            Instant latest = min(window.latest, to);
            covered = max(covered, latest);
            if (latest.isBefore(to)) {
                // The org does not vouch for what is later; the next run asks for it.
                return;
            }
            start = to;
        }
    }

    private static Optional<String> gapOf(KeywharfException e) {
        if (SalesforceErrors.says(e, "EXCEEDED_ID_LIMIT")) {
            return Optional.of("more records were deleted within two minutes than the log lists");
        }
        if (SalesforceErrors.says(e, "INVALID_REPLICATION_DATE")) {
            return Optional.of("the log of deletions does not go back to the last run");
        }
        throw e;
    }

    private Window window(Instant start, Instant end) {
        String path = "sobjects/" + object + "/deleted/?start=" + text(start) + "&end=" + text(end);
        return calls.read(path, Map.of(), this::parsed);
    }

    private static String text(Instant moment) {
        return RecordValues.encoded(
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'+00:00'").format(moment.atOffset(ZoneOffset.UTC)));
    }

    private Window parsed(HttpResponse response) {
        Map<String, Instant> found = new HashMap<>();
        String id = null;
        Instant when = Instant.MIN;
        boolean listed = false;
        Instant earliest = null;
        Instant latest = null;
        try (JsonParser parser = calls.parser(response)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                listed |= token == JsonToken.START_ARRAY && "deletedRecords".equals(parser.currentName());
                if (token == JsonToken.END_OBJECT && id != null) {
                    found.put(id, when);
                    id = null;
                    when = Instant.MIN;
                }
                if (token != JsonToken.VALUE_STRING) {
                    continue;
                }
                switch (parser.currentName() == null ? "" : parser.currentName()) {
                    case "id" -> id = SalesforceId.to18(parser.getText());
                    case "deletedDate" -> when = moment(parser.getText());
                    case "earliestDateAvailable" -> earliest = moment(parser.getText());
                    case "latestDateCovered" -> latest = moment(parser.getText());
                    default -> {}
                }
            }
        } catch (IOException e) {
            throw calls.unreadable("sobjects/" + object + "/deleted", e);
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    calls.subject("sobjects/" + object + "/deleted"),
                    "The answer has an id or a time that is none",
                    e);
        }
        if (!listed || earliest == null || latest == null) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    calls.subject("sobjects/" + object + "/deleted"),
                    "The answer is not the log of deletions, so that none may be concluded from it; check whether a proxy is"
                            + " in between");
        }
        return new Window(found, earliest, latest);
    }

    private static Instant moment(String text) {
        return OffsetDateTime.parse(text, MOMENT).toInstant();
    }

    private static Instant min(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static <T extends Comparable<T>> T max(T a, T b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
