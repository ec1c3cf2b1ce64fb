package io.github.keywharf.http.upload;

import java.net.URI;

/**
 * A completed upload.
 *
 * @param status status of the server's last answer
 * @param uri URI of the upload, or of its creation if the server had nothing left to be uploaded
 * @param body body of the server's last answer, as text
 */
public record UploadReceipt(int status, URI uri, String body) {}
