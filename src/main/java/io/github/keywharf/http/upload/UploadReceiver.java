package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpResponse;

/**
 * The host's side of an {@link UploadServer}: decides what may be uploaded, and takes what has arrived. Implementations are
 * thread-safe.
 */
public interface UploadReceiver {

    /**
     * Decides whether an upload may begin, before any of its content is read. May be called several times for one file, as
     * clients repeat requests whose answer was lost.
     *
     * @throws UploadRefused when it may not; the client gets its status, reason and message
     */
    UploadPermit begin(UploadStart start);

    /**
     * Takes a file that has arrived whole and matches the digest that its client declared. The file is durable; move it away
     * within its file system ({@link java.nio.file.StandardCopyOption#ATOMIC_MOVE}), and make that durable. What is still
     * there afterwards is deleted.
     *
     * <p>Check again what {@link #begin} checked: other uploads may have ended since. Must be idempotent: it is called again
     * for the same upload when the process died, or when it threw something other than {@link UploadRefused}. The file is
     * then gone where the call before had moved it.
     *
     * @return what the client gets, with a status from 200 to 299 and a body of at most
     *     {@value UploadServer#MAX_ANSWER_BYTES} bytes; it is kept for clients that lost the answer
     * @throws UploadRefused when the file is not accepted after all; it is deleted
     */
    HttpResponse complete(FinishedUpload upload);
}
