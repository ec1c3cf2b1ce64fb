package io.github.keywharf.sharing.server;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.RecipientState;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sharing.server.RegistryState.Member;
import io.github.keywharf.sharing.server.RegistryState.Token;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The catalog of a {@link DeltaSharingServer}: writes the registry that the server reads.
 *
 * @param validity of the tokens of recipients that have none of their own
 */
record EmbeddedCatalog(
        ShareRegistry registry,
        Map<String, PublishedTable> tables,
        URI endpoint,
        Duration validity,
        InstantSource clock,
        SecureRandom random)
        implements ShareCatalog {
    /** How many tokens of a recipient may be valid at the same time. */
    private static final int MAX_TOKENS = 8;

    private static final int TOKEN_BYTES = 32;
    private static final int ID_BYTES = 8;

    /** By which people and scanners know what a text is that they found. */
    private static final String TOKEN_PREFIX = "kwshare_";

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static <T> T reached(Supplier<T> work) {
        try {
            return work.get();
        } catch (KeywharfException e) {
            if (!e.code().startsWith("store.")) {
                throw e;
            }
            throw KeywharfException.retryable(
                    "catalog.unavailable",
                    e.subject(),
                    "The registry of shares cannot be read or written; try again",
                    e);
        }
    }

    private RegistryState update(UnaryOperator<RegistryState> change) {
        return reached(() -> registry.update(change));
    }

    private RegistryState newest() {
        return reached(registry::newest);
    }

    @Override
    public Share ensureShare(Share share) {
        share.tables().forEach(this::check);
        update(state -> state.withShare(share));
        return share;
    }

    private void check(SharedTable shared) {
        PublishedTable table = tables.get(shared.source());
        if (table == null) {
            throw new KeywharfException(
                    "catalog.not_found",
                    shared.source(),
                    "The server has no table of this name; add it by table(…) of the server's builder, or share one of "
                            + new TreeSet<>(tables.keySet()));
        }
        List<String> partitions = partitions(shared.source(), table.table());
        TenantScope.column(shared).ifPresent(column -> {
            if (!partitions.contains(column)) {
                throw new KeywharfException(
                        "catalog.refused",
                        shared.source(),
                        "Files are shared as a whole, so a filter has to be on a partition column, not on '" + column
                                + "'; "
                                + (partitions.isEmpty()
                                        ? "the table has none, so create it with one"
                                        : "take one of " + partitions + ", or partition the table by it"));
            }
        });
    }

    private static List<String> partitions(String source, DeltaTable table) {
        try {
            return table.snapshot().metadata().partitionColumns();
        } catch (KeywharfException e) {
            if (!e.is(DeltaTable.NOT_A_TABLE)) {
                throw e;
            }
            throw new KeywharfException(
                    "catalog.not_found",
                    source,
                    "There is no Delta table in its folder " + e.subject() + "; create it, or correct the folder",
                    e);
        }
    }

    @Override
    public Optional<Share> findShare(String name) {
        return newest().share(name);
    }

    @Override
    public List<Share> shares() {
        return newest().shares();
    }

    @Override
    public void removeShare(String name) {
        update(state -> state.withoutShare(name));
    }

    @Override
    public RecipientState ensureRecipient(Recipient recipient) {
        recipient.addresses().forEach(IpRange::of);
        String id = randomHex(ID_BYTES);
        Instant now = now();
        RegistryState after = update(state -> state.withMember(state.member(recipient.name())
                .map(member -> member.withRecipient(recipient))
                .orElseGet(
                        () -> new Member(recipient, id, List.of(issued(recipient, now, Optional.empty())), Set.of()))));
        return described(after, recipient.name(), now);
    }

    private static RecipientState described(RegistryState state, String name, Instant now) {
        return state.member(name).orElseThrow().described(now);
    }

    private Token issued(Recipient recipient, Instant now, Optional<String> hash) {
        return new Token(
                randomHex(ID_BYTES),
                now,
                Optional.of(now.plus(recipient.validity().orElse(validity))),
                hash);
    }

    private String randomHex(int length) {
        return HexFormat.of().formatHex(randomBytes(length));
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public Optional<RecipientState> findRecipient(String name) {
        Instant now = now();
        return newest().member(name).map(member -> member.described(now));
    }

    @Override
    public List<RecipientState> recipients() {
        Instant now = now();
        return newest().members().stream().map(member -> member.described(now)).toList();
    }

    @Override
    public void removeRecipient(String name) {
        update(state -> state.withoutMember(name));
    }

    private static Member member(RegistryState state, String name) {
        return state.member(name)
                .orElseThrow(() -> new KeywharfException(
                        "catalog.not_found", name, "There is no recipient of this name; create it first"));
    }

    @Override
    public void ensureGrant(String share, String recipient) {
        update(state -> {
            Member member = member(state, recipient);
            if (state.share(share).isEmpty()) {
                throw new KeywharfException(
                        "catalog.not_found", share, "There is no share of this name; create it first");
            }
            Set<String> grants = new TreeSet<>(member.grants());
            grants.add(RegistryState.key(share));
            return state.withMember(member.withGrants(grants));
        });
    }

    @Override
    public void removeGrant(String share, String recipient) {
        update(state -> state.member(recipient)
                .map(member -> {
                    Set<String> grants = new TreeSet<>(member.grants());
                    grants.remove(RegistryState.key(share));
                    return state.withMember(member.withGrants(grants));
                })
                .orElse(state));
    }

    @Override
    public Set<String> grants(String recipient) {
        RegistryState state = newest();
        Set<String> names = new LinkedHashSet<>();
        state.member(recipient).ifPresent(member -> state.granted(member).forEach(share -> names.add(share.name())));
        return names;
    }

    @Override
    public Optional<ShareProfile> activate(String recipient) {
        String token = newToken();
        String hash = Sha256.hexOf(token);
        Instant now = now();
        RegistryState after = update(state -> {
            Member member = member(state, recipient);
            if (member.newestToken().hash().isPresent()) {
                return state;
            }
            List<Token> tokens = new ArrayList<>(member.tokens());
            Token waiting = tokens.remove(tokens.size() - 1);
            Token live = issued(member.recipient(), now, Optional.of(hash));
            tokens.add(new Token(waiting.id(), waiting.created(), live.expires(), live.hash()));
            return state.withMember(member.withTokens(tokens));
        });
        return after.login(hash).map(login -> profile(token, login.token()));
    }

    @Override
    public ShareProfile rotate(String recipient, Duration grace) {
        Checks.notNegative("grace", grace);
        String token = newToken();
        String hash = Sha256.hexOf(token);
        Instant now = now();
        RegistryState after = update(state -> {
            if (state.login(hash).isPresent()) {
                return state;
            }
            Member member = member(state, recipient);
            List<Token> tokens = new ArrayList<>();
            for (Token old : member.tokens()) {
                Token ending = old.endingBy(now.plus(grace));
                // What was never activated cannot be in use.
                if (ending.hash().isPresent() && ending.isLive(now)) {
                    tokens.add(ending);
                }
            }
            if (tokens.size() >= MAX_TOKENS) {
                throw KeywharfException.retryable(
                        "catalog.conflict",
                        recipient,
                        tokens.size() + " tokens are valid still, the next one until "
                                + tokens.get(0).expires().map(Instant::toString).orElse("it is removed")
                                + "; wait, or rotate with a shorter grace");
            }
            tokens.add(issued(member.recipient(), now, Optional.of(hash)));
            return state.withMember(member.withTokens(tokens));
        });
        return profile(token, after.login(hash).orElseThrow().token());
    }

    private String newToken() {
        return TOKEN_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(randomBytes(TOKEN_BYTES));
    }

    private ShareProfile profile(String token, Token of) {
        return new ShareProfile(1, endpoint, new ShareCredentials.Bearer(Secret.of(token), of.expires()));
    }

    @Override
    public String toString() {
        return "ShareCatalog[" + endpoint + "]";
    }
}
