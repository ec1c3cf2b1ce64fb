package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/** Answers the requests of the draft: POST creates an upload; HEAD, PATCH and DELETE are of one that exists. */
record UploadRequests(UploadFiles files, Uploads uploads, Completion completion, UploadLimits limits) {
    /** The most characters of a name or an owner, 1,024. */
    private static final int MAX_NAME = 1_024;

    private static final Set<String> METHODS = Set.of("HEAD", "PATCH", "DELETE");

    HttpResponse created(String owner, String name, String prefix, HttpRequest request, HttpBody body) {
        long most = limits.maxFileBytes();
        try {
            boolean last = UploadHeaders.complete(request.headers());
            if (name.length() > MAX_NAME || owner.length() > MAX_NAME) {
                throw UploadRefused.of(
                        400,
                        "upload.bad_name",
                        "The name has more than " + MAX_NAME + " characters; send a shorter one");
            }
            OptionalLong length = wholeLength(request, 0, last, body);
            requireRoom(length, most);
            Optional<String> digest = UploadHeaders.sha256(request.headers(), UploadHeaders.REPR_DIGEST);
            uploads.sweep();
            UploadPermit permit = completion
                    .receiver()
                    .begin(new UploadStart(owner, name, length, digest, request.withBody(HttpBody.empty())));
            if (permit.answer().isPresent()) {
                return permit.answer().get().withHeader(UploadHeaders.COMPLETE, UploadHeaders.TRUE);
            }
            most = Math.min(most, permit.maxBytes());
            requireRoom(length, most);
            UploadState state = new UploadState(
                    UploadFiles.newId(),
                    owner,
                    name,
                    UploadState.Phase.RECEIVING,
                    0,
                    length,
                    most,
                    digest,
                    completion.clock().instant(),
                    0,
                    null);
            return begun(state, prefix, request, last, body);
        } catch (UploadRefused e) {
            completion.reportRefused(owner, name, e);
            return limits.shown(Problems.of(e), most);
        }
    }

    private HttpResponse begun(UploadState state, String prefix, HttpRequest request, boolean last, HttpBody body) {
        boolean isEmpty = !last && body.length().orElse(-1) == 0;
        OpenUpload upload = isEmpty ? uploads.createOrFind(state) : uploads.create(state);
        return holding(upload, () -> {
            if (upload.isRemoved() || upload.state().phase() != UploadState.Phase.RECEIVING) {
                return Problems.busy();
            }
            return isEmpty ? begun(upload.state(), prefix) : filled(upload, prefix, request, last, body);
        });
    }

    /** The first content goes into a new upload; where that fails, no client knows of the upload, and it is removed. */
    private HttpResponse filled(OpenUpload upload, String prefix, HttpRequest request, boolean last, HttpBody body) {
        try {
            HttpResponse answer = appended(upload, request, last, body);
            UploadState state = upload.state();
            return state.phase() == UploadState.Phase.RECEIVING
                    ? begun(state, prefix)
                    : answer.withHeader("Location", prefix + state.id());
        } catch (RuntimeException | Error e) {
            if (upload.state().phase() == UploadState.Phase.RECEIVING) {
                uploads.remove(upload);
            }
            throw e;
        }
    }

    private HttpResponse begun(UploadState state, String prefix) {
        return limits.shown(
                state.shown(HttpResponse.of(201)).withHeader("Location", prefix + state.id()), state.maxBytes());
    }

    /** Answers once no other request has the upload. */
    private HttpResponse holding(OpenUpload upload, Supplier<HttpResponse> answer) {
        if (!upload.take()) {
            return Problems.busy();
        }
        try {
            uploads.requireOpen();
            return answer.get();
        } finally {
            upload.leave();
        }
    }

    /** The answer to OPTIONS. */
    HttpResponse allowed() {
        return limits.shown(HttpResponse.of(204), limits.maxFileBytes());
    }

    HttpResponse resumed(String owner, String id, HttpRequest request, HttpBody body) {
        if (request.method().equals("OPTIONS")) {
            return allowed();
        }
        if (!METHODS.contains(request.method())) {
            return HttpResponse.of(405).withHeader("Allow", "DELETE, HEAD, OPTIONS, PATCH");
        }
        Optional<OpenUpload> found = uploads.find(owner, id);
        if (found.isEmpty()) {
            return Problems.notFound();
        }
        OpenUpload upload = found.get();
        return holding(
                upload,
                () -> upload.isRemoved() || uploads.isRemovedAsExpired(upload)
                        ? Problems.notFound()
                        : resumed(upload, request, body));
    }

    private HttpResponse resumed(OpenUpload upload, HttpRequest request, HttpBody body) {
        try {
            completion.finishIfWhole(upload);
            return switch (request.method()) {
                case "HEAD" -> described(upload.state());
                case "PATCH" -> patched(upload, request, body);
                default -> {
                    uploads.remove(upload);
                    yield HttpResponse.of(204);
                }
            };
        } catch (UploadRefused e) {
            return limits.shown(Problems.of(e), upload.state().maxBytes());
        }
    }

    private HttpResponse described(UploadState state) {
        HttpResponse answer = state.shown(HttpResponse.of(204)).withHeader("Cache-Control", "no-store");
        if (state.length().isPresent()) {
            answer = answer.withHeader(
                    UploadHeaders.LENGTH, Long.toString(state.length().getAsLong()));
        }
        return limits.shown(answer, state.maxBytes());
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
                .orElseThrow(() -> UploadHeaders.missing(UploadHeaders.OFFSET, "ask by HEAD for it"));
        boolean last = UploadHeaders.complete(request.headers());
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
        OptionalLong length = wholeLength(request, offset, last, body);
        if (length.isPresent() && state.length().isEmpty()) {
            requireRoom(length, state.maxBytes());
            upload.record(state.ofLength(length.getAsLong()));
        } else if (length.isPresent() && !length.equals(state.length())) {
            throw Problems.inconsistentLength("The length is " + length.getAsLong() + " by this request, and was "
                    + state.length().getAsLong() + " before; begin another upload");
        }
        return appended(upload, request, last, body);
    }

    /** The length that a request declares, or that follows from its content where that is the last. */
    private static OptionalLong wholeLength(HttpRequest request, long offset, boolean last, HttpBody body) {
        OptionalLong declared = UploadHeaders.bytes(request.headers(), UploadHeaders.LENGTH);
        if (body.length().isEmpty()) {
            return declared;
        }
        long end = offset + body.length().getAsLong();
        if (declared.isPresent() && (last ? end != declared.getAsLong() : end > declared.getAsLong())) {
            throw Problems.inconsistentLength("The content ends at byte " + end + ", and the length is declared as "
                    + declared.getAsLong() + "; send what is declared");
        }
        return last ? OptionalLong.of(end) : declared;
    }

    private static void requireRoom(OptionalLong length, long most) {
        if (length.orElse(0) > most) {
            throw tooLarge(most);
        }
    }

    private static UploadRefused tooLarge(long most) {
        return UploadRefused.of(
                413,
                "upload.too_large",
                "The file has more than " + most + " bytes, which are the most; send a smaller one",
                "max-size");
    }

    /** Writes the content of a request, and finishes the upload with the last. */
    private HttpResponse appended(OpenUpload upload, HttpRequest request, boolean last, HttpBody body) {
        UploadState before = upload.state();
        long room = Math.min(limits.maxAppendBytes(), before.length().orElse(before.maxBytes()) - before.offset());
        if (body.length().orElse(0) > room) {
            throw beyond(before, room);
        }
        Optional<String> declared = UploadHeaders.sha256(request.headers(), UploadHeaders.REPR_DIGEST);
        Append append = new Append(
                upload, UploadHeaders.sha256(request.headers(), UploadHeaders.CONTENT_DIGEST), completion.clock());
        long end = append.run(files, body, room, () -> beyond(before, room));
        boolean isShort = before.length().isPresent() && before.length().getAsLong() != end;
        if (last && !isShort) {
            return completion.finish(upload, before.offset(), end, declared);
        }
        if (end > before.offset()) {
            upload.record(before.at(end, completion.clock().instant()));
        }
        if (last) {
            throw Problems.inconsistentLength("The upload has " + end + " bytes, and its length is declared as "
                    + before.length().getAsLong() + "; send the rest");
        }
        return upload.state().shown(HttpResponse.of(204));
    }

    private UploadRefused beyond(UploadState state, long room) {
        if (room == limits.maxAppendBytes()) {
            return UploadRefused.of(
                    413,
                    "upload.append_too_large",
                    "The request has more than " + room + " bytes, which are the most; send less at a time",
                    UploadHeaders.MAX_APPEND);
        }
        return state.length().isPresent()
                ? Problems.inconsistentLength("The content goes beyond the declared length of "
                        + state.length().getAsLong() + " bytes; what is beyond does not count")
                : tooLarge(state.maxBytes());
    }
}
