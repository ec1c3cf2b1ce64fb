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
 * likewise, and the next request tries again. After a response of 401 to a request with a replayable body, a new token is
 * fetched, unless another thread has one already, and the request is sent once more; a second 401 is returned.
 *
 * <p>Requests to other origins (scheme, host and port) pass without the token. In a request to the origin, the token
 * replaces an {@code Authorization} header, and the request goes to {@link BearerToken#at} if the token has that.
 */
public final class BearerFilter implements HttpFilter {
    /** Time before its expiry at which a token is replaced, 60 s: longer than a request is in transit, and clocks differ. */
    public static final Duration EARLY = Duration.ofSeconds(60);

    private final String origin;
    private final Supplier<BearerToken> source;
    private final InstantSource clock;
    private final Predicate<HttpResponse> refusal;
    private final Object lock = new Object();
    private @Nullable BearerToken current;
    private @Nullable FutureTask<BearerToken> fetch;
    private @Nullable Thread fetchingThread;

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
     * @param origin URI with the scheme, host and port that receive the token; https, or http to a loopback address
     * @param source fetches a token, on the thread of a request
     * @param clock clock by which tokens expire
     * @throws IllegalArgumentException when anyone on the way could read the token
     */
    public static BearerFilter of(URI origin, Supplier<BearerToken> source, InstantSource clock) {
        return of(origin, source, clock, response -> response.status() == 401);
    }

    /**
     * A filter for one origin of a service that refuses tokens by other responses too, or has a 401 that a new token does
     * not help.
     *
     * @param refusal tests for responses to a token that is no longer accepted; must leave the body open, and read only a
     *     replayable one
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
     * The token of the next request, valid by the clock; fetched if the current one is not.
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

    /** Returns a valid token; closes the request's body if that fails, as the request is not sent. */
    private BearerToken tokenFor(HttpRequest request) {
        try {
            return token();
        } catch (Throwable e) {
            request.body().close();
            throw e;
        }
    }

    private static HttpRequest signed(HttpRequest request, BearerToken token) {
        return request.withUri(
                        token.at().map(at -> withOrigin(request.uri(), at)).orElse(request.uri()))
                .withHeader("Authorization", "Bearer " + token.value().reveal());
    }

    private static URI withOrigin(URI uri, URI origin) {
        String query = uri.getRawQuery();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return URI.create(
                origin.getScheme() + "://" + origin.getRawAuthority() + path + (query == null ? "" : "?" + query));
    }

    /** Returns a token that is valid by the clock, and differs from the refused one. */
    private BearerToken token(@Nullable BearerToken refused) {
        FutureTask<BearerToken> awaited;
        boolean fetches = false;
        synchronized (lock) {
            BearerToken token = current;
            if (token != null
                    && !token.equals(refused)
                    && clock.instant().plus(EARLY).isBefore(token.expires())) {
                return token;
            }
            if (fetch == null) {
                fetch = new FutureTask<>(this::fetchToken);
                fetchingThread = Thread.currentThread();
                fetches = true;
            } else if (Thread.currentThread().equals(fetchingThread)) {
                throw new KeywharfException(
                        "http.no_token",
                        origin,
                        "The source of tokens sends requests through the filter that waits for it; give it a client"
                                + " without this filter");
            }
            awaited = fetch;
        }
        if (fetches) {
            // Keeps what the source throws, of any kind, for all who wait.
            awaited.run();
            synchronized (lock) {
                fetch = null;
                fetchingThread = null;
            }
        }
        try {
            return awaited.get();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(origin, e);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private BearerToken fetchToken() {
        BearerToken token = Objects.requireNonNull(source.get(), "The source returned no token");
        synchronized (lock) {
            current = token;
        }
        return token;
    }

    /** Returns a new exception for each thread, as each may add suppressed ones. */
    private RuntimeException failure(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof KeywharfException error
                ? error.about(error.subject(), problem(error))
                : new KeywharfException("http.no_token", origin, "No token can be had; see the cause", cause);
    }

    private static String problem(KeywharfException error) {
        String message = String.valueOf(error.getMessage());
        String subject = "[" + error.subject() + "] ";
        return message.startsWith(subject) ? message.substring(subject.length()) : message;
    }

    @Override
    public String toString() {
        return "BearerFilter[" + origin + "]";
    }
}
