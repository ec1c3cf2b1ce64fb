package io.github.keywharf.aws;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What waiting for a run of a flow reports, beside {@link io.github.keywharf.event.Progress}. */
public sealed interface FlowEvent extends Event {

    /**
     * A run that was waited for has ended as successful. A {@link io.github.keywharf.event.Event.Level#WARNING} when it has
     * no records, or when the destination refused some.
     *
     * @param work the wait
     * @param flow the name of the flow
     * @param run the run
     */
    record Succeeded(Work work, String flow, FlowRun run) implements FlowEvent {
        @Override
        public Level level() {
            return run.recordsProcessed() == 0 || run.putFailures() > 0 ? Level.WARNING : Level.INFO;
        }

        @Override
        public String subject() {
            return "flow " + flow;
        }

        @Override
        public String message() {
            String refused = run.putFailures() == 0
                    ? ""
                    : String.format(Locale.ROOT, "; the destination refused %,d", run.putFailures());
            return String.format(Locale.ROOT, "Run %s has %,d records%s", run.id(), run.recordsProcessed(), refused);
        }

        @Override
        public List<Fact> facts() {
            List<Fact> facts = new ArrayList<>(List.of(
                    Fact.count("records", run.recordsProcessed()),
                    Fact.count("put_failures", run.putFailures()),
                    Fact.bytes("bytes_written", run.bytesWritten())));
            run.started().ifPresent(start -> facts.add(Fact.time("took", Duration.between(start, run.updated()))));
            return facts;
        }
    }
}
