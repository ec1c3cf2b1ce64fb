package io.github.keywharf.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.Organisation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetricsListenerTest {

    /** Writes down what it is given. */
    private static final class WrittenMeters implements MetricsListener.Meters {
        final List<String> lines = new ArrayList<>();

        @Override
        public void count(String name, Map<String, String> tags) {
            lines.add(name + " " + new TreeMap<>(tags));
        }

        @Override
        public void record(String name, Fact.Unit unit, long value, Map<String, String> tags) {
            lines.add(name + " " + value + " " + unit + " " + new TreeMap<>(tags));
        }
    }

    private static Event stored(Work work, Fact... facts) {
        return Event.of(
                Event.Level.INFO, "test.stored", work, "a file whose name is nobody's business", "is there", facts);
    }

    private final WrittenMeters meters = new WrittenMeters();

    private static Event stored(String organisation) {
        return stored(Work.of(Organisation.of(organisation)).withTask("task-of-" + organisation));
    }

    @Test
    void an_event_counts_and_its_facts_are_distributions() {
        MetricsListener.of(meters)
                .onEvent(stored(
                        Work.of(Organisation.of("acme")).withTask("load-1"),
                        Fact.count("rows", 5),
                        Fact.time("took", Duration.ofMillis(2))));
        String tags = "{event=test.stored, level=info}";
        assertThat(meters.lines)
                .containsExactly(
                        "keywharf.events " + tags,
                        "keywharf.event.rows 5 COUNT " + tags,
                        "keywharf.event.took 2000000 NANOSECONDS " + tags);
    }

    @Test
    void progress_counts_once_at_its_end() {
        MetricsListener listener = MetricsListener.of(meters);
        for (int done = 1; done <= 10; done++) {
            listener.onEvent(new Progress(Work.NONE, "load", done, 0, "rows", done == 10));
        }
        assertThat(meters.lines)
                .containsExactly(
                        "keywharf.events {event=progress, level=debug}",
                        "keywharf.event.rows 10 COUNT {event=progress, level=debug}");
    }

    @Test
    void organisations_have_a_tag_when_asked_for_and_only_so_many_of_them() {
        MetricsListener listener = MetricsListener.of(meters).withOrganisations(2);
        List.of("acme", "globex", "initech", "acme").forEach(name -> listener.onEvent(stored(name)));
        listener.onEvent(stored(Work.NONE));
        assertThat(meters.lines)
                .extracting(line -> line.replaceAll(".*organisation=([^}]+).*", "$1"))
                .containsExactly("acme", "globex", "(other)", "acme", "(none)");
        assertThat(String.join("\n", meters.lines)).doesNotContain("task-of", "business");
        assertThatThrownBy(() -> listener.withOrganisations(0))
                .hasMessage("organisations must be from 1 to 10000, but is 0");
    }

    @Test
    void tenants_called_none_and_other_are_not_taken_for_nobody_and_the_rest() {
        MetricsListener listener = MetricsListener.of(meters).withOrganisations(2);
        List.of("none", "other", "acme").forEach(name -> listener.onEvent(stored(name)));
        listener.onEvent(stored(Work.NONE));
        assertThat(meters.lines).doesNotHaveDuplicates().hasSize(4);
    }

    @Test
    void names_of_facts_do_not_make_metrics_without_end() {
        MetricsListener listener = MetricsListener.of(meters);
        IntStream.range(0, 2_000).forEach(i -> listener.onEvent(stored(Work.NONE, Fact.count("fact_" + i, i))));
        assertThat(meters.lines.stream().map(line -> line.split(" ")[0]).distinct())
                .hasSize(MetricsListener.MAX_NAMES + 2)
                .contains("keywharf.event.fact_0", "keywharf.event.other");
    }
}
