package io.github.keywharf.catalog;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A catalog in memory, for tests: it keeps shares, recipients, grants and tokens, hands out each profile once, and ends tokens
 * by its clock. Any source of a table exists but those that contain {@code missing}.
 *
 * <p>As Databricks does, it issues no third token while two are in force.
 */
public final class MemoryShareCatalog implements ShareCatalog {
    /** How long a token lives that was asked for without a validity, 365 days. */
    public static final Duration DEFAULT_VALIDITY = Duration.ofDays(365);

    private static final URI ENDPOINT = URI.create("https://shares.example.com/delta-sharing");

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Share> shares = new TreeMap<>();
    private final Map<String, Known> recipients = new TreeMap<>();
    private long tokens;

    /** A token with what opens. */
    private record Token(RecipientToken seen, String text) {}

    private static final class Known {
        private final Set<String> grants = new TreeSet<>();
        private final List<Token> tokens = new ArrayList<>();
        private Recipient recipient;

        Known(Recipient recipient) {
            this.recipient = recipient;
        }
    }

    /** An empty catalog. */
    public MemoryShareCatalog(InstantSource clock) {
        this.clock = clock;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public synchronized Share ensureShare(Share share) {
        for (SharedTable table : share.tables()) {
            if (table.source().contains("missing")) {
                throw notFound("table", table.source());
            }
        }
        Share present = shares.get(key(share.name()));
        Share now = present == null ? share : new Share(present.name(), share.tables());
        shares.put(key(share.name()), now);
        return now;
    }

    @Override
    public synchronized Optional<Share> findShare(String name) {
        return Optional.ofNullable(shares.get(key(name)));
    }

    @Override
    public synchronized List<Share> shares() {
        return List.copyOf(shares.values());
    }

    @Override
    public synchronized void removeShare(String name) {
        shares.remove(key(name));
        recipients.values().forEach(known -> known.grants.remove(key(name)));
    }

    @Override
    public synchronized RecipientState ensureRecipient(Recipient recipient) {
        Known known = recipients.get(key(recipient.name()));
        if (known == null) {
            known = new Known(recipient);
            recipients.put(key(recipient.name()), known);
            known.tokens.add(newToken(recipient, false));
        } else {
            known.recipient = new Recipient(
                    known.recipient.name(), recipient.properties(), recipient.validity(), recipient.addresses());
        }
        return state(known);
    }

    private Token newToken(Recipient recipient, boolean activated) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        Instant now = now();
        Instant expires = now.plus(recipient.validity().orElse(DEFAULT_VALIDITY));
        return new Token(
                new RecipientToken("token-" + ++tokens, now, Optional.of(expires), activated),
                Base64.getUrlEncoder().encodeToString(bytes));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private RecipientState state(Known known) {
        known.tokens.removeIf(
                token -> !token.seen().expires().orElse(Instant.MAX).isAfter(now()));
        return new RecipientState(
                known.recipient, known.tokens.stream().map(Token::seen).toList());
    }

    @Override
    public synchronized Optional<RecipientState> findRecipient(String name) {
        return Optional.ofNullable(recipients.get(key(name))).map(this::state);
    }

    @Override
    public synchronized List<RecipientState> recipients() {
        return recipients.values().stream().map(this::state).toList();
    }

    @Override
    public synchronized void removeRecipient(String name) {
        recipients.remove(key(name));
    }

    private Known known(String recipient) {
        Known known = recipients.get(key(recipient));
        if (known == null) {
            throw notFound("recipient", recipient);
        }
        return known;
    }

    private static KeywharfException notFound(String kind, String name) {
        return new KeywharfException("catalog.not_found", name, "There is no " + kind + " of this name");
    }

    @Override
    public synchronized void ensureGrant(String share, String recipient) {
        Known known = known(recipient);
        if (!shares.containsKey(key(share))) {
            throw notFound("share", share);
        }
        known.grants.add(key(share));
    }

    @Override
    public synchronized void removeGrant(String share, String recipient) {
        Known known = recipients.get(key(recipient));
        if (known != null) {
            known.grants.remove(key(share));
        }
    }

    @Override
    public synchronized Set<String> grants(String recipient) {
        Known known = recipients.get(key(recipient));
        Set<String> names = new TreeSet<>();
        if (known != null) {
            known.grants.forEach(name -> names.add(shares.get(name).name()));
        }
        return names;
    }

    @Override
    public synchronized Optional<ShareProfile> activate(String recipient) {
        Known known = known(recipient);
        state(known);
        int last = known.tokens.size() - 1;
        if (last < 0 || known.tokens.get(last).seen().activated()) {
            return Optional.empty();
        }
        Token token = known.tokens.get(last);
        RecipientToken seen = token.seen();
        Token activated = new Token(new RecipientToken(seen.id(), seen.created(), seen.expires(), true), token.text());
        known.tokens.set(last, activated);
        return Optional.of(profile(activated));
    }

    private static ShareProfile profile(Token token) {
        return new ShareProfile(
                1,
                ENDPOINT,
                new ShareCredentials.Bearer(
                        Secret.of(token.text()), token.seen().expires()));
    }

    @Override
    public synchronized ShareProfile rotate(String recipient, Duration grace) {
        Known known = known(recipient);
        state(known);
        if (known.tokens.size() > 1) {
            throw KeywharfException.retryable(
                    "catalog.conflict",
                    recipient,
                    "The token before the present one is in force until "
                            + known.tokens.get(0).seen().expires().orElseThrow() + "; wait for that");
        }
        known.tokens.replaceAll(token -> {
            RecipientToken seen = token.seen();
            Instant end = now().plus(grace);
            Instant sooner = seen.expires().filter(end::isAfter).orElse(end);
            return new Token(
                    new RecipientToken(seen.id(), seen.created(), Optional.of(sooner), seen.activated()), token.text());
        });
        Token token = newToken(known.recipient, true);
        known.tokens.add(token);
        return profile(token);
    }

    /** The name of the recipient that a profile opens for, now. */
    public synchronized Optional<String> opensFor(ShareProfile profile) {
        Secret token = ((ShareCredentials.Bearer) profile.credentials()).token();
        return recipients.values().stream()
                .filter(known -> !state(known).tokens().isEmpty()
                        && known.tokens.stream().anyMatch(kept -> token.matches(kept.text())))
                .map(known -> known.recipient.name())
                .findFirst();
    }

    /** What a recipient may read now: {@code share: table where column = 'value'}. */
    public synchronized Set<String> readable(String recipient) {
        Set<String> readable = new TreeSet<>();
        Known known = recipients.get(key(recipient));
        if (known == null) {
            return readable;
        }
        for (String grant : known.grants) {
            for (SharedTable table : shares.get(grant).tables()) {
                String value = table.filter()
                        .map(filter ->
                                filter.valueFor(known.recipient.properties()).orElse("(none)"))
                        .orElse("(all)");
                readable.add(shares.get(grant).name() + ": " + table.sharedAs() + " for " + value);
            }
        }
        return readable;
    }

    /** How many tokens there are that open now or can be activated, of all recipients. */
    public synchronized int liveTokens() {
        Set<String> ids = new HashSet<>();
        recipients.values().forEach(known -> state(known).tokens().forEach(token -> ids.add(token.id())));
        return ids.size();
    }

    @Override
    public String toString() {
        return "catalog in memory, " + shares.size() + " shares, " + recipients.size() + " recipients";
    }
}
