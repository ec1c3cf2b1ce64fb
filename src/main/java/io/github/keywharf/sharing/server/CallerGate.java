package io.github.keywharf.sharing.server;

import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.sharing.server.RegistryState.Login;
import io.github.keywharf.sharing.server.RegistryState.Member;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Says who calls: by token, address and number of requests. Thread-safe. */
final class CallerGate {
    private static final String BEARER = "Bearer ";
    private static final int MAX_TOKEN = 1_000;

    private final ShareRegistry registry;
    private final Function<HttpRequest, Optional<String>> address;
    private final int perMinute;
    private final InstantSource clock;
    private final ConcurrentHashMap<String, Bucket> buckets = new ConcurrentHashMap<>();

    /** Requests that are left, which come back evenly. */
    private static final class Bucket {
        private double left;
        private Instant at;

        Bucket(int most, Instant at) {
            this.left = most;
            this.at = at;
        }

        synchronized boolean take(int perMinute, Instant now) {
            Duration since = Duration.between(at, now);
            if (!since.isNegative()) {
                left = Math.min(perMinute, left + (double) since.toNanos() / 60e9 * perMinute);
                at = now;
            }
            if (left < 1) {
                return false;
            }
            left--;
            return true;
        }
    }

    /**
     * @param address the IP address of a request's client
     * @param perMinute how many requests each recipient may send
     */
    CallerGate(
            ShareRegistry registry,
            Function<HttpRequest, Optional<String>> address,
            int perMinute,
            InstantSource clock) {
        this.registry = registry;
        this.address = address;
        this.perMinute = perMinute;
        this.clock = clock;
    }

    /** The recipient whose token a request has. */
    Caller enter(HttpRequest request) {
        String header = request.header("Authorization").orElse("");
        if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length()) || header.length() > MAX_TOKEN) {
            throw SharingErrors.unauthorized();
        }
        RegistryState state = registry.recent();
        // What is looked for is a hash, so that how long it takes says nothing about tokens.
        Login login = state.login(Sha256.hexOf(header.substring(BEARER.length()).strip()))
                .orElseThrow(SharingErrors::unauthorized);
        Member member = login.member();
        Instant now = clock.instant();
        if (!login.token().isLive(now)) {
            throw SharingErrors.expired(member.recipient().name());
        }
        checkAddress(request, member);
        if (!buckets.computeIfAbsent(member.id(), id -> new Bucket(perMinute, now))
                .take(perMinute, now)) {
            throw SharingErrors.limited(member.recipient().name(), perMinute);
        }
        return new Caller(member, state);
    }

    /** The recipient to which an address of a file was given. It has no token to show, and it must be there still. */
    Caller enterWithTicket(HttpRequest request, String id) {
        RegistryState state = registry.recent();
        Member member = state.memberById(id)
                .orElseThrow(() -> SharingErrors.refused("file", "The recipient is not there any more"));
        checkAddress(request, member);
        return new Caller(member, state);
    }

    private void checkAddress(HttpRequest request, Member member) {
        List<String> ranges = member.recipient().addresses();
        if (ranges.isEmpty()) {
            return;
        }
        Optional<String> from = address.apply(request);
        if (from.isEmpty()
                || ranges.stream().noneMatch(range -> IpRange.of(range).contains(from.get()))) {
            throw SharingErrors.refused(
                    member.recipient().name(), "The recipient may not connect from this address; ask the provider");
        }
    }

    String address(HttpRequest request) {
        return address.apply(request).orElse("an unknown address");
    }
}
