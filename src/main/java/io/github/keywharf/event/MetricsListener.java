package io.github.keywharf.event;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Checks;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Listener that turns events into metrics: the counter {@value #EVENTS} counts them, and the distribution
 * {@code keywharf.event.<name>} has the number and the sum of the values of each {@link Fact}. {@link Progress} counts once,
 * at the end of a task.
 *
 * <p>Tags: {@code event}, the name; {@code level}; and {@code organisation} after {@link #withOrganisations}. Subjects and
 * ids of tasks are never tags, and each tag has a limited number of values, so that no input creates unlimited series.
 * Thread-safe.
 *
 * <pre>{@code
 * builder.events(EventListener.all(EventListener.slf4j(), MetricsListener.of(MicrometerMeters.of(registry))));
 * }</pre>
 */
public final class MetricsListener implements EventListener {

    /** The name of the counter of events. */
    public static final String EVENTS = "keywharf.events";

    /** Limit to names of events, and of facts, 500: more than the library and a host have. */
    public static final int MAX_NAMES = 500;

    /** Limit to organisations with a tag of their own, 10,000: each has some dozen series. */
    public static final int MAX_ORGANISATIONS = 10_000;

    private static final String FACTS = "keywharf.event.";
    private static final String OTHER = "other";

    // No organisation's id has parentheses.
    private static final String OTHER_ORGANISATION = "(other)";

    private static final String NO_ORGANISATION = "(none)";

    /** Metrics library that creates a metric when its name and tags are first used. Thread-safe. */
    public interface Meters {

        /** Adds one to a counter. */
        void count(String name, Map<String, String> tags);

        /**
         * Adds a value to a distribution, which has at least the number of values and their sum.
         *
         * @param unit unit of the value; a library whose times are in seconds converts it
         */
        void record(String name, Fact.Unit unit, long value, Map<String, String> tags);
    }

    private final Meters meters;
    private final @Nullable TagValues organisations;
    private final TagValues names = new TagValues(MAX_NAMES, OTHER);
    private final TagValues facts = new TagValues(MAX_NAMES, OTHER);

    private MetricsListener(Meters meters, @Nullable TagValues organisations) {
        this.meters = meters;
        this.organisations = organisations;
    }

    /** Creates a listener without a tag for organisations. */
    public static MetricsListener of(Meters meters) {
        return new MetricsListener(meters, null);
    }

    /**
     * Creates a listener that also has a tag {@code organisation}: the organisation's id, {@code (none)} for work without an
     * organisation, and {@code (other)} for organisations beyond a limit.
     *
     * @param atMost 1 to {@value #MAX_ORGANISATIONS}
     */
    @CheckReturnValue
    public MetricsListener withOrganisations(int atMost) {
        Checks.between("organisations", atMost, 1, MAX_ORGANISATIONS);
        return new MetricsListener(meters, new TagValues(atMost, OTHER_ORGANISATION));
    }

    @Override
    public void onEvent(Event event) {
        if (event instanceof Progress progress && !progress.finished()) {
            return;
        }
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("event", names.of(event.name()));
        tags.put("level", event.level().name().toLowerCase(Locale.ROOT));
        if (organisations != null) {
            Organisation organisation = event.work().organisation().orElse(null);
            tags.put("organisation", organisation == null ? NO_ORGANISATION : organisations.of(organisation.id()));
        }
        meters.count(EVENTS, tags);
        for (Fact fact : event.facts()) {
            meters.record(FACTS + facts.of(fact.name()), fact.unit(), fact.value(), tags);
        }
    }

    @Override
    public String toString() {
        return "MetricsListener[" + meters + "]";
    }

    /** The first values of a tag; all later ones share one value. */
    private static final class TagValues {
        private final Set<String> values = ConcurrentHashMap.newKeySet();
        private final int most;
        private final String rest;

        TagValues(int most, String rest) {
            this.most = most;
            this.rest = rest;
        }

        String of(String value) {
            if (values.contains(value)) {
                return value;
            }
            synchronized (this) {
                if (values.size() < most) {
                    values.add(value);
                }
                return values.contains(value) ? value : rest;
            }
        }
    }
}
