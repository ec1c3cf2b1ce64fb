package io.github.keywharf.sharing.server;

import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.format.delta.DeltaProtocol;
import java.util.List;
import java.util.Optional;

/**
 * What a version changed, as one recipient may see it.
 *
 * @param protocol the one that the version stated, if it did
 * @param metadata the one that the version stated, if it did
 * @param files those that it may read
 */
record TenantVersion(
        long version, Optional<DeltaProtocol> protocol, Optional<DeltaMetadata> metadata, List<TenantFile> files) {}
