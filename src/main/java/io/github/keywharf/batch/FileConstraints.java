package io.github.keywharf.batch;

import java.util.List;

/**
 * What a tenant may send; the same on the client's side, which saves the upload, and on the server's, which decides.
 *
 * @param formats ends of file names that are allowed, each with its dot, compared exactly, such as {@code .csv}
 * @param numberFiles how many files one run of {@code FetchData} uploads, and how many may wait on the server
 * @param dataSizes how large a file may be, in KB of 1,024 bytes; a file of exactly that size is allowed
 * @param bytesADay how many bytes may arrive within a day (UTC)
 * @param columns names that the header of each text file must have, in this order; any when empty
 */
public record FileConstraints(
        List<String> formats, int numberFiles, long dataSizes, long bytesADay, List<String> columns) {

    /** Copies the lists. */
    public FileConstraints {
        formats = List.copyOf(formats);
        columns = List.copyOf(columns);
    }
}
