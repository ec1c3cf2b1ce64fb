package io.github.keywharf.postgres.source;

import io.github.keywharf.postgres.internal.copy.Blocks;
import io.github.keywharf.postgres.internal.copy.CopyFormat;
import io.github.keywharf.postgres.internal.copy.CopySource;
import io.github.keywharf.postgres.internal.copy.ParallelRows;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.table.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One table or view under a snapshot of its own. */
public final class TableSnapshot implements CopySource, AutoCloseable {

    /** Blocks below which a connection of its own is not worth its while. */
    private static final long RANGE = 512;

    private final PgSnapshot snapshot;
    private final String name;
    private final int readers;

    TableSnapshot(PgSnapshot snapshot, String name, int readers) {
        this.snapshot = snapshot;
        this.name = name;
        this.readers = readers;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<TargetColumn> columns() {
        return snapshot.describe(name);
    }

    @Override
    public long blocks() {
        return snapshot.blocks(name);
    }

    @Override
    public int readers() {
        return readers;
    }

    /** All rows. */
    public Rows rows() {
        if (readers == 1) {
            return rows(List.of());
        }
        List<Supplier<Rows>> parts = new ArrayList<>();
        for (Blocks part : Blocks.ALL.cut(readers, RANGE, blocks())) {
            parts.add(() -> snapshot.read(name, part));
        }
        return ParallelRows.open(parts);
    }

    @Override
    public Rows rows(List<String> columns) {
        return snapshot.read(new ReadRequest(name, columns, Increment.everything()));
    }

    @Override
    public Rows raw(List<String> columns, Blocks part, CopyFormat format) {
        return snapshot.raw(name, columns, part, format);
    }

    @Override
    public void close() {
        snapshot.close();
    }
}
