package io.github.keywharf.cassandra;

import io.github.keywharf.event.Event;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What reading and unloading a whole table reports, besides {@link io.github.keywharf.event.Progress}. */
public sealed interface UnloadEvent extends Event {

    /**
     * The server does not answer for now; the read waits and goes on by itself. Told once for each outage.
     *
     * @param subject the table
     * @param reason the failure's message
     * @param patience how long it waits at most
     */
    record Delayed(String subject, String reason, Duration patience) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "Waiting up to " + patience + " for the server: " + reason;
        }
    }

    /**
     * The server answers again.
     *
     * @param subject the table
     */
    record Continued(String subject) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return "The server answers again";
        }
    }

    /**
     * An earlier unload into the same folder is taken up where it ended.
     *
     * @param subject the table
     * @param folder where
     * @param files how many files it had finished
     * @param rows how many rows are in them
     */
    record Resumed(String subject, String folder, int files, long rows) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return String.format(
                    Locale.ROOT, "Resumed in %s after %,d finished files with %,d rows", folder, files, rows);
        }
    }

    /**
     * A file is there for good.
     *
     * @param subject the table
     * @param file what it is
     */
    record FileFinished(String subject, UnloadReport.UnloadedFile file) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.DEBUG;
        }

        @Override
        public String message() {
            return file.toString();
        }
    }

    /**
     * Columns were added to the table while it was unloaded, and are not in the files.
     *
     * @param subject the table
     * @param columns their names
     */
    record ColumnsAdded(String subject, List<String> columns) implements UnloadEvent {

        /** Copies the list. */
        public ColumnsAdded {
            columns = List.copyOf(columns);
        }

        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "Columns " + columns + " were added meanwhile and are not in the files";
        }
    }

    /**
     * All files are there, and the manifest names them.
     *
     * @param subject the table
     * @param report what was done
     */
    record Finished(String subject, UnloadReport report) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return report.toString();
        }
    }
}
