package io.github.keywharf.pipeline;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Entry of the log of floors: what pruning has left.
 *
 * @param batch oldest batch that is kept: a reading of all tables, with which a new warehouse begins
 */
record PrunedFloor(@JsonProperty("batch") long batch) {}
