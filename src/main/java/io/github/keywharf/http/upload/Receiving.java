package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;

/** What a creation and an append have in common: lengths are checked, content is taken, and the last ends the upload. */
record Receiving(UploadFiles files, Completion completion, UploadLimits limits, InstantSource clock) {

    /** The length that a request declares, or that follows from its content where that is the last. */
    static OptionalLong wholeLength(OptionalLong declared, long offset, boolean last, HttpBody body) {
        OptionalLong content = body.length();
        if (content.isEmpty()) {
            return declared;
        }
        long end = offset + content.getAsLong();
        if (declared.isPresent() && (last ? end != declared.getAsLong() : end > declared.getAsLong())) {
            throw Problems.inconsistentLength("The content ends at byte " + end + ", and the length is declared as "
                    + declared.getAsLong() + "; send what is declared");
        }
        return last ? OptionalLong.of(end) : declared;
    }

    static void requireSame(UploadState state, long length) {
        if (state.length().isPresent() && state.length().getAsLong() != length) {
            throw Problems.inconsistentLength("The length is " + length + " by this request, and was "
                    + state.length().getAsLong() + " before; begin another upload");
        }
    }

    static void requireRoom(OptionalLong length, long most) {
        if (length.isPresent() && length.getAsLong() > most) {
            throw tooLarge(most);
        }
    }

    private static UploadRefused tooLarge(long most) {
        return UploadRefused.of(
                413,
                "upload.too_large",
                "The file has more than " + most + " bytes, which are the most; send a smaller one",
                UploadHeaders.MAX_SIZE);
    }

    /** Writes the content of a request, and finishes the upload with the last. */
    HttpResponse appended(OpenUpload upload, HttpRequest request, boolean last, HttpBody body) {
        UploadState before = upload.state();
        long most = before.length().orElse(before.maxBytes());
        long room = Math.min(limits.maxAppendBytes(), most - before.offset());
        if (body.length().orElse(0) > room) {
            throw beyond(before, room);
        }
        Optional<String> declared = UploadHeaders.sha256(request.headers(), UploadHeaders.REPR_DIGEST);
        Append append =
                new Append(upload, UploadHeaders.sha256(request.headers(), UploadHeaders.CONTENT_DIGEST), clock);
        switch (append.run(files, body, room)) {
            case BEYOND -> throw beyond(before, room);
            case BROKEN ->
                throw UploadRefused.of(
                        400,
                        "upload.broken_off",
                        "The content broke off; ask by HEAD how much has arrived, and go on there");
            case ENDED ->
                throw UploadRefused.of(
                        409, "upload.ended", "Another request for this upload has come, and ended this one");
            case DAMAGED ->
                throw UploadRefused.of(
                        400,
                        "upload.content_digest",
                        "The content does not match its " + UploadHeaders.CONTENT_DIGEST
                                + "; none of it counts, send it again");
            case WHOLE -> {
                // The good case goes on below.
            }
        }
        if (!last) {
            if (append.offset() > before.offset()) {
                upload.record(before.at(append.offset(), clock.instant()));
            }
            return progress(HttpResponse.of(204), upload.state());
        }
        if (before.length().isPresent() && before.length().getAsLong() != append.offset()) {
            upload.record(before.at(append.offset(), clock.instant()));
            throw Problems.inconsistentLength("The upload has " + append.offset()
                    + " bytes, and its length is declared as " + before.length().getAsLong() + "; send the rest");
        }
        return completion.finish(upload, before.offset(), append.offset(), append.sha256(), declared);
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

    /** How far the upload is, as headers. */
    static HttpResponse progress(HttpResponse answer, UploadState state) {
        return answer.withHeader(UploadHeaders.OFFSET, Long.toString(state.offset()))
                .withHeader(UploadHeaders.COMPLETE, UploadHeaders.bool(state.phase() != UploadState.Phase.RECEIVING));
    }
}
