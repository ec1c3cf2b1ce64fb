package io.github.keywharf.batch;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import java.util.List;

/** What {@link FetchData} reports to its listener, besides {@link io.github.keywharf.event.Progress}. */
public sealed interface FetchEvent extends Event {

    /**
     * A file has ended.
     *
     * @param subject the tenant
     * @param file what became of it
     */
    record FileEnded(String subject, FetchedFile file) implements FetchEvent {
        @Override
        public Level level() {
            return switch (file.result()) {
                case UPLOADED, DUPLICATE -> Level.INFO;
                case REFUSED, FAILED -> Level.WARNING;
            };
        }

        @Override
        public String message() {
            String name = ProfileText.shown(file.name());
            return switch (file.result()) {
                case UPLOADED ->
                    "The file " + name + " of " + file.bytes() / 1_024.0 + " KB was successfully uploaded in "
                            + file.took().toNanos() / 1e9 + " seconds";
                case DUPLICATE -> "The file " + name + " was received before and is not uploaded again";
                case REFUSED ->
                    "The file " + name + " is not uploaded - "
                            + file.refusal().map(Refusal::message).orElse("the server refuses it");
                case FAILED -> "The file " + name + " could not be uploaded - " + file.reason();
            };
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.bytes("bytes", file.bytes()), Fact.time("took", file.took()));
        }
    }

    /**
     * As many files were uploaded as one run may upload.
     *
     * @param subject the tenant
     * @param name the first file that is left
     */
    record LimitReached(String subject, String name) implements FetchEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "The maximum number of files on the server is reached - the file " + ProfileText.shown(name)
                    + " and the following ones will not be uploaded";
        }
    }

    /**
     * The run has ended.
     *
     * @param subject the tenant
     * @param report what it did
     */
    record RunEnded(String subject, FetchReport report) implements FetchEvent {
        @Override
        public Level level() {
            return report.isComplete() ? Level.INFO : Level.WARNING;
        }

        @Override
        public String message() {
            return report.toString();
        }
    }

    /**
     * The command was asked how it is used.
     *
     * @param subject the command
     * @param message its options
     */
    record Help(String subject, String message) implements FetchEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }
    }

    /**
     * The run could not begin, or the command was not understood.
     *
     * @param subject the server, or the command
     * @param message why
     */
    record RunRefused(String subject, String message) implements FetchEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }
    }
}
