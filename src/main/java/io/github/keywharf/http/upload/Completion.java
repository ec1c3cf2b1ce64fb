package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpResponse;
import java.time.InstantSource;
import java.util.Objects;

/**
 * End of an upload. Each step is durable before the next one begins: the content is complete, the receiver has taken it, the
 * answer is kept. After a crash in between, the next step is done again.
 */
record Completion(UploadFiles files, UploadReceiver receiver, InstantSource clock, EventListener listener) {

    /**
     * Finishes an upload whose content is complete.
     *
     * @param begun offset of the last request
     */
    HttpResponse finish(OpenUpload upload, long begun, long end) {
        UploadState.Creation creation = upload.creation();
        String sha256 = files.sha256(creation);
        upload.record(upload.state().finished(end, new UploadState.Arrival(begun, sha256), clock.instant()));
        return complete(upload);
    }

    /** Completes a finished upload whose completion a crash or a failure of the receiver prevented. */
    void completeIfFinished(OpenUpload upload) {
        if (upload.state().progress().phase() == UploadState.Phase.FINISHED) {
            complete(upload).close();
        }
    }

    /** Completes a finished upload at the start of a server; a failure of the receiver is reported. */
    void afterCrash(OpenUpload upload) {
        try {
            completeIfFinished(upload);
        } catch (RuntimeException e) {
            // Only the library's own messages are known to hold no secret.
            String failure =
                    e instanceof KeywharfException ? e.toString() : e.getClass().getName();
            listener.error(
                    "http.upload.not_completed",
                    Work.NONE,
                    Uploads.printable(upload.creation().name()),
                    "The receiver failed: " + failure);
        }
    }

    private HttpResponse complete(OpenUpload upload) {
        UploadState.Creation creation = upload.creation();
        long length = upload.state().progress().offset();
        HttpResponse answer;
        try {
            String sha256 = Objects.requireNonNull(upload.state().arrival().sha256(), "a finished upload has a digest");
            requireDeclared(creation, sha256);
            answer = receiver.complete(new FinishedUpload(
                    creation.owner(), creation.id(), creation.name(), files.content(creation.id()), length, sha256));
        } catch (UploadRefused e) {
            HttpResponse last = end(upload, UploadState.Phase.REFUSED, Problems.of(e));
            reportRefused(creation.owner(), creation.name(), e);
            return last;
        }
        if (!answer.isSuccess()) {
            throw new IllegalStateException("The receiver answered with status " + answer.status()
                    + "; throw UploadRefused to refuse an upload");
        }
        HttpResponse last = end(upload, UploadState.Phase.COMPLETED, answer);
        listener.info(
                "http.upload.completed",
                Work.NONE,
                Uploads.printable(creation.name()),
                "Uploaded by " + Uploads.printable(creation.owner()) + ", " + length + " bytes",
                Fact.bytes("bytes", length));
        return last;
    }

    private static void requireDeclared(UploadState.Creation creation, String sha256) {
        if (creation.declared() != null && !creation.declared().equals(sha256)) {
            throw UploadRefused.of(
                    400,
                    UploadRefused.OTHER_CONTENT,
                    "The content does not match the " + UploadHeaders.REPR_DIGEST
                            + ", and was discarded; begin another upload");
        }
    }

    private HttpResponse end(OpenUpload upload, UploadState.Phase phase, HttpResponse answer) {
        KeptAnswer kept = KeptAnswer.of(upload.state().describeIn(answer));
        files.write(upload.creation(), kept);
        upload.record(upload.state().withPhase(phase, clock.instant()));
        files.deleteContent(upload.creation());
        return kept.response();
    }

    void reportRefused(String owner, String name, UploadRefused refusal) {
        listener.warning(
                "http.upload.refused",
                Work.NONE,
                Uploads.printable(name),
                "Refused to " + Uploads.printable(owner) + " with status " + refusal.status() + ": "
                        + refusal.reason());
    }
}
