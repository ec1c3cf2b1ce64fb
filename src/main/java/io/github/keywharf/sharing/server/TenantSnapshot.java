package io.github.keywharf.sharing.server;

import io.github.keywharf.format.delta.DeltaChange;
import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.format.delta.DeltaProtocol;
import io.github.keywharf.format.delta.DeltaSnapshot;
import io.github.keywharf.format.delta.DeltaVersion;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Schema;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A version of a table as one recipient may see it. */
final class TenantSnapshot {
    private final DeltaSnapshot snapshot;
    private final TenantScope scope;

    TenantSnapshot(DeltaSnapshot snapshot, TenantScope scope) {
        this.snapshot = snapshot;
        this.scope = scope;
    }

    long version() {
        return snapshot.version();
    }

    Instant timestamp() {
        return snapshot.timestamp();
    }

    Schema schema() {
        return snapshot.schema();
    }

    DeltaMetadata metadata() {
        return snapshot.metadata();
    }

    DeltaProtocol protocol() {
        return snapshot.protocol();
    }

    /** All files that the recipient may read. */
    Stream<TenantFile> files() {
        return TenantFile.of(scope, snapshot, scope.candidates(snapshot));
    }

    /** Those of them that hints leave. */
    Stream<TenantFile> files(Hints hints) {
        if (hints.condition().isEmpty()) {
            return files();
        }
        Condition condition = hints.condition().get();
        // Of a whole table the snapshot leaves out whole partitions; the few files of one tenant are asked one by one.
        return scope.isWhole()
                ? TenantFile.of(scope, snapshot, snapshot.files(condition))
                : TenantFile.of(scope, snapshot, scope.candidates(snapshot).filter(snapshot.mayFit(condition)));
    }

    /** A version's changes that the recipient may read, also of a version that is not this one. */
    TenantVersion changes(DeltaVersion version, boolean byRows) {
        List<DeltaChange> changes = byRows ? version.changes() : version.files();
        return new TenantVersion(
                version.version(),
                version.protocol(),
                version.metadata(),
                TenantFile.ofChanges(scope, snapshot, changes.stream()).toList());
    }

    @Override
    public String toString() {
        return "TenantSnapshot[" + snapshot + ", " + scope + "]";
    }
}
