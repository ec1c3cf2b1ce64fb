package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** One upload by a client, from its creation or resumed. */
final class UploadRun {
    /** Least bytes of a request, whatever the server wants: 1 KiB. */
    private static final int MIN_SLICE = 1_024;

    private final UploadCalls calls;
    private final UploadListener listener;
    private final LocalFile file;
    private long slice;
    private long offset;
    private long highest;

    UploadRun(UploadCalls calls, Path path, UploadListener listener) {
        this.calls = calls;
        this.listener = listener;
        this.file = LocalFile.of(path);
        this.slice = calls.sliceBytes();
    }

    /** Creates the upload by a request without content, so that its URI is known before anything can be lost. */
    UploadReceipt upload(URI target) {
        UploadCalls.Answer created = calls.answer(calls.request("POST", target, HttpBody.empty())
                .withHeader(UploadHeaders.COMPLETE, UploadHeaders.FALSE)
                .withHeader(UploadHeaders.LENGTH, Long.toString(file.size()))
                .withHeader(UploadHeaders.REPR_DIGEST, UploadHeaders.digest(file.sha256())));
        if (created.isLast()) {
            return new UploadReceipt(created.status(), target, created.body());
        }
        URI upload = calls.location(target, created);
        limitSlice(created);
        listener.created(upload);
        return send(upload);
    }

    UploadReceipt resume(URI upload) {
        askOffset(upload);
        return send(upload);
    }

    private UploadReceipt send(URI upload) {
        while (true) {
            file.requireUnchanged();
            listener.progress(offset, file.size());
            long end = Math.min(offset + slice, file.size());
            Optional<UploadCalls.Answer> answer = patch(upload, end);
            if (answer.isEmpty()) {
                askOffset(upload);
            } else if (!answer.get().isSuccess()) {
                requireMendable(answer.get());
                calls.waitAfter(calls.refused(answer.get()), null);
                askOffset(upload);
            } else {
                moveTo(end);
                if (end == file.size()) {
                    listener.progress(end, end);
                    return new UploadReceipt(
                            answer.get().status(), upload, answer.get().body());
                }
            }
        }
    }

    private Optional<UploadCalls.Answer> patch(URI upload, long end) {
        HttpBody part = end == offset ? HttpBody.empty() : HttpBody.file(file.path(), offset, end - offset);
        HttpRequest request = calls.request("PATCH", upload, part)
                .withHeader("Content-Type", UploadHeaders.PARTIAL)
                .withHeader(UploadHeaders.OFFSET, Long.toString(offset))
                .withHeader(UploadHeaders.COMPLETE, end == file.size() ? UploadHeaders.TRUE : UploadHeaders.FALSE);
        try {
            return calls.once(request);
        } catch (KeywharfException e) {
            // A file that has become shorter is better reported as one that changed.
            if (e.is(HttpBody.UNREADABLE)) {
                file.requireUnchanged();
            }
            throw e;
        }
    }

    /** Throws unless it may help to ask for the offset. */
    private void requireMendable(UploadCalls.Answer answer) {
        calls.requireFound(answer);
        UploadRefused refused = calls.refused(answer);
        if (refused.reason().equals(UploadRefused.OTHER_CONTENT)) {
            throw file.changed("the server received other content than that of the digest");
        }
        boolean otherOffset = answer.status() == 409 && !answer.isLast();
        if (!otherOffset && !refused.reason().equals(UploadRefused.BROKEN_OFF)) {
            throw refused;
        }
    }

    private void askOffset(URI upload) {
        UploadCalls.Answer answer = calls.answer(calls.request("HEAD", upload, HttpBody.empty()));
        String size = Long.toString(file.size());
        String length = answer.headers().find(UploadHeaders.LENGTH).orElse(size);
        if (!length.equals(size)) {
            throw file.changed("it has " + size + " bytes, and the upload " + length);
        }
        moveTo(calls.offset(answer, file.size()));
        limitSlice(answer);
    }

    /** Sets the offset. A server whose offset rises and falls makes no progress. */
    private void moveTo(long arrived) {
        offset = arrived;
        if (arrived > highest) {
            highest = arrived;
            calls.progressed();
        }
    }

    private void limitSlice(UploadCalls.Answer answer) {
        slice = Math.max(MIN_SLICE, Math.min(slice, UploadHeaders.maxAppend(answer.headers())));
    }
}
