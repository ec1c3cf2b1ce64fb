package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * User and password by HTTP Basic. Requests with the same credentials at the same time cost one derivation, and those that
 * follow a successful one none.
 */
final class BasicLogin implements TenantLogin {
    private static final String SCHEME = "basic ";
    private static final String CHALLENGE = "Basic realm=\"keywharf\", charset=\"UTF-8\"";
    private static final Nobody NOBODY = new Nobody(List.of(CHALLENGE));

    /** More than a name and a password have in Base64. */
    private static final int MAX_HEADER = 8 * 1024;

    private static final Duration BUSY = Duration.ofSeconds(1);
    private static final long WAIT_SECONDS = 5;

    /** How many wait for a derivation at most; a server has tens of threads. */
    static final int MAX_WAITING = 8;

    private final TenantUsers users;
    private final Set<String> operators;
    private final LoginLimit limit;
    private final RememberedLogins remembered;
    private final Semaphore derivations;

    /** Those that derive or wait for it: more would hold the threads of a server. */
    private final Semaphore admitted;

    private final Map<String, CompletableFuture<Outcome>> underWay = new ConcurrentHashMap<>();
    private final AtomicLong derived = new AtomicLong();

    BasicLogin(TenantUsers users, Set<String> operators, InstantSource clock, SecureRandom random) {
        // Half of the processors, so that logins leave the other half to the work.
        this(
                users,
                operators,
                clock,
                random,
                new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2)));
    }

    /** A login that derives as many passwords concurrently as there are permits. */
    BasicLogin(
            TenantUsers users, Set<String> operators, InstantSource clock, SecureRandom random, Semaphore derivations) {
        this.derivations = derivations;
        this.admitted = new Semaphore(derivations.availablePermits() + MAX_WAITING);
        this.users = users;
        this.operators = Set.copyOf(operators);
        this.limit = new LoginLimit(clock);
        this.remembered = new RememberedLogins(clock, random);
    }

    @Override
    public Outcome login(HttpRequest request) {
        List<String> headers = request.headers().all("Authorization");
        if (headers.size() != 1
                || headers.get(0).length() > MAX_HEADER
                || !headers.get(0).toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return NOBODY;
        }
        Optional<char[]> decoded =
                decoded(headers.get(0).substring(SCHEME.length()).strip());
        if (decoded.isEmpty()) {
            return NOBODY;
        }
        char[] pair = decoded.get();
        int colon = 0;
        while (colon < pair.length && pair[colon] != ':') {
            colon++;
        }
        char[] password = Arrays.copyOfRange(pair, Math.min(colon + 1, pair.length), pair.length);
        String user = new String(pair, 0, colon);
        PasswordHash.wipe(pair);
        try {
            return login(user, password, request.peer());
        } finally {
            PasswordHash.wipe(password);
        }
    }

    private static Optional<char[]> decoded(String text) {
        try {
            CharBuffer characters = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getDecoder().decode(text)));
            char[] pair = new char[characters.remaining()];
            characters.get(pair);
            characters.rewind();
            characters.put(new char[pair.length]);
            return Optional.of(pair);
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private Outcome login(String user, char[] password, Optional<String> peer) {
        String hash = users.storedHash(user);
        String mark = remembered.mark(user, hash, password);
        if (remembered.knows(mark)) {
            return known(user);
        }
        // The address is a part of it, for each address has limits of its own.
        String key = mark + " " + peer.orElse("");
        CompletableFuture<Outcome> mine = new CompletableFuture<>();
        CompletableFuture<Outcome> first = underWay.putIfAbsent(key, mine);
        if (first != null) {
            return awaited(user, first);
        }
        try {
            Outcome outcome = verified(user, hash, password, LoginLimit.Attempt.of(user, peer));
            if (outcome instanceof AsTenant || outcome instanceof AsOperator) {
                remembered.add(mark);
            }
            mine.complete(outcome);
            return outcome;
        } finally {
            // Of no effect unless something was thrown.
            mine.complete(new TooMany(BUSY));
            underWay.remove(key, mine);
        }
    }

    private static Outcome awaited(String user, CompletableFuture<Outcome> first) {
        try {
            return first.get();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("login of " + ProfileText.shown(user), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A login is never completed by an exception", e);
        }
    }

    private Outcome verified(String user, String hash, char[] password, LoginLimit.Attempt attempt) {
        Optional<Duration> wait = limit.begin(attempt);
        if (wait.isPresent()) {
            return new TooMany(wait.get());
        }
        if (!admitted.tryAcquire()) {
            limit.undo(attempt);
            return new TooMany(BUSY);
        }
        boolean counts = false;
        try {
            if (!derivations.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                return new TooMany(BUSY);
            }
            try {
                derived.incrementAndGet();
                boolean right = users.matches(user, hash, password);
                counts = !right;
                return right ? known(user) : NOBODY;
            } finally {
                derivations.release();
            }
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("login of " + ProfileText.shown(user), e);
        } finally {
            admitted.release();
            if (!counts) {
                limit.undo(attempt);
            }
        }
    }

    /** How many passwords were derived so far. */
    long derived() {
        return derived.get();
    }

    private Outcome known(String user) {
        return operators.contains(user) ? new AsOperator(user) : new AsTenant(Organisation.of(user));
    }

    @Override
    public String toString() {
        return "TenantLogin[basic, " + users + "]";
    }
}
