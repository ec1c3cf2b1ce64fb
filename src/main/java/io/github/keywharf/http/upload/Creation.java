package io.github.keywharf.http.upload;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/** Answers requests that create an upload. */
final class Creation {
    /** The most characters of a name or an owner, 1,024. */
    private static final int MAX_NAME = 1_024;

    private final Uploads uploads;
    private final Receiving receiving;
    private final UploadReceiver receiver;
    private final UploadLimits limits;
    private final InstantSource clock;
    private final EventListener listener;
    private final SecureRandom random = new SecureRandom();

    Creation(
            Uploads uploads,
            Receiving receiving,
            UploadReceiver receiver,
            UploadLimits limits,
            InstantSource clock,
            EventListener listener) {
        this.uploads = uploads;
        this.receiving = receiving;
        this.receiver = receiver;
        this.limits = limits;
        this.clock = clock;
        this.listener = listener;
    }

    HttpResponse answer(String owner, String name, String prefix, HttpRequest request, HttpBody body) {
        try {
            return created(owner, name, prefix, request, body);
        } catch (UploadRefused e) {
            return refused(owner, name, e, limits.maxFileBytes());
        }
    }

    private HttpResponse created(String owner, String name, String prefix, HttpRequest request, HttpBody body) {
        boolean last = UploadHeaders.complete(request.headers())
                .orElseThrow(() -> UploadRefused.of(
                        400,
                        "upload.bad_header",
                        "The header " + UploadHeaders.COMPLETE + " is missing; send ?0 or ?1"));
        if (name.length() > MAX_NAME || owner.length() > MAX_NAME) {
            throw UploadRefused.of(
                    400, "upload.bad_name", "The name has more than " + MAX_NAME + " characters; send a shorter one");
        }
        OptionalLong length =
                Receiving.wholeLength(UploadHeaders.bytes(request.headers(), UploadHeaders.LENGTH), 0, last, body);
        Receiving.requireRoom(length, limits.maxFileBytes());
        Optional<String> digest = UploadHeaders.sha256(request.headers(), UploadHeaders.REPR_DIGEST);
        uploads.sweep();
        UploadPermit permit =
                receiver.begin(new UploadStart(owner, name, length, digest, request.withBody(HttpBody.empty())));
        if (permit.answer().isPresent()) {
            return permit.answer().get().withHeader(UploadHeaders.COMPLETE, UploadHeaders.TRUE);
        }
        UploadState state = new UploadState(
                newId(),
                owner,
                name,
                UploadState.Phase.RECEIVING,
                0,
                length,
                Math.min(limits.maxFileBytes(), permit.maxBytes().orElse(limits.maxFileBytes())),
                digest,
                clock.instant(),
                0,
                null);
        try {
            return begun(state, prefix, request, last, body);
        } catch (UploadRefused e) {
            return refused(owner, name, e, state.maxBytes());
        }
    }

    private HttpResponse begun(UploadState state, String prefix, HttpRequest request, boolean last, HttpBody body) {
        Receiving.requireRoom(state.length(), state.maxBytes());
        boolean careful = !last && body.length().orElse(-1) == 0;
        OpenUpload upload = uploads.create(state, limits.maxOpen(), careful);
        if (!upload.take()) {
            return Problems.busy();
        }
        try {
            uploads.requireOpen();
            if (upload.isRemoved() || upload.state().phase() != UploadState.Phase.RECEIVING) {
                return Problems.busy();
            }
            return careful ? created(upload.state(), prefix) : filled(upload, prefix, request, last, body);
        } finally {
            upload.leave();
        }
    }

    private HttpResponse refused(String owner, String name, UploadRefused refusal, long maxBytes) {
        Uploads.refused(listener, owner, name, refusal);
        return limits.shown(Problems.of(refusal), maxBytes);
    }

    /** The first content goes into a new upload; where that fails, nobody has learned of the upload, and it goes. */
    private HttpResponse filled(OpenUpload upload, String prefix, HttpRequest request, boolean last, HttpBody body) {
        boolean ended = false;
        try {
            HttpResponse answer = receiving.appended(upload, request, last, body);
            ended = true;
            UploadState state = upload.state();
            return state.phase() == UploadState.Phase.RECEIVING
                    ? created(state, prefix)
                    : answer.withHeader("Location", prefix + state.id());
        } finally {
            if (!ended && upload.state().phase() == UploadState.Phase.RECEIVING) {
                uploads.remove(upload);
            }
        }
    }

    private HttpResponse created(UploadState state, String prefix) {
        HttpResponse answer =
                Receiving.progress(HttpResponse.of(201), state).withHeader("Location", prefix + state.id());
        return limits.shown(answer, state.maxBytes());
    }

    private String newId() {
        byte[] id = new byte[UploadFiles.ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
