package io.github.keywharf.http.upload;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.store.StoredJson;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Durable state of an upload, besides its content. */
record UploadState(
        @JsonUnwrapped Creation creation,
        @JsonUnwrapped Progress progress,
        @JsonUnwrapped Arrival arrival) {

    static final StoredJson<UploadState> FORMAT = StoredJson.of(
                    UploadState.class, "state of the upload", "http.upload_storage", "upload the file again")
            .version("version", 1)
            // A length that is not known is -1.
            .storing(
                    OptionalLong.class,
                    Long.class,
                    length -> length.orElse(-1),
                    length -> length < 0 ? OptionalLong.empty() : OptionalLong.of(length));

    /**
     * Facts of the creation, which do not change.
     *
     * @param id name of the upload's directory
     * @param maxBytes limit of the file's size
     * @param declared SHA-256 of the file that its client declared
     */
    record Creation(
            String id,
            String owner,
            String name,
            long maxBytes,
            @Nullable String declared) {}

    /**
     * Progress of an upload.
     *
     * @param offset durable bytes of the content; those behind them in the file do not count
     * @param length size of the file, once it is known
     * @param progressed time of the last progress
     */
    record Progress(Phase phase, long offset, OptionalLong length, Instant progressed) {}

    /**
     * Facts of a file that has arrived.
     *
     * @param lastAppend offset of the last request, by which its repetition is recognized
     * @param sha256 of the content
     */
    record Arrival(long lastAppend, @Nullable String sha256) {
        static final Arrival NONE = new Arrival(0, null);
    }

    /** Phase of an upload. */
    enum Phase {
        /** Content is missing. */
        RECEIVING,
        /** The content is complete, and the receiver has not taken it yet. */
        FINISHED,
        /** The receiver has taken the file. */
        COMPLETED,
        /** The complete file was refused, and its content deleted. */
        REFUSED
    }

    static UploadState begin(Creation creation, Instant now) {
        return new UploadState(creation, new Progress(Phase.RECEIVING, 0, OptionalLong.empty(), now), Arrival.NONE);
    }

    boolean isReceiving() {
        return progress.phase == Phase.RECEIVING;
    }

    /** Returns true if the upload has its final answer. */
    boolean isOver() {
        return progress.phase == Phase.COMPLETED || progress.phase == Phase.REFUSED;
    }

    /** Time without progress after which the upload expires. One without content is soon created again. */
    Duration maxAge() {
        boolean brief = isOver() || progress.offset == 0;
        return brief ? UploadServer.FINISHED_KEPT : UploadServer.MAX_AGE;
    }

    /** Number of bytes that the content may still have. */
    long room() {
        return progress.length.orElse(creation.maxBytes) - progress.offset;
    }

    UploadState withOffset(long offset, Instant now) {
        return with(new Progress(progress.phase, offset, progress.length, now));
    }

    /**
     * Sets the size of the file.
     *
     * @throws UploadRefused if it is beyond the limit or below the offset, or another one is known
     */
    UploadState withLength(long length) {
        if (progress.length.orElse(length) != length) {
            throw Problems.inconsistentLength("The length is " + length + " by this request, and was "
                    + progress.length.getAsLong() + " before; begin another upload");
        }
        if (length < progress.offset) {
            throw Problems.inconsistentLength("The upload has " + progress.offset
                    + " bytes already, more than the length " + length + " of this request; begin another upload");
        }
        if (length > creation.maxBytes) {
            throw Problems.tooLarge(creation.maxBytes);
        }
        return with(new Progress(progress.phase, progress.offset, OptionalLong.of(length), progress.progressed));
    }

    UploadState finished(long end, Arrival whole, Instant now) {
        return new UploadState(creation, new Progress(Phase.FINISHED, end, OptionalLong.of(end), now), whole);
    }

    UploadState withPhase(Phase phase, Instant now) {
        return with(new Progress(phase, progress.offset, progress.length, now));
    }

    private UploadState with(Progress other) {
        return new UploadState(creation, other, arrival);
    }

    /** Adds the header with the limits of the upload. */
    HttpResponse limitIn(HttpResponse answer) {
        return answer.withHeader(UploadHeaders.LIMIT, UploadHeaders.limit(creation.maxBytes, maxAge()));
    }

    /** Adds the headers with the progress. */
    HttpResponse describeIn(HttpResponse answer) {
        return answer.withHeader(UploadHeaders.OFFSET, Long.toString(progress.offset))
                .withHeader(UploadHeaders.COMPLETE, isReceiving() ? UploadHeaders.FALSE : UploadHeaders.TRUE);
    }
}
