package io.github.keywharf.cassandra;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What reading and unloading a whole table reports, besides {@link io.github.keywharf.event.Progress}. */
public sealed interface UnloadEvent extends Event {

    /**
     * The server does not answer for now; the read waits and continues by itself. Reported once for each outage.
     *
     * @param work whose work it belongs to
     * @param subject the table
     * @param reason the failure's message
     * @param outageWait how long it waits at most
     */
    record Delayed(Work work, String subject, String reason, Duration outageWait) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "Waiting up to " + outageWait + " for the server: " + reason;
        }
    }

    /**
     * The server answers again.
     *
     * @param work whose work it belongs to
     * @param subject the table
     */
    record Continued(Work work, String subject) implements UnloadEvent {
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
     * @param work whose work it belongs to
     * @param subject the table
     * @param folder where
     * @param files how many files it had finished
     * @param rows how many rows are in them
     */
    record Resumed(Work work, String subject, String folder, int files, long rows) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return String.format(
                    Locale.ROOT, "Resumed in %s after %,d finished files with %,d rows", folder, files, rows);
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("files", files), Fact.count("rows", rows));
        }
    }

    /**
     * A file is there for good.
     *
     * @param work whose work it belongs to
     * @param subject the table
     * @param file what it is
     */
    record FileFinished(Work work, String subject, UnloadReport.UnloadedFile file) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.DEBUG;
        }

        @Override
        public String message() {
            return file.toString();
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("rows", file.rows()), Fact.bytes("bytes", file.bytes()));
        }
    }

    /**
     * Columns were added to the table while it was unloaded, and are not in the files.
     *
     * @param work whose work it belongs to
     * @param subject the table
     * @param columns their names
     */
    record ColumnsAdded(Work work, String subject, List<String> columns) implements UnloadEvent {

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
     * @param work whose work it belongs to
     * @param subject the table
     * @param report what was done
     */
    record Finished(Work work, String subject, UnloadReport report) implements UnloadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return report.toString();
        }

        @Override
        public List<Fact> facts() {
            return List.of(
                    Fact.count("rows", report.rows()),
                    Fact.bytes("bytes", report.bytes()),
                    Fact.count("files", report.files().size()),
                    Fact.time("took", report.took()));
        }
    }
}
