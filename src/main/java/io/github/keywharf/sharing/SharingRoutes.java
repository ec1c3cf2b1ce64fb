package io.github.keywharf.sharing;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.HttpRouter;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A manager over HTTP, for operators:
 *
 * <ul>
 *   <li>{@code GET /clientspace/{client_id}/delta-sharing-token}: the stored profile
 *   <li>{@code POST /clientspace/{client_id}/delta-sharing-token}: provisions the tenant, and answers with its profile; 409 when it
 *       is there
 *   <li>{@code POST /clientspace/{client_id}/delta-sharing-token/refresh}: rotates the token, and answers with the profile. {@code
 *       ?grace=PT1H} says for how long the present token works on, {@link #DEFAULT_GRACE} unless given
 *   <li>{@code DELETE /clientspace/{client_id}/delta-sharing-token}: revokes the tenant, 204
 * </ul>
 *
 * <p>Each request needs {@code Authorization: Bearer} with the operator's token, compared in constant time; it has access to all
 * tenants. Errors are JSON, {@code {"code": …, "detail": …}}: 401 without the token, 400 for an id or a grace that is not valid, 404
 * for a tenant that is not there, 409 also for what is refused as another's, 503 with {@code Retry-After} for what passes by
 * itself, otherwise 502. Answers are not to be cached. Serve them over TLS. Thread-safe.
 */
public final class SharingRoutes implements HttpHandler {
    /** 1 hour: time for dashboards to take the new profile. */
    public static final Duration DEFAULT_GRACE = Duration.ofHours(1);

    /** 16: the fewest characters of an operator's token. */
    public static final int MIN_TOKEN = 16;

    private static final String TOKEN_PATH = "/clientspace/{client_id}/delta-sharing-token";
    private static final String SCHEME = "Bearer ";
    private static final JsonMapper JSON = new JsonMapper();

    private final DeltaSharingManager manager;
    private final Supplier<Secret> operator;
    private final EventListener events;
    private final HttpRouter router;

    private SharingRoutes(DeltaSharingManager manager, Supplier<Secret> operator, EventListener events) {
        this.manager = manager;
        this.operator = operator;
        this.events = events.guarded();
        this.router = HttpRouter.builder()
                .get(TOKEN_PATH, this::read)
                .post(TOKEN_PATH, request -> profile(200, manager.provisionNew(tenant(request))))
                .post(TOKEN_PATH + "/refresh", this::rotate)
                .delete(TOKEN_PATH, this::revoke)
                .build();
    }

    /**
     * Routes of a manager for an operator with that token.
     *
     * @param operator from {@value #MIN_TOKEN} characters on, copied
     */
    public static SharingRoutes of(DeltaSharingManager manager, Secret operator, EventListener listener) {
        Secret kept = operator.copy();
        checkToken(kept, "operator's token");
        return new SharingRoutes(manager, kept::copy, listener);
    }

    /**
     * Routes of a manager for an operator whose token is a secret, read for each request, so that it can be changed; see {@link
     * SecretSource#cached}.
     *
     * @param name of the secret, which has {@value #MIN_TOKEN} characters or more
     */
    public static SharingRoutes of(
            DeltaSharingManager manager, SecretSource secrets, String name, EventListener listener) {
        return new SharingRoutes(manager, () -> checkToken(secrets.secret(name), name), listener);
    }

    private static Secret checkToken(Secret token, String name) {
        int length = token.reveal().strip().length();
        if (length < MIN_TOKEN) {
            token.close();
            throw new IllegalArgumentException(
                    "[" + name + "] The token has " + length + " characters; at least " + MIN_TOKEN + " are needed");
        }
        return token;
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        try {
            return answer(request).withHeader("Cache-Control", "no-store");
        } finally {
            request.body().close();
        }
    }

    private HttpResponse answer(HttpRequest request) {
        boolean allowed;
        try {
            allowed = isOperator(request);
        } catch (KeywharfException | IllegalArgumentException e) {
            // Whoever asks is not known, and is not shown why.
            events.error(
                    "sharing.operator.unreadable",
                    Work.NONE,
                    request.method() + " " + request.path(),
                    "The operator's token cannot be read: " + e.getMessage());
            String code = e instanceof KeywharfException known ? known.code() : "sharing.refused";
            return error(503, code, "The operator's token cannot be read now").withHeader("Retry-After", "5");
        }
        if (!allowed) {
            events.warning(
                    "sharing.operator.denied",
                    Work.NONE,
                    request.method() + " " + request.path(),
                    "A request from " + request.peer().orElse("unknown")
                            + " without a valid operator's token was denied");
            return error(401, "sharing.unauthorized", "Send the operator's token as Authorization: Bearer")
                    .withHeader("WWW-Authenticate", "Bearer");
        }
        try {
            HttpResponse response = router.handle(request);
            return response.status() < 400 ? response : ofRouter(response);
        } catch (KeywharfException e) {
            return error(e);
        }
    }

    private boolean isOperator(HttpRequest request) {
        String header = request.header("Authorization").orElse("");
        try (Secret token = operator.get()) {
            boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
            return token.matches(bearer ? header.substring(SCHEME.length()).strip() : "");
        }
    }

    private static HttpResponse ofRouter(HttpResponse response) {
        response.close();
        String code = response.status() == 404 ? DeltaSharingManager.NOT_FOUND : "sharing.bad_request";
        HttpResponse json = error(response.status(), code, "There is nothing at this path, or not with this method");
        return response.header("Allow")
                .map(allow -> json.withHeader("Allow", allow))
                .orElse(json);
    }

    private static String tenant(HttpRequest request) {
        String tenant = request.part("client_id");
        try {
            return TenantNames.check(tenant);
        } catch (IllegalArgumentException e) {
            throw badRequest(e.getMessage());
        }
    }

    private static KeywharfException badRequest(@Nullable String problem) {
        return new KeywharfException("sharing.bad_request", "request", String.valueOf(problem));
    }

    private HttpResponse read(HttpRequest request) {
        String tenant = tenant(request);
        HttpResponse response = profile(200, manager.profile(tenant));
        events.info(
                "sharing.profile.read",
                TenantNames.work(tenant),
                tenant,
                "The profile was read from " + request.peer().orElse("unknown"));
        return response;
    }

    private HttpResponse rotate(HttpRequest request) {
        return profile(200, manager.rotate(tenant(request), grace(request)));
    }

    private static Duration grace(HttpRequest request) {
        String text = request.query("grace").orElse("");
        if (text.isEmpty()) {
            return DEFAULT_GRACE;
        }
        try {
            Duration grace = Duration.parse(text);
            if (!grace.isNegative() && grace.compareTo(Duration.ofDays(365)) <= 0) {
                return grace;
            }
        } catch (DateTimeException e) {
            throw badRequest(
                    "The grace '" + Cut.printable(text, 40) + "' is not a duration of ISO 8601; write it as PT1H");
        }
        throw badRequest("The grace " + Cut.printable(text, 40) + " is not from zero to P365D");
    }

    private HttpResponse revoke(HttpRequest request) {
        manager.revoke(tenant(request));
        return HttpResponse.of(204);
    }

    private static HttpResponse profile(int status, ShareProfile profile) {
        try (Secret json = profile.json()) {
            return HttpResponse.json(status, json.reveal());
        }
    }

    private static HttpResponse error(KeywharfException e) {
        int status = STATUS.getOrDefault(e.code(), e.retryable() ? 503 : 502);
        HttpResponse response = error(status, e.code(), String.valueOf(e.getMessage()));
        return status == 503 ? response.withHeader("Retry-After", "5") : response;
    }

    private static final Map<String, Integer> STATUS = Map.of(
            "sharing.bad_request",
            400,
            DeltaSharingManager.NOT_FOUND,
            404,
            DeltaSharingManager.EXISTS,
            409,
            "sharing.refused",
            409);

    private static HttpResponse error(int status, String code, String detail) {
        ObjectNode body = JSON.createObjectNode();
        body.put("code", code);
        body.put("detail", detail);
        return HttpResponse.json(status, body.toString());
    }

    @Override
    public String toString() {
        return "SharingRoutes[" + manager + "]";
    }
}
