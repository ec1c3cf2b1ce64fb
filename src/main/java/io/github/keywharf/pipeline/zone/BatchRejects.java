package io.github.keywharf.pipeline.zone;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * The rows of a source table that an extraction rejected because a value of them could not be read. They are in the source,
 * so that their keys must not be taken for deleted.
 *
 * @param rows how many; all of them are in the dead letters of the extraction
 * @param keyColumn the column of the primary key
 * @param keys its values, none of which is there twice
 * @param allKeys whether these are the keys of all the rows; not where a key itself could not be read, where the table has
 *     no primary key of one whole number, and where there are more than {@link #MAX_KEYS}
 */
@JsonPropertyOrder({"rows", "keyColumn", "allKeys"})
public record BatchRejects(long rows, String keyColumn, List<Integer> keys, boolean allKeys) {

    /** More keys than these are not kept. */
    public static final int MAX_KEYS = 10_000;

    /** Copies the keys. */
    public BatchRejects {
        keys = List.copyOf(keys);
    }
}
