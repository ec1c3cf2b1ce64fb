package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends a bearer token to one origin, and gets a new one when it is about to expire or was refused. Thread-safe.
 *
 * <p>However many threads need a token, one of them gets it and the others wait for that one; when it fails, they fail
 * likewise, and the next request tries again. A response of 401 to a request with a replayable body has a new token
 * fetched, unless another thread has one already, and the request is sent once more; a second 401 is returned.
 *
 * <p>Requests to other origins (scheme, host and port) pass without the token. In a request to the origin, the token
 * replaces an {@code Authorization} header, and the request goes to {@link BearerToken#at} if the token has that.
 */
public final class BearerFilter implements HttpFilter {
    /** How long before its end a token is replaced, 60 s: longer than a request takes to arrive, and clocks to differ. */
    public static final Duration EARLY = Duration.ofSeconds(60);

    private final String origin;
    private final Supplier<BearerToken> source;
    private final InstantSource clock;
    private final Predicate<HttpResponse> refusal;
    private final Object lock = new Object();
    private @Nullable BearerToken current;
    private @Nullable FutureTask<BearerToken> underWay;
    private @Nullable Thread fetching;

    private BearerFilter(
            String origin, Supplier<BearerToken> source, InstantSource clock, Predicate<HttpResponse> refusal) {
        this.origin = origin;
        this.source = source;
        this.clock = clock;
        this.refusal = refusal;
    }

    /**
     * A filter for one origin.
     *
     * @param origin whose scheme, host and port say who may see the token; https, or http to a loopback address
     * @param source gets a token, on the thread of a request
     * @param clock by which tokens expire
     * @throws IllegalArgumentException when anyone on the way could read the token
     */
    public static BearerFilter of(URI origin, Supplier<BearerToken> source, InstantSource clock) {
        return of(origin, source, clock, response -> response.status() == 401);
    }

    /**
     * A filter for one origin of a service that refuses tokens by other responses too, or has a 401 that a new token does
     * not help.
     *
     * @param refusal whether a response says that the token is no longer accepted; it leaves the body open, and reads only
     *     one that is replayable
     * @throws IllegalArgumentException when anyone on the way could read the token
     */
    public static BearerFilter of(
            URI origin, Supplier<BearerToken> source, InstantSource clock, Predicate<HttpResponse> refusal) {
        requireConfidential(origin);
        return new BearerFilter(HttpRequest.origin(origin), source, clock, refusal);
    }

    /**
     * Checks that secrets may be sent to an origin.
     *
     * @throws IllegalArgumentException when anyone on the way could read them: it is neither of https nor a loopback address
     */
    public static void requireConfidential(URI origin) {
        String host = origin.getHost();
        if (host == null) {
            throw new IllegalArgumentException("The origin " + HttpRedaction.uri(origin) + " has no host");
        }
        if (!"https".equalsIgnoreCase(origin.getScheme()) && !Loopback.isLoopback(host)) {
            throw new IllegalArgumentException("The origin " + HttpRedaction.uri(origin)
                    + " is not of https and not on this machine, so anyone on the way could read the token; use https");
        }
    }

    @Override
    public HttpHandler around(HttpHandler next) {
        return request -> {
            if (!request.origin().equals(origin)) {
                return next.handle(request);
            }
            BearerToken token = tokenFor(request);
            HttpResponse response = next.handle(signed(request, token));
            if (!refusal.test(response)) {
                return response;
            }
            if (!request.body().isReplayable()) {
                forget(token);
                return response;
            }
            response.close();
            return next.handle(signed(request, token(token)));
        };
    }

    /**
     * A token that is valid by the clock, which the next request would take; fetched if there is none.
     *
     * @throws KeywharfException what the source throws, or {@code http.no_token}
     */
    public BearerToken token() {
        return token(null);
    }

    private void forget(BearerToken refused) {
        synchronized (lock) {
            if (refused.equals(current)) {
                current = null;
            }
        }
    }

    /** The body of a request that is not sent is closed. */
    private BearerToken tokenFor(HttpRequest request) {
        boolean had = false;
        try {
            BearerToken token = token(null);
            had = true;
            return token;
        } finally {
            if (!had) {
                request.body().close();
            }
        }
    }

    private static HttpRequest signed(HttpRequest request, BearerToken token) {
        return request.withUri(token.at().map(at -> moved(request.uri(), at)).orElse(request.uri()))
                .withHeader("Authorization", "Bearer " + token.value().reveal());
    }

    private static URI moved(URI uri, URI origin) {
        String query = uri.getRawQuery();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return URI.create(
                origin.getScheme() + "://" + origin.getRawAuthority() + path + (query == null ? "" : "?" + query));
    }

    /** A token that is valid by the clock, and is not the one that was refused. */
    private BearerToken token(@Nullable BearerToken refused) {
        FutureTask<BearerToken> awaited;
        boolean mine = false;
        synchronized (lock) {
            BearerToken known = current;
            if (known != null
                    && !known.equals(refused)
                    && clock.instant().plus(EARLY).isBefore(known.expires())) {
                return known;
            }
            if (underWay == null) {
                underWay = new FutureTask<>(this::fetched);
                fetching = Thread.currentThread();
                mine = true;
            } else if (Thread.currentThread().equals(fetching)) {
                throw new KeywharfException(
                        "http.no_token",
                        origin,
                        "The source of tokens sends requests through the filter that waits for it; give it a client"
                                + " without this filter");
            }
            awaited = underWay;
        }
        if (mine) {
            // Keeps what the source throws, of any kind, for all who wait.
            awaited.run();
            synchronized (lock) {
                underWay = null;
                fetching = null;
            }
        }
        try {
            return awaited.get();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(origin, e);
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        }
    }

    private BearerToken fetched() {
        BearerToken token = Objects.requireNonNull(source.get(), "The source returned no token");
        synchronized (lock) {
            current = token;
        }
        return token;
    }

    /** Of its own for each thread, as exceptions collect what each thread suppresses. */
    private RuntimeException failed(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof KeywharfException known
                ? known.about(known.subject(), problem(known))
                : new KeywharfException("http.no_token", origin, "No token can be had; see the cause", cause);
    }

    private static String problem(KeywharfException known) {
        String message = String.valueOf(known.getMessage());
        String subject = "[" + known.subject() + "] ";
        return message.startsWith(subject) ? message.substring(subject.length()) : message;
    }

    @Override
    public String toString() {
        return "BearerFilter[" + origin + "]";
    }
}
