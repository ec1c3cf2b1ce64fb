package io.github.keywharf.sharing.server;

import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.format.delta.DeltaFile;
import io.github.keywharf.format.delta.DeltaSnapshot;
import io.github.keywharf.internal.Sha256;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which files of a table one recipient may read. There is none by default: whoever reads a table has to have one. */
sealed interface TenantScope {

    /** Whether a file is within; the snapshot says under which name the file has its partition columns. */
    boolean admits(DeltaSnapshot snapshot, DeltaFile file);

    /** The files of a snapshot that may be within, found by its index. */
    Stream<DeltaFile> candidates(DeltaSnapshot snapshot);

    /** Whether all files of the table are within. */
    default boolean isWhole() {
        return false;
    }

    /** The same for scopes of the same files, and different for others. */
    String id();

    /** What a recipient with these properties may read of a table. */
    static TenantScope of(SharedTable table, Map<String, String> properties) {
        return table.filter()
                .map(filter -> filter.valueFor(properties)
                        .filter(value -> !value.isEmpty())
                        .<TenantScope>map(value -> new Partition(filter.column(), value))
                        .orElse(new Nothing()))
                .orElse(new Whole());
    }

    /** All files: of a table that is shared without a filter. */
    record Whole() implements TenantScope {
        @Override
        public boolean admits(DeltaSnapshot snapshot, DeltaFile file) {
            return true;
        }

        @Override
        public Stream<DeltaFile> candidates(DeltaSnapshot snapshot) {
            return snapshot.files();
        }

        @Override
        public boolean isWhole() {
            return true;
        }

        @Override
        public String id() {
            return "whole";
        }
    }

    /** The files of which all rows have one value in a partition column. */
    record Partition(String column, String value) implements TenantScope {
        @Override
        public boolean admits(DeltaSnapshot snapshot, DeltaFile file) {
            return isPartitioned(snapshot) && value.equals(snapshot.partitionValue(file, column));
        }

        @Override
        public Stream<DeltaFile> candidates(DeltaSnapshot snapshot) {
            List<DeltaFile> files = isPartitioned(snapshot) ? snapshot.files(column, value) : List.of();
            return files.stream();
        }

        @Override
        public String id() {
            return Sha256.hexOf(column + "\n" + value).substring(0, 16);
        }

        /** Of a version that is partitioned by other columns nothing is known to be within. */
        private boolean isPartitioned(DeltaSnapshot snapshot) {
            return snapshot.metadata().partitionColumns().contains(column);
        }
    }

    /** No file: of a recipient without the property that the filter asks for. */
    record Nothing() implements TenantScope {
        @Override
        public boolean admits(DeltaSnapshot snapshot, DeltaFile file) {
            return false;
        }

        @Override
        public Stream<DeltaFile> candidates(DeltaSnapshot snapshot) {
            return Stream.empty();
        }

        @Override
        public String id() {
            return "nothing";
        }
    }

    /** The partition column of a share's filter, if it has one. */
    static Optional<String> column(SharedTable table) {
        return table.filter().map(filter -> filter.column());
    }
}
