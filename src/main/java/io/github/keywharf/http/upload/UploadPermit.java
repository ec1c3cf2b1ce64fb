package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpResponse;
import java.util.Optional;

/**
 * The decision that an upload may begin, or that there is nothing left to upload.
 *
 * @param maxBytes that the upload may have at most, or the server's limit where that is less
 * @param answer that the client gets instead of an upload; empty when the upload may begin
 */
public record UploadPermit(long maxBytes, Optional<HttpResponse> answer) {

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException when the limit is negative, or the answer's status is not from 200 to 299
     */
    public UploadPermit {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("A limit of " + maxBytes + " bytes is negative");
        }
        if (answer.isPresent() && !answer.get().isSuccess()) {
            throw new IllegalArgumentException("The status " + answer.get().status()
                    + " is not from 200 to 299; throw UploadRefused to refuse an upload");
        }
    }

    /** The upload may begin, within the server's limits. */
    public static UploadPermit granted() {
        return upTo(Long.MAX_VALUE);
    }

    /** The upload may begin, and have that many bytes at most. */
    public static UploadPermit upTo(long bytes) {
        return new UploadPermit(bytes, Optional.empty());
    }

    /** Nothing is to be uploaded, for instance because the file is here already: the client gets this answer. */
    public static UploadPermit answered(HttpResponse answer) {
        return new UploadPermit(Long.MAX_VALUE, Optional.of(answer));
    }
}
