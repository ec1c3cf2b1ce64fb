package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpResponse;

/** What a server allows, as it shows it. */
record UploadLimits(long maxFileBytes, long maxAppendBytes) {

    /** An answer that says what is allowed of an upload that may have so many bytes. */
    HttpResponse shown(HttpResponse answer, long maxBytes) {
        return answer.withHeader(
                UploadHeaders.LIMIT,
                "max-size=" + maxBytes + ", min-size=0, " + UploadHeaders.MAX_APPEND + "=" + maxAppendBytes
                        + ", max-age=" + UploadServer.MAX_AGE.toSeconds());
    }
}
