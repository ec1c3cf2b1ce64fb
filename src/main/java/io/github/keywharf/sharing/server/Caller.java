package io.github.keywharf.sharing.server;

import io.github.keywharf.Organisation;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.event.Work;
import io.github.keywharf.sharing.SharingPlan;
import io.github.keywharf.sharing.server.RegistryState.Member;
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

    /** Whose usage its reading is: its tenant's, as the property says or else its name, if that is an organisation. */
    Work work() {
        try {
            return Work.of(
                    Organisation.of(member.recipient().properties().getOrDefault(SharingPlan.TENANT_PROPERTY, name())));
        } catch (IllegalArgumentException e) {
            return Work.NONE;
        }
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
                .filter(shared -> RegistryState.key(shared.sharedAs()).equals(RegistryState.key(schema + "." + table)))
                .findFirst();
    }

    /** Which files of a table it may read. */
    TenantScope scope(SharedTable table) {
        return TenantScope.of(table, member.recipient().properties());
    }

    /** Whether any share that it may read has this part of a table of this source. */
    boolean mayRead(String source, String scope) {
        return shares().stream()
                .flatMap(share -> share.tables().stream())
                .anyMatch(table ->
                        table.source().equals(source) && scope(table).id().equals(scope));
    }
}
