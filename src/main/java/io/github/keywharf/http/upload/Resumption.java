package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Answers requests to an upload that is there. */
record Resumption(Uploads uploads, Receiving receiving, Completion completion, UploadLimits limits) {

    HttpResponse answer(String owner, String id, HttpRequest request, HttpBody body) {
        switch (request.method()) {
            case "OPTIONS" -> {
                return limits.shown(HttpResponse.of(204), limits.maxFileBytes());
            }
            case "HEAD", "PATCH", "DELETE" -> {
                // All of these are the owner's only.
            }
            default -> {
                return HttpResponse.of(405).withHeader("Allow", "DELETE, HEAD, OPTIONS, PATCH");
            }
        }
        Optional<OpenUpload> found = uploads.find(owner, id);
        if (found.isEmpty()) {
            return Problems.notFound();
        }
        OpenUpload upload = found.get();
        if (!upload.take()) {
            return Problems.busy();
        }
        try {
            uploads.requireOpen();
            if (upload.isRemoved()) {
                return Problems.notFound();
            }
            if (uploads.isExpired(upload.state())) {
                uploads.remove(upload, "it made no progress for " + limits.maxAge());
                return Problems.notFound();
            }
            completion.finishIfWhole(upload);
            return switch (request.method()) {
                case "HEAD" -> described(upload.state());
                case "PATCH" -> patched(upload, request, body);
                default -> cancelled(upload);
            };
        } catch (UploadRefused e) {
            return limits.shown(Problems.of(e), upload.state().maxBytes());
        } finally {
            upload.leave();
        }
    }

    private HttpResponse cancelled(OpenUpload upload) {
        uploads.remove(upload);
        return HttpResponse.of(204);
    }

    private HttpResponse described(UploadState state) {
        HttpResponse answer = Receiving.progress(HttpResponse.of(204), state).withHeader("Cache-Control", "no-store");
        return limits.shown(
                state.length().isPresent()
                        ? answer.withHeader(
                                UploadHeaders.LENGTH,
                                Long.toString(state.length().getAsLong()))
                        : answer,
                state.maxBytes());
    }

    private HttpResponse patched(OpenUpload upload, HttpRequest request, HttpBody body) {
        String type = request.header("Content-Type").orElse("");
        if (!type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(UploadHeaders.PARTIAL)) {
            throw UploadRefused.of(
                    415,
                    "upload.bad_media_type",
                    "The content is not of " + UploadHeaders.PARTIAL + "; send it as that");
        }
        long offset = UploadHeaders.bytes(request.headers(), UploadHeaders.OFFSET)
                .orElseThrow(() -> UploadRefused.of(
                        400,
                        "upload.bad_header",
                        "The header " + UploadHeaders.OFFSET + " is missing; ask by HEAD for it"));
        boolean last = UploadHeaders.complete(request.headers())
                .orElseThrow(() -> UploadRefused.of(
                        400,
                        "upload.bad_header",
                        "The header " + UploadHeaders.COMPLETE + " is missing; send ?0 or ?1"));
        UploadState state = upload.state();
        if (state.isOver()) {
            if (last && (offset == state.lastAppend() || offset == state.offset())) {
                return completion.repeated(state);
            }
            throw UploadRefused.of(400, "upload.completed", "The upload is completed already; begin another one");
        }
        if (offset != state.offset()) {
            return Problems.wrongOffset(state.offset(), offset);
        }
        OptionalLong length =
                Receiving.wholeLength(UploadHeaders.bytes(request.headers(), UploadHeaders.LENGTH), offset, last, body);
        if (length.isPresent()) {
            Receiving.requireSame(state, length.getAsLong());
            Receiving.requireRoom(length, state.maxBytes());
            if (state.length().isEmpty()) {
                upload.record(state.ofLength(length.getAsLong()));
            }
        }
        return receiving.appended(upload, request, last, body);
    }
}
