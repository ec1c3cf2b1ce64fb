package io.github.keywharf.salesforce;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import java.util.List;

/** What reading the changes of an object, or copying it, reports. */
public sealed interface SalesforceCopyEvent extends Event {

    /**
     * The object has other fields than at the checkpoint.
     *
     * @param subject the object
     * @param drift what differs
     */
    record Drifted(String subject, SalesforceDrift drift) implements SalesforceCopyEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "The fields have changed: " + drift + "; new fields are copied once the whole object is read again";
        }

        @Override
        public List<Fact> facts() {
            return List.of(
                    Fact.count("added", drift.added().size()),
                    Fact.count("removed", drift.removed().size()),
                    Fact.count("retyped", drift.retyped().size()));
        }
    }

    /**
     * A run of a copy is finished, and its checkpoint kept.
     *
     * @param report what it did
     */
    record Copied(SalesforceCopyReport report) implements SalesforceCopyEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String subject() {
            return report.checkpoint().object();
        }

        @Override
        public String message() {
            return report.toString();
        }

        @Override
        public List<Fact> facts() {
            return List.of(
                    Fact.count("written", report.written()),
                    Fact.count("rejected", report.rejected()),
                    Fact.count("deleted", report.deleted()),
                    Fact.time("took", report.took()));
        }
    }
}
