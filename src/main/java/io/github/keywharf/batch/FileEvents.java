package io.github.keywharf.batch;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import java.util.Locale;

/** Reports the states of files. Each has an event of its own, so that ingested and failed files are counted apart. */
final class FileEvents {

    private FileEvents() {}

    static void report(EventListener events, IngestedFile file) {
        Work work = file.work();
        String subject = file.tenant() + "/" + file.name();
        Fact bytes = Fact.bytes("bytes", file.bytes());
        switch (file.state()) {
            case RECEIVED -> {
                if (file.reason().isEmpty()) {
                    String message = String.format(Locale.ROOT, "received, %,d bytes", file.bytes());
                    events.debug("batch.file.received", work, subject, message, bytes);
                } else {
                    String message = "waits for another attempt: " + file.reason();
                    events.warning("batch.file.deferred", work, subject, message, bytes);
                }
            }
            case RUNNING ->
                events.debug("batch.file.started", work, subject, "attempt " + file.attempt() + " started", bytes);
            case DONE ->
                events.info(
                        "batch.file.ingested",
                        work,
                        subject,
                        String.format(Locale.ROOT, "ingested, %,d rows, %,d rejected", file.rows(), file.rejected()),
                        Fact.count("rows", file.rows()),
                        Fact.count("rejected", file.rejected()),
                        bytes,
                        Fact.time("took", file.took()));
            case FAILED -> events.warning("batch.file.failed", work, subject, "failed: " + file.reason(), bytes);
            case REFUSED -> events.warning("batch.file.refused", work, subject, "refused: " + file.reason(), bytes);
            case DUPLICATE ->
                events.info("batch.file.duplicate", work, subject, "was received before: " + file.reason(), bytes);
        }
    }
}
