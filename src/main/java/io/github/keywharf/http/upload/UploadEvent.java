package io.github.keywharf.http.upload;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import java.util.List;

/** What an {@link UploadServer} reports to its listener. Names of files are shown, printable and cut; ids of uploads that are there are not. */
public sealed interface UploadEvent extends Event {

    /**
     * A file arrived whole, and the receiver took it.
     *
     * @param subject name of the file
     * @param owner who uploaded it
     * @param bytes of its content
     */
    record Completed(String subject, String owner, long bytes) implements UploadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return "Uploaded by " + owner + ", " + bytes + " bytes";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.bytes("bytes", bytes));
        }
    }

    /**
     * An upload was refused, at its beginning or at its end.
     *
     * @param subject name of the file
     * @param owner who wanted to upload it
     * @param reason stable, for programs
     * @param status of the answer
     */
    record Refused(String subject, String owner, String reason, int status) implements UploadEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "Refused to " + owner + " with status " + status + ": " + reason;
        }
    }

    /**
     * An upload was removed, because it made no progress for too long or because its files are damaged.
     *
     * @param subject name of the file, or of the upload's directory where that is not known
     * @param reason why
     */
    record Removed(String subject, String reason) implements UploadEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "The upload was removed: " + reason;
        }
    }

    /**
     * A file had arrived whole when the last process ended, and the receiver failed to take it; that is tried again with the
     * next request for it.
     *
     * @param subject name of the file
     * @param failure the class of what the receiver threw, or the message where it is one of this library
     */
    record NotCompleted(String subject, String failure) implements UploadEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String message() {
            return "The receiver failed: " + failure;
        }
    }
}
