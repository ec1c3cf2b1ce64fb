package io.github.keywharf.cassandra;

/**
 * One node of a cluster as the driver sees it.
 *
 * @param address host and port that the driver connects to
 * @param datacenter the data centre that it says it is in, empty when unknown
 * @param rack the rack that it says it is in, empty when unknown
 * @param version the release of Cassandra, empty when unknown
 * @param state whether it can be reached
 * @param local whether statements are sent to it: it is in the local data centre
 * @param connections how many are open
 */
public record CassandraNode(
        String address, String datacenter, String rack, String version, State state, boolean local, int connections) {

    /** Whether a node can be reached. */
    public enum State {
        /** It answers. */
        UP,
        /** It does not answer, or was taken out. */
        DOWN,
        /** Nobody has tried, since it is in another data centre. */
        UNKNOWN
    }
}
