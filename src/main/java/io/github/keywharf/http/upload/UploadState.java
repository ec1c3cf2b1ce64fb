package io.github.keywharf.http.upload;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.store.StoredJson;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is durable of an upload besides its content.
 *
 * @param id which is also the name of its directory
 * @param offset bytes of the content that are durable; what the file has beyond is cut
 * @param length bytes of the whole, once that is known
 * @param maxBytes that the whole may have
 * @param declared SHA-256 that the client declared when it created the upload
 * @param progressed when it last got further
 * @param lastAppend offset at which the last request began, once the content has arrived whole
 * @param sha256 of the whole, once it has arrived
 */
record UploadState(
        String id,
        String owner,
        String name,
        Phase phase,
        long offset,
        OptionalLong length,
        long maxBytes,
        @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> declared,
        Instant progressed,
        long lastAppend,
        @Nullable String sha256) {
    private static final StoredJson<UploadState> FORMAT = StoredJson.of(
                    UploadState.class, "state of the upload", "http.upload_storage", "upload the file again")
            .version("version", 1)
            // A length that is not known is -1.
            .storing(
                    OptionalLong.class,
                    Long.class,
                    length -> length.orElse(-1),
                    length -> length < 0 ? OptionalLong.empty() : OptionalLong.of(length));

    /** How far an upload has come. */
    enum Phase {
        /** Content is missing. */
        RECEIVING,
        /** All is there, and the receiver has not taken it yet. */
        FINISHED,
        /** The receiver has taken it. */
        COMPLETED,
        /** It was refused once it was whole, and its content is gone. */
        REFUSED
    }

    /** Whether its last answer is kept. */
    boolean isOver() {
        return phase == Phase.COMPLETED || phase == Phase.REFUSED;
    }

    UploadState at(long newOffset, Instant now) {
        return with(phase, newOffset, length, now, lastAppend, sha256);
    }

    UploadState ofLength(long known) {
        return with(phase, offset, OptionalLong.of(known), progressed, lastAppend, sha256);
    }

    UploadState whole(long begun, long end, String digest, Instant now) {
        return with(Phase.FINISHED, end, OptionalLong.of(end), now, begun, digest);
    }

    UploadState in(Phase next, Instant now) {
        return with(next, offset, length, now, lastAppend, sha256);
    }

    private UploadState with(
            Phase next, long end, OptionalLong known, Instant now, long begun, @Nullable String digest) {
        return new UploadState(id, owner, name, next, end, known, maxBytes, declared, now, begun, digest);
    }

    /** How far the upload is, as headers of an answer. */
    HttpResponse shown(HttpResponse answer) {
        return answer.withHeader(UploadHeaders.OFFSET, Long.toString(offset))
                .withHeader(UploadHeaders.COMPLETE, UploadHeaders.bool(phase != Phase.RECEIVING));
    }

    byte[] json() {
        return FORMAT.write(this);
    }

    /** The state that a file holds, or empty where that is not one of this version. */
    static Optional<UploadState> parse(byte[] content) {
        try {
            return Optional.of(FORMAT.read("upload", content));
        } catch (KeywharfException e) {
            return Optional.empty();
        }
    }
}
