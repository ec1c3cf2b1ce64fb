package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.copy.Blocks;
import io.github.keywharf.postgres.internal.copy.CopyFormat;
import io.github.keywharf.postgres.internal.copy.CopySource;
import io.github.keywharf.postgres.internal.copy.ParallelRows;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.table.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One table or view under a snapshot of its own. */
public final class TableSnapshot implements CopySource, AutoCloseable {

    /** Blocks below which a connection of its own is not worth its while. */
    private static final long RANGE = 512;

    /** Time to wait for the lock of each connection after the first. */
    static final Duration LOCKS = Duration.ofSeconds(20);

    private final PgSource source;
    private final PgSnapshot snapshot;
    private final String name;
    private final int readers;
    private long blocks = -1;

    TableSnapshot(PgSource source, PgSnapshot snapshot, String name, int readers) {
        this.source = source;
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
        if (blocks < 0) {
            blocks = snapshot.blocks(name);
        }
        return blocks;
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
        return ParallelRows.open(parts, this::requireUnrewritten);
    }

    @Override
    public Rows rows(List<String> columns) {
        return snapshot.read(new ReadRequest(name, columns, Increment.everything()));
    }

    @Override
    public Rows raw(List<String> columns, Blocks part, CopyFormat format) {
        // The functions of a view may need the path; the names of objects in a table come with their schema without it.
        boolean stored = format == CopyFormat.TEXT && blocks() > 0;
        return snapshot.raw(name, columns, part, format, stored ? PgSessions.WITHOUT_PATH : "");
    }

    /**
     * Each reading looks whether the table was rewritten; that partitions were, the catalog shows. Between two parts that are
     * read on different connections none may hold a lock.
     */
    @Override
    public void requireUnrewritten() {
        if (!source.catalog().table(name).files().equals(snapshot.table(name).files())) {
            throw KeywharfException.retryable(
                    "postgres.table_rewritten",
                    name,
                    "The table was replaced, or one of its partitions was emptied, rewritten or replaced, while it was"
                            + " read; copy it again");
        }
    }

    @Override
    public void close() {
        snapshot.close();
    }
}
