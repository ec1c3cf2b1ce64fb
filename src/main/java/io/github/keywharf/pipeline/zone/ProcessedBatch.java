package io.github.keywharf.pipeline.zone;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A batch in the processed zone: what its manifest says.
 *
 * @param number of the batch in the ingestion zone that it was made from
 * @param attempt counted from 1: a batch that is transformed again gets new files and a new manifest
 * @param files one for each star table that the batch touches, in load order, the calendar first
 * @param rejected how many rows were rejected while transforming
 * @param rejects the folder of the files that hold the rejected rows; empty when there are none
 * @param rejectedKeys by star table, how many of its rows were rejected and a sum over their keys, to check whether the
 *     file still holds them
 */
@JsonPropertyOrder({"batch", "attempt", "rejected", "rejects"})
public record ProcessedBatch(
        @JsonProperty("batch") long number,
        int attempt,
        List<BatchFile> files,
        long rejected,
        String rejects,
        Map<String, String> rejectedKeys) {

    /** Copies the collections. */
    public ProcessedBatch {
        files = List.copyOf(files);
        rejectedKeys = Map.copyOf(rejectedKeys);
    }

    /** Where the rows of a star table lie; empty when it got none. */
    public Optional<String> key(String table) {
        return BatchFile.key(files, table);
    }

    /** How many rows its files hold. */
    public long rows() {
        return files.stream().mapToLong(BatchFile::rows).sum();
    }
}
