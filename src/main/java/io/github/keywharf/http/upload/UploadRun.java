package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** One upload by a client, from its creation or from where it is. */
final class UploadRun {
    private final UploadCalls calls;
    private final UploadListener listener;
    private final LocalFile file;
    private long slice;
    private long offset;
    private long begun;
    private int resumed;
    private boolean complete;

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
            return new UploadReceipt(created.status(), target, 0, 0, created.body());
        }
        URI upload = calls.location(target, created);
        if (created.headers().has(UploadHeaders.OFFSET)) {
            offset = calls.offset(created, file.size());
        }
        limit(created);
        listener.created(upload);
        return send(upload);
    }

    UploadReceipt resume(URI upload) {
        ask(upload);
        return send(upload);
    }

    private UploadReceipt send(URI upload) {
        begun = offset;
        calls.progressed();
        while (true) {
            file.requireUnchanged();
            listener.progress(offset, file.size());
            long size = Math.min(slice, file.size() - offset);
            boolean last = offset + size == file.size();
            Optional<UploadCalls.Answer> answer = patched(upload, size, last);
            if (answer.isPresent() && answer.get().isSuccess()) {
                offset += size;
                calls.progressed();
                if (last) {
                    listener.progress(offset, file.size());
                    return receipt(upload, answer.get());
                }
                continue;
            }
            if (answer.isPresent()) {
                if (complete && UploadCalls.saysCompleted(answer.get())) {
                    // The server has the file, and does not keep the answer.
                    return receipt(upload, new UploadCalls.Answer(204, HttpHeaders.none(), ""));
                }
                requireMendable(answer.get(), size);
                calls.waitAfter(calls.refused(answer.get()), Optional.empty());
            }
            resumed++;
            ask(upload);
        }
    }

    private UploadReceipt receipt(URI upload, UploadCalls.Answer answer) {
        return new UploadReceipt(answer.status(), upload, file.size() - begun, resumed, answer.body());
    }

    private Optional<UploadCalls.Answer> patched(URI upload, long size, boolean last) {
        HttpBody part = size == 0 ? HttpBody.empty() : HttpBody.file(file.path(), offset, size);
        HttpRequest request = calls.request("PATCH", upload, part)
                .withHeader("Content-Type", UploadHeaders.PARTIAL)
                .withHeader(UploadHeaders.OFFSET, Long.toString(offset))
                .withHeader(UploadHeaders.COMPLETE, UploadHeaders.bool(last));
        try {
            return calls.once(
                    last
                            ? request.withHeader(UploadHeaders.REPR_DIGEST, UploadHeaders.digest(file.sha256()))
                            : request);
        } catch (KeywharfException e) {
            // A file that has become shorter is better reported as one that changed.
            if (e.is(HttpBody.UNREADABLE)) {
                file.requireUnchanged();
            }
            throw e;
        }
    }

    /** Throws unless asking for the offset, or smaller slices, may help. */
    private void requireMendable(UploadCalls.Answer answer, long size) {
        calls.requireThere(answer);
        limit(answer);
        if ((answer.status() == 409 && !answer.isLast()) || (answer.status() == 413 && slice < size)) {
            return;
        }
        UploadRefused refused = calls.refused(answer);
        if (refused.reason().equals("upload.repr_digest")) {
            file.requireSameContent();
        }
        if (!refused.reason().equals("upload.broken_off")) {
            throw refused;
        }
    }

    /** Asks how much has arrived. */
    private void ask(URI upload) {
        UploadCalls.Answer answer = calls.answer(calls.request("HEAD", upload, HttpBody.empty()));
        String length = answer.headers().find(UploadHeaders.LENGTH).orElse("");
        if (!length.isEmpty() && !length.equals(Long.toString(file.size()))) {
            throw file.changed("it has " + file.size() + " bytes, and the upload " + length);
        }
        long arrived = calls.offset(answer, file.size());
        complete = answer.isLast();
        if (complete && arrived < file.size()) {
            throw file.changed("the upload is complete with " + arrived + " bytes");
        }
        if (arrived > offset) {
            calls.progressed();
        }
        offset = arrived;
        limit(answer);
    }

    private void limit(UploadCalls.Answer answer) {
        long most =
                UploadHeaders.limit(answer.headers(), UploadHeaders.MAX_APPEND).orElse(Long.MAX_VALUE);
        slice = Math.max(1, Math.min(slice, most));
    }
}
