package io.github.keywharf.testing.azure;

import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.FakeRest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Microsoft Entra ID's token endpoint for one application with a client secret, and the endpoints of managed identities.
 * docs/reference/fake-keyvault.md says what it does not prove.
 */
public final class FakeEntra extends FakeRest {
    /** The directory. */
    public static final String TENANT = "11111111-2222-3333-4444-555555555555";

    /** The application, and the one managed identity. */
    public static final String CLIENT_ID = "66666666-7777-8888-9999-000000000000";

    /** The application's secret. */
    public static final String CLIENT_SECRET = "entra~secret.of-the+application";

    /** What an app must send in X-IDENTITY-HEADER. */
    public static final String IDENTITY_HEADER = "header-of-the-app";

    /** The operation that gives tokens for a client secret. */
    public static final String TOKEN = "POST /{tenant}/oauth2/v2.0/token";

    /** The operation that gives apps tokens of their managed identity. */
    public static final String APP_TOKEN = "GET /msi/token";

    /** The operation that gives virtual machines tokens of their managed identity. */
    public static final String MACHINE_TOKEN = "GET /metadata/identity/oauth2/token";

    private static final Duration LIFE = Duration.ofMinutes(60);

    private record Token(String resource, Instant expires) {}

    private final InstantSource clock;
    private final Map<String, Token> tokens = new HashMap<>();
    private int issued;

    /** An empty directory. */
    public FakeEntra(InstantSource clock) {
        this.clock = clock;
    }

    /** Ends all tokens. */
    public synchronized void revokeAll() {
        tokens.clear();
    }

    /** Whether a token was issued for a resource, and is still valid. */
    synchronized boolean accepts(String token, String resource) {
        Token known = tokens.get(token);
        return known != null
                && known.resource.equals(resource)
                && clock.instant().isBefore(known.expires);
    }

    @Override
    protected Map<String, HttpHandler> routes() {
        return Map.of(
                TOKEN,
                this::token,
                APP_TOKEN,
                request -> identity(request, "X-IDENTITY-HEADER", IDENTITY_HEADER, "2019-08-01"),
                MACHINE_TOKEN,
                request -> identity(request, "Metadata", "true", "2018-02-01"),
                "GET /{tenant}/v2.0/.well-known/openid-configuration",
                this::configuration);
    }

    private HttpResponse token(HttpRequest request) {
        Map<String, String> form = form(request.body().text(1 << 16));
        if (!request.part("tenant").equals(TENANT)) {
            return refused(400, "invalid_request", "AADSTS90002: Tenant '" + request.part("tenant") + "' not found.");
        }
        if (!"client_credentials".equals(form.get("grant_type"))) {
            return refused(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
        }
        if (!CLIENT_ID.equals(form.get("client_id"))) {
            return refused(
                    400, "unauthorized_client", "AADSTS700016: Application was not found in the directory 'Fake'.");
        }
        if (!CLIENT_SECRET.equals(form.get("client_secret"))) {
            return refused(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
        }
        // Some clients ask for openid and the like beside it.
        String scope = Arrays.stream(form.getOrDefault("scope", "").split(" ", -1))
                .filter(each -> each.startsWith("https://") && each.endsWith("/.default"))
                .findFirst()
                .orElse("");
        if (scope.isEmpty()) {
            return refused(400, "invalid_scope", "AADSTS70011: The provided value for the input 'scope' is not valid.");
        }
        return json(
                200,
                object().put("token_type", "Bearer")
                        .put("expires_in", LIFE.toSeconds() - 1)
                        .put("ext_expires_in", LIFE.toSeconds() - 1)
                        .put("access_token", issue(scope.substring(0, scope.length() - "/.default".length()))));
    }

    private HttpResponse identity(HttpRequest request, String header, String value, String version) {
        if (!request.header(header).orElse("").equals(value)) {
            return json(401, object().put("statusCode", 401).put("message", "The header " + header + " is not right."));
        }
        if (!request.query("api-version").orElse("").equals(version)
                || request.query("resource").isEmpty()) {
            return json(400, object().put("statusCode", 400).put("message", "The request is not valid."));
        }
        if (!request.query("client_id").orElse(CLIENT_ID).equals(CLIENT_ID)) {
            return json(
                    400, object().put("statusCode", 400).put("message", "No User Assigned Managed Identity found."));
        }
        String resource = request.query("resource").orElse("");
        return json(
                200,
                object().put("access_token", issue(resource))
                        .put("client_id", CLIENT_ID)
                        .put("resource", resource)
                        .put("token_type", "Bearer")
                        .put(
                                "expires_on",
                                Long.toString(clock.instant().plus(LIFE).getEpochSecond())));
    }

    private HttpResponse configuration(HttpRequest request) {
        String base =
                request.uri().getScheme() + "://" + request.uri().getRawAuthority() + "/" + request.part("tenant");
        return json(
                200,
                object().put("token_endpoint", base + "/oauth2/v2.0/token")
                        .put("authorization_endpoint", base + "/oauth2/v2.0/authorize")
                        .put("device_authorization_endpoint", base + "/oauth2/v2.0/devicecode")
                        .put("issuer", base + "/v2.0")
                        .put("jwks_uri", base + "/discovery/v2.0/keys"));
    }

    private String issue(String resource) {
        String token = "entra-token-" + ++issued;
        tokens.put(token, new Token(resource, clock.instant().plus(LIFE)));
        return token;
    }

    private static HttpResponse refused(int status, String error, String description) {
        return json(status, object().put("error", error).put("error_description", description));
    }

    private static Map<String, String> form(String text) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = Math.max(0, pair.indexOf('='));
            fields.put(
                    pair.substring(0, equals),
                    URLDecoder.decode(pair.substring(Math.min(pair.length(), equals + 1)), StandardCharsets.UTF_8));
        }
        return fields;
    }

    @Override
    public String toString() {
        return "FakeEntra[" + issued + " tokens issued]";
    }
}
