package io.github.keywharf.http.upload;

import java.net.URI;

/** Follows an upload of {@link UploadClient}, on the thread that uploads. What it throws ends the upload. */
public interface UploadListener {
    /** Takes no notice. */
    UploadListener NONE = new UploadListener() {};

    /**
     * The upload has a URI, by which {@link UploadClient#resume} goes on in another process: keep it with the file's path.
     */
    default void created(URI upload) {}

    /**
     * More has arrived.
     *
     * @param bytes that the server has made durable
     * @param total bytes of the file
     */
    default void progress(long bytes, long total) {}
}
