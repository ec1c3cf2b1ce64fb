package io.github.keywharf.cassandra;

/**
 * How tables are loaded unless a sink says otherwise, which depends on what is connected to.
 *
 * @param batchRows rows of one batch at most
 * @param serverTimestamps whether the server gives rows their timestamps
 */
record LoadDefaults(int batchRows, boolean serverTimestamps) {
    static final LoadDefaults CASSANDRA = new LoadDefaults(CassandraSink.Builder.DEFAULT_BATCH_ROWS, false);

    static LoadDefaults of(CassandraSettings settings) {
        return settings.target().keyspacesRegion() == null ? CASSANDRA : KeyspacesPreset.LOADS;
    }
}
