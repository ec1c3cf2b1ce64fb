package io.github.keywharf.sharing;

import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.sharing.RegistryState.Member;
import java.util.List;
import java.util.Optional;

/**
 * Who sends a request, and what it may read, as it is at this moment.
 *
 * @param member who
 * @param state the registry
 */
record Caller(Member member, RegistryState state) {

    String name() {
        return member.recipient().name();
    }

    String id() {
        return member.id();
    }

    List<Share> shares() {
        return state.granted(member);
    }

    /** A share, which looks as if it were not there when it is not granted. */
    Share share(String name) {
        return state.granted(member, name).orElseThrow(() -> SharingErrors.notFound("share", name));
    }

    /** A table of a share; case is ignored. */
    Optional<SharedTable> table(Share share, String schema, String table) {
        return share.tables().stream()
                .filter(shared -> shared.schema().equalsIgnoreCase(schema)
                        && shared.table().equalsIgnoreCase(table))
                .findFirst();
    }

    /** Whether any share that it may read has a table of this source. */
    boolean mayRead(String source) {
        return shares().stream()
                .flatMap(share -> share.tables().stream())
                .anyMatch(table -> table.source().equals(source));
    }
}
