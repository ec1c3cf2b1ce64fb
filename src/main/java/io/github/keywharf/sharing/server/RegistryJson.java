package io.github.keywharf.sharing.server;

import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.sharing.server.RegistryState.Member;
import io.github.keywharf.sharing.server.RegistryState.Token;
import io.github.keywharf.store.StoredJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The registry as an object of a store. */
record RegistryJson(List<Share> shares, List<StoredMember> recipients) {
    static final StoredJson<RegistryJson> FORMAT = StoredJson.of(
                    RegistryJson.class,
                    "registry of shares",
                    "catalog.bad_registry",
                    "restore it, or the entry before it")
            .version("version", 1);

    /** A recipient with its tokens, and the shares that it may read. */
    record StoredMember(
            String name,
            String id,
            Map<String, String> properties,
            Optional<Duration> validity,
            List<String> addresses,
            Set<String> grants,
            List<Token> tokens) {

        /** Checks the recipient. */
        StoredMember {
            new Recipient(name, properties, validity, addresses);
        }

        static StoredMember of(Member member) {
            Recipient recipient = member.recipient();
            return new StoredMember(
                    recipient.name(),
                    member.id(),
                    recipient.properties(),
                    recipient.validity(),
                    recipient.addresses(),
                    member.grants(),
                    member.tokens());
        }

        Member member() {
            return new Member(new Recipient(name, properties, validity, addresses), id, tokens, grants);
        }
    }

    static RegistryJson of(RegistryState state) {
        return new RegistryJson(
                state.shares(), state.members().stream().map(StoredMember::of).toList());
    }

    RegistryState state() {
        SortedMap<String, Share> byName = new TreeMap<>();
        shares.forEach(share -> byName.put(RegistryState.key(share.name()), share));
        SortedMap<String, Member> members = new TreeMap<>();
        recipients.forEach(stored -> members.put(RegistryState.key(stored.name()), stored.member()));
        return new RegistryState(byName, members);
    }
}
