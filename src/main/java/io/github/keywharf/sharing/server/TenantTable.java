package io.github.keywharf.sharing.server;

import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.store.SignedUrls;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A shared table as one recipient may see it: all that requests get of a table. */
final class TenantTable {
    private final Share share;
    private final SharedTable shared;
    private final DeltaTable table;
    private final TenantScope scope;
    private final SignedUrls urls;

    /** @param urls of the table's folder */
    TenantTable(Share share, SharedTable shared, DeltaTable table, TenantScope scope, SignedUrls urls) {
        this.share = share;
        this.shared = shared;
        this.table = table;
        this.scope = scope;
        this.urls = urls;
    }

    /** The names that the recipient sees: {@code share.schema.table}. */
    String name() {
        return share.name() + "." + shared.sharedAs();
    }

    boolean hasHistory() {
        return shared.history();
    }

    TenantSnapshot snapshot() {
        return new TenantSnapshot(table.snapshot(), scope);
    }

    TenantSnapshot snapshot(long version) {
        return new TenantSnapshot(table.snapshot(version), scope);
    }

    TenantSnapshot snapshotAt(Instant time) {
        return new TenantSnapshot(table.snapshotAt(time), scope);
    }

    OptionalLong firstVersionSince(Instant time) {
        return table.firstVersionSince(time);
    }

    /**
     * What versions changed, as far as the recipient may read it.
     *
     * @param byRows whether files of changed rows stand for a version's files, where it has some
     */
    Stream<TenantVersion> versions(long from, long to, boolean byRows) {
        TenantSnapshot newest = snapshot();
        return table.versions(from, to).map(version -> newest.changes(version, byRows));
    }

    SignedUrls.Signer signer(Instant until) {
        return urls.until(until);
    }

    @Override
    public String toString() {
        return "TenantTable[" + name() + ", " + scope + "]";
    }
}
