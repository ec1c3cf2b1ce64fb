package io.github.keywharf.http.upload;

import java.net.URI;

/**
 * An upload that has ended well.
 *
 * @param status of the server's last answer
 * @param uri of the upload, or of its creation where the server had nothing left to be uploaded
 * @param sent bytes of content that this call brought to the server
 * @param resumed how often the upload was continued after a failure
 * @param body of the server's last answer, as text; empty where the server does not keep it for those who lost it
 */
public record UploadReceipt(int status, URI uri, long sent, int resumed, String body) {}
