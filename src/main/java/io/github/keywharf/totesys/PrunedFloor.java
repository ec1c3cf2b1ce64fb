package io.github.keywharf.totesys;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.keywharf.store.StoredJson;

/**
 * Entry of the log of floors: what pruning has left.
 *
 * @param batch oldest batch that is kept: a reading of all tables, with which a new warehouse begins
 */
record PrunedFloor(@JsonProperty("batch") long batch) {

    static final StoredJson<PrunedFloor> FORMAT = BatchFile.manifest(PrunedFloor.class);
}
