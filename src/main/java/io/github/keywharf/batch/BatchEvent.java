package io.github.keywharf.batch;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What an ingestor reports to its listener, besides {@link io.github.keywharf.event.Progress}. */
public sealed interface BatchEvent extends Event {

    /**
     * A file has changed its state.
     *
     * @param file as it is now
     */
    record FileChanged(IngestedFile file) implements BatchEvent {
        @Override
        public Level level() {
            return switch (file.state()) {
                case RECEIVED -> file.reason().isEmpty() ? Level.DEBUG : Level.WARNING;
                case RUNNING -> Level.DEBUG;
                case DONE, DUPLICATE -> Level.INFO;
                case FAILED, REFUSED -> Level.WARNING;
            };
        }

        @Override
        public String subject() {
            return file.tenant() + "/" + file.name();
        }

        @Override
        public String message() {
            return switch (file.state()) {
                case RECEIVED ->
                    file.reason().isEmpty()
                            ? String.format(Locale.ROOT, "received, %,d bytes", file.bytes())
                            : "waits for another attempt: " + file.reason();
                case RUNNING -> "attempt " + file.attempt() + " started";
                case DONE ->
                    String.format(Locale.ROOT, "ingested, %,d rows, %,d rejected", file.rows(), file.rejected());
                case FAILED -> "failed: " + file.reason();
                case REFUSED -> "refused: " + file.reason();
                case DUPLICATE -> "was received before: " + file.reason();
            };
        }

        @Override
        public Work work() {
            return file.work();
        }

        @Override
        public List<Fact> facts() {
            return file.state() == FileState.DONE
                    ? List.of(
                            Fact.count("rows", file.rows()),
                            Fact.count("rejected", file.rejected()),
                            Fact.bytes("bytes", file.bytes()),
                            Fact.time("took", file.took()))
                    : List.of(Fact.bytes("bytes", file.bytes()));
        }

        /** One for each state, so that done and failed files are counted apart. */
        @Override
        public String kind() {
            return BatchEvent.super.kind() + "." + file.state().name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Something about a tenant went wrong that no single file is to blame for: a profile that cannot be read, a directory
     * that cannot be listed, an app that did not stop.
     *
     * @param tenant whose work is affected
     * @param reason what went wrong and what follows
     */
    record TenantTrouble(Tenant tenant, String reason) implements BatchEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String subject() {
            return tenant.name();
        }

        @Override
        public String message() {
            return reason;
        }

        @Override
        public Work work() {
            return Work.of(tenant.organisation());
        }
    }

    /**
     * The platform as a whole cannot work for now, such as when its ledger cannot be written. It is tried again.
     *
     * @param subject what it is about
     * @param reason what went wrong
     * @param pause until the next try
     */
    record PlatformTrouble(String subject, String reason, Duration pause) implements BatchEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String message() {
            return reason;
        }
    }
}
