package io.github.keywharf.bench.cassandra;

import io.github.keywharf.cassandra.CassandraSink;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of the benchmark {@code cassandra-load}, and how it goes into which table.
 *
 * @param prefix of the ratios' names
 * @param table that has the columns of the data
 * @param share of the rows that the benchmark has
 * @param nulls what an absent value does
 * @param before what the table holds beforehand: nothing, or rows of the same keys
 * @param dsbulk options that DSBulk needs for these rows in any mode
 * @param modes of DSBulk, its default first, of which one is its best
 */
record LoadCase(
        String name,
        String prefix,
        String table,
        int share,
        LoadData data,
        CassandraSink.Nulls nulls,
        List<LoadData> before,
        List<String> dsbulk,
        List<Dsbulk.Mode> modes) {

    /** All cases but those of small files, in the order of running. */
    static final List<LoadCase> ALL = List.of(
            new LoadCase("time", "t_part", 1, new Readings(Readings.Order.TIME, Readings.BY_DAY)).unnamed(),
            new LoadCase("row", "t_row", 1, new Readings(Readings.Order.TIME, Readings.BY_ROW))
                    .modes(Dsbulk.Mode.DEFAULT, Dsbulk.Mode.REPLICA_SET),
            new LoadCase("partition", "t_part", 1, new Readings(Readings.Order.PARTITION, Readings.BY_DAY)),
            new LoadCase("few", "t_part", 2, new Readings(Readings.Order.FEW, Readings.BY_DAY)),
            new LoadCase("wide", "t_wide", 10, new WideRows()),
            new LoadCase("counters", "t_counters", 10, new CounterRows()),
            new LoadCase("collections", "t_collections", 10, new CollectionRows()),
            new LoadCase("udt", "t_udt", 10, new StructRows()),
            // A part has more characters than DSBulk takes for one field. Across partitions its batches would be larger
            // than the server takes.
            new LoadCase("blobs", "t_blobs", 20, new BlobRows())
                    .dsbulk("--connector.csv.maxCharsPerColumn", "8192")
                    .modes(Dsbulk.Mode.DEFAULT, Dsbulk.Mode.LARGE_BATCHES, Dsbulk.Mode.SINGLE),
            new LoadCase("nulls", "t_nulls", 10, new SparseRows(false)),
            new LoadCase("nulls-delete", "t_nulls", 10, new SparseRows(false))
                    .deleting(new SparseRows(true))
                    .dsbulk("--schema.nullToUnset", "false"));

    private LoadCase(String name, String table, int share, LoadData data) {
        this(
                name,
                name + "/",
                table,
                share,
                data,
                CassandraSink.Nulls.UNSET,
                List.of(),
                List.of(),
                List.of(Dsbulk.Mode.DEFAULT, Dsbulk.Mode.REPLICA_SET, Dsbulk.Mode.LARGE_BATCHES));
    }

    /** The main case, whose ratios have no prefix. */
    private LoadCase unnamed() {
        return new LoadCase(name, "", table, share, data, nulls, before, dsbulk, modes);
    }

    private LoadCase deleting(LoadData full) {
        return new LoadCase(name, prefix, table, share, data, CassandraSink.Nulls.NULL, List.of(full), dsbulk, modes);
    }

    private LoadCase dsbulk(String... options) {
        return new LoadCase(name, prefix, table, share, data, nulls, before, List.of(options), modes);
    }

    private LoadCase modes(Dsbulk.Mode... others) {
        return new LoadCase(name, prefix, table, share, data, nulls, before, dsbulk, List.of(others));
    }

    /** The rows of its file when the benchmark has so many. */
    int rows(int all) {
        return Math.max(1, all / share);
    }

    /** The options of DSBulk in one of its modes. */
    List<String> options(Dsbulk.Mode mode) {
        List<String> options = new ArrayList<>(dsbulk);
        options.addAll(mode.options());
        return options;
    }

    /** Whether it is the readings of devices, which the simple application inserts too. */
    boolean isReadings() {
        return data instanceof Readings;
    }
}
