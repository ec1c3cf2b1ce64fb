package io.github.keywharf.sharing.server;

import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.RecipientState;
import io.github.keywharf.catalog.RecipientToken;
import io.github.keywharf.catalog.Share;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All shares, recipients and grants at a time; never changed once it is made. Names are compared in lower case. */
final class RegistryState {
    static final RegistryState EMPTY = new RegistryState(new TreeMap<>(), new TreeMap<>());

    /**
     * A token, of which only the hash is kept.
     *
     * @param hash SHA-256 of the token in hexadecimal digits; empty until it is activated
     */
    record Token(String id, Instant created, Optional<Instant> expires, Optional<String> hash) {

        boolean isLive(Instant now) {
            return expires.map(now::isBefore).orElse(true);
        }

        /** The same, ending at a time if it would end later. */
        Token endingBy(Instant end) {
            boolean later = expires.map(end::isBefore).orElse(true);
            return later ? new Token(id, created, Optional.of(end), hash) : this;
        }
    }

    /**
     * A recipient.
     *
     * @param id another one for each that ever had its name
     * @param tokens oldest first
     * @param grants the keys of the shares that it may read
     */
    record Member(Recipient recipient, String id, List<Token> tokens, Set<String> grants) {
        Member {
            tokens = List.copyOf(tokens);
            grants = Collections.unmodifiableSet(new TreeSet<>(grants));
        }

        Member withRecipient(Recipient other) {
            return new Member(other, id, tokens, grants);
        }

        Member withTokens(List<Token> others) {
            return new Member(recipient, id, others, grants);
        }

        Member withGrants(Set<String> others) {
            return new Member(recipient, id, tokens, others);
        }

        Token newestToken() {
            return tokens.get(tokens.size() - 1);
        }

        RecipientState described(Instant now) {
            return new RecipientState(
                    recipient,
                    tokens.stream()
                            .filter(token -> token.isLive(now))
                            .map(token -> new RecipientToken(
                                    token.id(),
                                    token.created(),
                                    token.expires(),
                                    token.hash().isPresent()))
                            .toList());
        }
    }

    /** A token with the recipient that logs in by it. */
    record Login(Member member, Token token) {}

    private final SortedMap<String, Share> shares;
    private final SortedMap<String, Member> members;
    private final Map<String, Login> byHash = new HashMap<>();
    private final Map<String, Member> byId = new HashMap<>();

    RegistryState(SortedMap<String, Share> shares, SortedMap<String, Member> members) {
        this.shares = Collections.unmodifiableSortedMap(shares);
        this.members = Collections.unmodifiableSortedMap(members);
        for (Member member : members.values()) {
            byId.put(member.id(), member);
            for (Token token : member.tokens()) {
                token.hash().ifPresent(hash -> byHash.put(hash, new Login(member, token)));
            }
        }
    }

    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    List<Share> shares() {
        return List.copyOf(shares.values());
    }

    List<Member> members() {
        return List.copyOf(members.values());
    }

    Optional<Share> share(String name) {
        return Optional.ofNullable(shares.get(key(name)));
    }

    Optional<Member> member(String name) {
        return Optional.ofNullable(members.get(key(name)));
    }

    Optional<Member> memberById(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Whom a token is, by its hash. */
    Optional<Login> login(String hash) {
        return Optional.ofNullable(byHash.get(hash));
    }

    /** A share that a recipient may read. */
    Optional<Share> granted(Member member, String name) {
        return member.grants().contains(key(name)) ? share(name) : Optional.empty();
    }

    /** The shares that a recipient may read, in order. */
    List<Share> granted(Member member) {
        List<Share> granted = new ArrayList<>();
        for (String key : member.grants()) {
            @Nullable Share share = shares.get(key);
            if (share != null) {
                granted.add(share);
            }
        }
        return granted;
    }

    RegistryState withShare(Share share) {
        if (share.equals(shares.get(key(share.name())))) {
            return this;
        }
        SortedMap<String, Share> others = new TreeMap<>(shares);
        others.put(key(share.name()), share);
        return new RegistryState(others, members);
    }

    RegistryState withoutShare(String name) {
        if (share(name).isEmpty()) {
            return this;
        }
        SortedMap<String, Share> others = new TreeMap<>(shares);
        others.remove(key(name));
        SortedMap<String, Member> left = new TreeMap<>();
        members.forEach((key, member) -> {
            Set<String> grants = new TreeSet<>(member.grants());
            left.put(key, grants.remove(key(name)) ? member.withGrants(grants) : member);
        });
        return new RegistryState(others, left);
    }

    RegistryState withMember(Member member) {
        String key = key(member.recipient().name());
        if (member.equals(members.get(key))) {
            return this;
        }
        SortedMap<String, Member> others = new TreeMap<>(members);
        others.put(key, member);
        return new RegistryState(shares, others);
    }

    RegistryState withoutMember(String name) {
        if (member(name).isEmpty()) {
            return this;
        }
        SortedMap<String, Member> others = new TreeMap<>(members);
        others.remove(key(name));
        return new RegistryState(shares, others);
    }

    @Override
    public String toString() {
        return "RegistryState[" + shares.size() + " shares, " + members.size() + " recipients]";
    }
}
