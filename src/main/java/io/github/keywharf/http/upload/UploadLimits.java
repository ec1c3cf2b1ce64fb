package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpResponse;
import java.time.Duration;

/** What a server allows, as it shows it. */
record UploadLimits(long maxFileBytes, long maxAppendBytes, int maxOpen, Duration maxAge) {

    /** An answer that says what is allowed of an upload that may have so many bytes. */
    HttpResponse shown(HttpResponse answer, long maxBytes) {
        return answer.withHeader(
                UploadHeaders.LIMIT,
                UploadHeaders.MAX_SIZE + "=" + maxBytes
                        + ", " + UploadHeaders.MIN_SIZE + "=0, "
                        + UploadHeaders.MAX_APPEND + "=" + maxAppendBytes
                        + ", " + UploadHeaders.MAX_AGE + "=" + maxAge.toSeconds());
    }
}
