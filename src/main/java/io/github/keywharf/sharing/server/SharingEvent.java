package io.github.keywharf.sharing.server;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import java.time.Duration;
import java.util.List;

/** What a {@link DeltaSharingServer} reports to its listener: who read what, and who was refused. Never an address of a file. */
public sealed interface SharingEvent extends Event {

    /**
     * A recipient was given the files of a table, or a part of them where it went away.
     *
     * @param work of the recipient's tenant
     * @param recipient who
     * @param table {@code share.schema.table}
     * @param action {@code query} or {@code changes}
     * @param version that was read, or with which the changes begin
     * @param files how many
     * @param bytes how much they hold
     * @param time that the answer took
     */
    record TableRead(
            Work work,
            String recipient,
            String table,
            String action,
            long version,
            long files,
            long bytes,
            Duration time)
            implements SharingEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String subject() {
            return table;
        }

        @Override
        public String message() {
            return recipient + " was given " + files + (files == 1 ? " file (" : " files (") + action + ", version "
                    + version + ")";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("files", files), Fact.bytes("bytes", bytes), Fact.time("time", time));
        }
    }

    /**
     * The server itself began to send a file to a recipient.
     *
     * @param work of the recipient's tenant
     * @param recipient who
     * @param source the table as the server knows it
     * @param bytes how many are sent
     */
    record FileSent(Work work, String recipient, String source, long bytes) implements SharingEvent {
        @Override
        public Level level() {
            return Level.DEBUG;
        }

        @Override
        public String subject() {
            return source;
        }

        @Override
        public String message() {
            return recipient + " is sent " + bytes + " bytes of a file";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.bytes("bytes", bytes));
        }
    }

    /**
     * A request was refused.
     *
     * @param subject who sent it, as far as that is known: a recipient, or an address
     * @param path what it was for
     * @param code why, as a stable code
     * @param reason why, as a text
     */
    record Refused(String subject, String path, String code, String reason) implements SharingEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "A request for " + path + " was refused: " + reason + " (" + code + ")";
        }
    }

    /**
     * A request failed; its client learns that it did, and not why.
     *
     * @param subject what it was for
     * @param failure why
     */
    record Failed(String subject, Throwable failure) implements SharingEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String message() {
            return "A request failed: " + failure.getMessage();
        }
    }
}
