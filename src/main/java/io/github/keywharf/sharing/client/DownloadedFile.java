package io.github.keywharf.sharing.client;

import io.github.keywharf.format.delta.DeletionVector;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of a share on this machine, as the provider wrote it: without the partition columns, and with rows that a deletion
 * vector deletes.
 *
 * @param id by which the server knows the file; the same in each answer
 * @param path of the Parquet file
 * @param partitionValues the text of each partition column's value, null where it is absent
 * @param deletionVector which of its rows are deleted; its path is in the folder of the file
 */
public record DownloadedFile(
        String id, Path path, Map<String, @Nullable String> partitionValues, Optional<DeletionVector> deletionVector) {}
