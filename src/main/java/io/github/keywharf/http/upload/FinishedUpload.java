package io.github.keywharf.http.upload;

import java.nio.file.Path;

/**
 * A file that has arrived whole.
 *
 * @param owner who uploaded it
 * @param id of the upload, the same in each call for it; of no other upload, ever
 * @param name of the file, as the host gave it when the upload was created
 * @param path where the content is, in the server's working directory
 * @param length bytes of the content
 * @param sha256 of the content: 64 lower-case hexadecimal digits
 */
public record FinishedUpload(String owner, String id, String name, Path path, long length, String sha256) {}
