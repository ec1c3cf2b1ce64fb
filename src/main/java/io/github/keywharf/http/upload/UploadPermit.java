package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpResponse;
import java.util.Optional;
import java.util.OptionalLong;

/** The decision that an upload may begin, or that there is nothing left to upload. An immutable value. */
public final class UploadPermit {
    private static final UploadPermit GRANTED = new UploadPermit(OptionalLong.empty(), Optional.empty());

    private final OptionalLong maxBytes;
    private final Optional<HttpResponse> answer;

    private UploadPermit(OptionalLong maxBytes, Optional<HttpResponse> answer) {
        this.maxBytes = maxBytes;
        this.answer = answer;
    }

    /** The upload may begin, within the server's limits. */
    public static UploadPermit granted() {
        return GRANTED;
    }

    /** The upload may begin, and have that many bytes at most, or the server's limit where that is less. */
    public static UploadPermit upTo(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("A limit of " + bytes + " bytes is negative");
        }
        return new UploadPermit(OptionalLong.of(bytes), Optional.empty());
    }

    /**
     * Nothing is to be uploaded, for instance because the file is here already: the client gets this answer.
     *
     * @throws IllegalArgumentException unless its status is from 200 to 299
     */
    public static UploadPermit answered(HttpResponse answer) {
        if (!answer.isSuccess()) {
            throw new IllegalArgumentException("The status " + answer.status()
                    + " is not from 200 to 299; throw UploadRefused to refuse an upload");
        }
        return new UploadPermit(OptionalLong.empty(), Optional.of(answer));
    }

    OptionalLong maxBytes() {
        return maxBytes;
    }

    Optional<HttpResponse> answer() {
        return answer;
    }

    @Override
    public String toString() {
        return answer.map(response -> "UploadPermit[" + response + "]")
                .orElse("UploadPermit["
                        + (maxBytes.isPresent() ? "up to " + maxBytes.getAsLong() + " bytes" : "granted") + "]");
    }
}
