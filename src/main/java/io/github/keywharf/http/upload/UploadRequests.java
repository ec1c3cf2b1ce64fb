package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/** Answers the requests of the draft: POST creates an upload; HEAD, PATCH and DELETE are of an existing one. */
record UploadRequests(UploadFiles files, Uploads uploads, Completion completion, long maxFileBytes) {
    /** Limit on a name or an owner, 1,024 characters. */
    private static final int MAX_NAME = 1_024;

    private static final Set<String> METHODS = Set.of("HEAD", "PATCH", "DELETE");

    /**
     * Content of one request.
     *
     * @param isLast true if the file ends with it
     * @param declared size of the file by a header
     */
    private record Part(HttpBody body, boolean isLast, OptionalLong declared) {
        static Part of(HttpHeaders headers, HttpBody body) {
            return new Part(body, UploadHeaders.complete(headers), UploadHeaders.bytes(headers, UploadHeaders.LENGTH));
        }

        /** Returns the size of the file: the declared one, or the end of content at an offset that is the last. */
        OptionalLong fileLength(long offset) {
            if (body.length().isEmpty()) {
                return declared;
            }
            long end = offset + body.length().getAsLong();
            if (end > declared.orElse(end) || (isLast && end < declared.orElse(end))) {
                throw Problems.inconsistentLength("The content ends at byte " + end + ", and the length is declared as "
                        + declared.getAsLong() + "; send what is declared");
            }
            return isLast ? OptionalLong.of(end) : declared;
        }
    }

    HttpResponse create(String owner, String name, String prefix, HttpRequest request, HttpBody body) {
        long most = maxFileBytes;
        try {
            Part part = Part.of(request.headers(), body);
            if (name.length() > MAX_NAME || owner.length() > MAX_NAME) {
                throw UploadRefused.of(
                        400,
                        "upload.bad_name",
                        "The name has more than " + MAX_NAME + " characters; send a shorter one");
            }
            OptionalLong length = part.fileLength(0);
            if (length.orElse(0) > most) {
                throw Problems.tooLarge(most);
            }
            String digest = UploadHeaders.sha256(request.headers());
            uploads.sweep();
            UploadPermit permit = completion
                    .receiver()
                    .begin(new UploadStart(
                            owner, name, length, Optional.ofNullable(digest), request.withBody(HttpBody.empty())));
            if (permit.answer().isPresent()) {
                return permit.answer().get().withHeader(UploadHeaders.COMPLETE, UploadHeaders.TRUE);
            }
            most = Math.min(most, permit.maxBytes());
            UploadState state = UploadState.begin(
                    new UploadState.Creation(UploadFiles.newId(), owner, name, most, digest),
                    completion.clock().instant());
            OpenUpload upload = uploads.create(length.isPresent() ? state.withLength(length.getAsLong()) : state);
            return locked(upload, () -> fill(upload, prefix, part));
        } catch (UploadRefused e) {
            completion.reportRefused(owner, name, e);
            return Problems.of(e).withHeader(UploadHeaders.LIMIT, UploadHeaders.limit(most, UploadServer.MAX_AGE));
        }
    }

    /** Writes the first content. If that fails, no client knows of the upload, and it is removed. */
    private HttpResponse fill(OpenUpload upload, String prefix, Part part) {
        try {
            HttpResponse appended = append(upload, part);
            UploadState state = upload.state();
            HttpResponse answer =
                    state.isReceiving() ? state.limitIn(state.describeIn(HttpResponse.of(201))) : appended;
            return answer.withHeader("Location", prefix + upload.creation().id());
        } catch (RuntimeException | Error e) {
            if (!upload.state().isOver()) {
                uploads.remove(upload);
            }
            throw e;
        }
    }

    private HttpResponse locked(OpenUpload upload, Supplier<HttpResponse> answer) {
        if (!upload.lock()) {
            return Problems.busy();
        }
        try {
            uploads.requireOpen();
            return answer.get();
        } finally {
            upload.unlock();
        }
    }

    HttpResponse resume(String owner, String id, HttpRequest request, HttpBody body) {
        if (!METHODS.contains(request.method())) {
            return HttpResponse.of(405).withHeader("Allow", "DELETE, HEAD, PATCH");
        }
        Optional<OpenUpload> found = uploads.find(owner, id);
        if (found.isEmpty()) {
            return Problems.notFound();
        }
        OpenUpload upload = found.get();
        return locked(
                upload,
                () -> upload.isRemoved() || uploads.isRemovedAsExpired(upload)
                        ? Problems.notFound()
                        : answer(upload, request, body));
    }

    private HttpResponse answer(OpenUpload upload, HttpRequest request, HttpBody body) {
        try {
            if (request.method().equals("DELETE")) {
                uploads.remove(upload);
                return HttpResponse.of(204);
            }
            completion.completeIfFinished(upload);
            return request.method().equals("HEAD") ? describe(upload.state()) : patch(upload, request, body);
        } catch (UploadRefused e) {
            return upload.state().limitIn(Problems.of(e));
        }
    }

    private HttpResponse describe(UploadState state) {
        HttpResponse answer =
                state.limitIn(state.describeIn(HttpResponse.of(204))).withHeader("Cache-Control", "no-store");
        OptionalLong length = state.progress().length();
        return length.isEmpty() ? answer : answer.withHeader(UploadHeaders.LENGTH, Long.toString(length.getAsLong()));
    }

    private HttpResponse patch(OpenUpload upload, HttpRequest request, HttpBody body) {
        String type = request.header("Content-Type").orElse("");
        if (!type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(UploadHeaders.PARTIAL)) {
            throw UploadRefused.of(
                    415,
                    "upload.bad_media_type",
                    "The content is not of " + UploadHeaders.PARTIAL + "; send it as that");
        }
        long offset = UploadHeaders.bytes(request.headers(), UploadHeaders.OFFSET)
                .orElseThrow(() -> UploadHeaders.missing(UploadHeaders.OFFSET, "ask by HEAD for it"));
        Part part = Part.of(request.headers(), body);
        UploadState state = upload.state();
        long expected = state.progress().offset();
        if (state.isOver()) {
            if (part.isLast() && (offset == state.arrival().lastAppend() || offset == expected)) {
                return files.answer(upload.creation()).response();
            }
            throw UploadRefused.of(400, "upload.completed", "The upload is completed already; begin another one");
        }
        if (offset != expected) {
            return Problems.wrongOffset(expected, offset);
        }
        OptionalLong length = part.fileLength(offset);
        if (length.isPresent()) {
            UploadState sized = state.withLength(length.getAsLong());
            if (!sized.equals(state)) {
                upload.record(sized);
            }
        }
        return append(upload, part);
    }

    /** Writes the content of a request, and finishes the upload with the last. */
    private HttpResponse append(OpenUpload upload, Part part) {
        UploadState before = upload.state();
        long begun = before.progress().offset();
        long room = Math.min(UploadServer.MAX_APPEND_BYTES, before.room());
        if (part.body().length().orElse(0) > room) {
            throw beyond(before, room);
        }
        long end = new Append(upload, completion.clock()).run(files, part.body(), room, () -> beyond(before, room));
        long length = before.progress().length().orElse(end);
        if (part.isLast() && end == length) {
            return completion.finish(upload, begun, end);
        }
        if (end > begun) {
            upload.record(before.withOffset(end, completion.clock().instant()));
        }
        if (part.isLast()) {
            throw Problems.inconsistentLength(
                    "The upload has " + end + " bytes, and its length is declared as " + length + "; send the rest");
        }
        return upload.state().describeIn(HttpResponse.of(204));
    }

    private UploadRefused beyond(UploadState state, long room) {
        if (room == UploadServer.MAX_APPEND_BYTES) {
            return UploadRefused.of(
                    413,
                    "upload.append_too_large",
                    "The request has more than " + room + " bytes, which are the most; send less at a time",
                    "max-append-size");
        }
        OptionalLong length = state.progress().length();
        return length.isPresent()
                ? Problems.inconsistentLength("The content goes beyond the declared length of " + length.getAsLong()
                        + " bytes; what is beyond does not count")
                : Problems.tooLarge(state.creation().maxBytes());
    }
}
