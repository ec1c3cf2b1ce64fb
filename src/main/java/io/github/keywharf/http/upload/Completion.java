package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpResponse;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The end of an upload, in steps of which each is durable before the next: all content is there, the receiver has taken it, the
 * answer is kept. A crash in between is repaired by taking the next step again.
 */
record Completion(UploadFiles files, UploadReceiver receiver, InstantSource clock, EventListener listener) {

    /**
     * Ends an upload whose content has arrived whole.
     *
     * @param begun offset at which the last request began
     * @param declared digest of the whole by the last request
     */
    HttpResponse finish(OpenUpload upload, long begun, long end, Optional<String> declared) {
        String sha256 = files.sha256(upload.state());
        UploadState whole = upload.state().whole(begun, end, sha256, clock.instant());
        if (Stream.of(declared, whole.declared())
                .flatMap(Optional::stream)
                .anyMatch(digest -> !digest.equals(sha256))) {
            return over(
                    upload,
                    whole,
                    UploadRefused.of(
                            400,
                            "upload.repr_digest",
                            "The content does not match the " + UploadHeaders.REPR_DIGEST
                                    + ", and was discarded; begin another upload"));
        }
        upload.record(whole);
        return taken(upload);
    }

    /** Has the receiver take what is whole, where a crash or the receiver's failure has kept that from being done. */
    void finishIfWhole(OpenUpload upload) {
        if (upload.state().phase() == UploadState.Phase.FINISHED) {
            taken(upload).close();
        }
    }

    /** The same when the server begins, which a receiver that fails does not keep from beginning. */
    void afterCrash(OpenUpload upload) {
        try {
            finishIfWhole(upload);
        } catch (RuntimeException e) {
            // Only the library's own messages are known to hold no secret.
            String failure =
                    e instanceof KeywharfException ? e.toString() : e.getClass().getName();
            listener.error(
                    "http.upload.not_completed",
                    Work.NONE,
                    Uploads.shown(upload.state().name()),
                    "The receiver failed: " + failure);
        }
    }

    private HttpResponse taken(OpenUpload upload) {
        UploadState state = upload.state();
        HttpResponse answer;
        try {
            answer = receiver.complete(new FinishedUpload(
                    state.owner(),
                    state.id(),
                    state.name(),
                    files.content(state.id()),
                    state.offset(),
                    state.sha256() == null ? "" : state.sha256()));
        } catch (UploadRefused e) {
            return over(upload, state, e);
        }
        if (!answer.isSuccess()) {
            throw new IllegalStateException("The receiver answered with status " + answer.status()
                    + "; throw UploadRefused to refuse an upload");
        }
        HttpResponse last = over(upload, state, UploadState.Phase.COMPLETED, answer);
        listener.info(
                "http.upload.completed",
                Work.NONE,
                Uploads.shown(state.name()),
                "Uploaded by " + Uploads.shown(state.owner()) + ", " + state.offset() + " bytes",
                Fact.bytes("bytes", state.offset()));
        return last;
    }

    private HttpResponse over(OpenUpload upload, UploadState state, UploadRefused refusal) {
        HttpResponse last = over(upload, state, UploadState.Phase.REFUSED, Problems.of(refusal));
        reportRefused(state.owner(), state.name(), refusal);
        return last;
    }

    private HttpResponse over(OpenUpload upload, UploadState state, UploadState.Phase phase, HttpResponse answer) {
        KeptAnswer kept = KeptAnswer.of(state.shown(answer));
        files.write(state, kept);
        upload.record(state.in(phase, clock.instant()));
        files.deleteContent(state);
        return kept.response();
    }

    /** The last answer once more. */
    HttpResponse repeated(UploadState state) {
        return files.answer(state)
                .orElseThrow(() -> UploadFiles.failed(state.name(), "be read", null))
                .response();
    }

    void reportRefused(String owner, String name, UploadRefused refusal) {
        listener.warning(
                "http.upload.refused",
                Work.NONE,
                Uploads.shown(name),
                "Refused to " + Uploads.shown(owner) + " with status " + refusal.status() + ": " + refusal.reason());
    }
}
