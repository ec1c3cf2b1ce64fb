package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The OAuth 2.0 token endpoint, and the tokens that are valid (Salesforce Help, "OAuth Authorization Flows"). */
final class TokenEndpoint {
    private static final Set<String> LOGIN_HOSTS = Set.of("login.salesforce.com", "test.salesforce.com");
    private static final Duration LONGEST_ASSERTION = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final Map<String, Instant> sessions = new HashMap<>();
    private final Set<String> refreshTokens = new HashSet<>();
    private final Set<String> refused = new HashSet<>();
    private @Nullable PublicKey certificate;
    private Duration sessionTime = Duration.ofHours(2);
    private boolean rotating;
    private int issued;

    TokenEndpoint(InstantSource clock) {
        this.clock = clock;
    }

    void trust(PublicKey key) {
        certificate = key;
    }

    void sessionTime(Duration time) {
        sessionTime = time;
    }

    void rotating(boolean on) {
        rotating = on;
    }

    /** Has the endpoint refuse a grant type, as orgs do that block the username-password flow. */
    void refuse(String grantType) {
        refused.add(grantType);
    }

    void expireAll() {
        sessions.clear();
    }

    void revokeRefreshTokens() {
        refreshTokens.clear();
    }

    /** Tokens have an exclamation mark in them, as real ones do. */
    String session() {
        String token = "00D5g0000000001!AQEAQ." + ++issued + "_fake";
        sessions.put(token, clock.instant());
        return token;
    }

    String refreshToken() {
        String token = "5Aep861.refresh." + ++issued;
        refreshTokens.add(token);
        return token;
    }

    /** Refuses a request without a session: 401 and INVALID_SESSION_ID, or INVALID_AUTH_HEADER without a token in the header. */
    void check(HttpRequest request) {
        String header = request.header("Authorization").orElse("");
        if (!header.startsWith("Bearer ") && !header.startsWith("OAuth ")) {
            throw new Refusal(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE");
        }
        Instant begun = sessions.get(header.substring(header.indexOf(' ') + 1));
        if (begun == null || !clock.instant().isBefore(begun.plus(sessionTime))) {
            throw new Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
        }
    }

    /** A token's error has the members of RFC 6749, not those of the API ("OAuth 2.0 Error Codes"). */
    private static final class Denied extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String error;

        Denied(String error, String description) {
            super(description, null, false, false);
            this.error = error;
        }
    }

    HttpResponse answer(HttpRequest request, URI instance) {
        try {
            if (!request.method().equals("POST")) {
                throw new Denied("invalid_request", "must use HTTP POST");
            }
            String type = request.header("Content-Type").orElse("");
            if (!type.startsWith("application/x-www-form-urlencoded")) {
                throw new Denied("unsupported_grant_type", "grant type not supported");
            }
            return Json.response(200, grant(form(request.body().text(100_000)), request.uri(), instance))
                    .withHeader("Cache-Control", "no-cache, no-store");
        } catch (Denied e) {
            request.body().close();
            return Json.response(
                    400, Json.object().put("error", e.error).put("error_description", String.valueOf(e.getMessage())));
        }
    }

    private ObjectNode grant(Map<String, String> form, URI asked, URI instance) {
        String type = form.getOrDefault("grant_type", "");
        if (refused.contains(type)) {
            throw new Denied("invalid_grant", "authentication failure");
        }
        ObjectNode answer = Json.object();
        switch (type) {
            case "password" -> password(form);
            case "client_credentials" -> clientCredentials(form, asked);
            case "urn:ietf:params:oauth:grant-type:jwt-bearer" ->
                assertion(form.getOrDefault("assertion", ""), instance);
            case "refresh_token" -> refreshed(form, answer);
            default -> throw new Denied("unsupported_grant_type", "grant type not supported");
        }
        String issuedAt = Long.toString(clock.millis());
        return answer.put("access_token", session())
                .put("instance_url", instance.toString())
                .put(
                        "id",
                        instance.resolve("/id/00D5g0000000001EAA/0055g0000000001AAA")
                                .toString())
                .put("token_type", "Bearer")
                .put("issued_at", issuedAt)
                .put("signature", "c2lnbmF0dXJl");
    }

    private static void client(Map<String, String> form, boolean secret) {
        if (!FakeSalesforce.CLIENT_ID.equals(form.get("client_id"))) {
            throw new Denied("invalid_client_id", "client identifier invalid");
        }
        if (secret && !FakeSalesforce.CLIENT_SECRET.equals(form.get("client_secret"))) {
            throw new Denied("invalid_client", "invalid client credentials");
        }
    }

    /** The password has the security token at its end ("OAuth 2.0 Username-Password Flow"); there is no refresh token. */
    private static void password(Map<String, String> form) {
        client(form, true);
        String expected = FakeSalesforce.PASSWORD + FakeSalesforce.SECURITY_TOKEN;
        if (!FakeSalesforce.USERNAME.equals(form.get("username")) || !expected.equals(form.get("password"))) {
            throw new Denied("invalid_grant", "authentication failure");
        }
    }

    /** Only the My Domain host has this flow ("OAuth 2.0 Client Credentials Flow"). */
    private static void clientCredentials(Map<String, String> form, URI asked) {
        if (LOGIN_HOSTS.contains(asked.getHost())) {
            throw new Denied("invalid_grant", "request not supported on this domain");
        }
        client(form, true);
    }

    private void refreshed(Map<String, String> form, ObjectNode answer) {
        client(form, false);
        String token = form.getOrDefault("refresh_token", "");
        if (!refreshTokens.contains(token)) {
            throw new Denied("invalid_grant", "expired access/refresh token");
        }
        if (rotating) {
            // "Refresh Token Rotation": the answer has a new one, and the old one is dead.
            refreshTokens.remove(token);
            answer.put("refresh_token", refreshToken());
        }
    }

    /** RS256 over header and claims; aud has to be this org's host ("OAuth 2.0 JWT Bearer Flow"). */
    private void assertion(String assertion, URI instance) {
        String[] parts = assertion.split("\\.", -1);
        if (parts.length != 3 || certificate == null) {
            throw new Denied("invalid_grant", "invalid assertion");
        }
        ObjectNode header;
        ObjectNode claims;
        try {
            Signature verifier = Signature.getInstance("SHA256withRSA");
            verifier.initVerify(certificate);
            verifier.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            if (!verifier.verify(Base64.getUrlDecoder().decode(parts[2]))) {
                throw new Denied("invalid_grant", "invalid assertion");
            }
            header = decoded(parts[0]);
            claims = decoded(parts[1]);
        } catch (GeneralSecurityException | IllegalArgumentException | Refusal e) {
            throw new Denied("invalid_grant", "invalid assertion");
        }
        if (!header.path("alg").asText().equals("RS256")) {
            throw new Denied("invalid_grant", "algorithm is not supported");
        }
        if (!claims.path("iss").asText().equals(FakeSalesforce.CLIENT_ID)) {
            throw new Denied("invalid_client_id", "client identifier invalid");
        }
        if (!claims.path("sub").asText().equals(FakeSalesforce.USERNAME)) {
            throw new Denied("invalid_grant", "user hasn't approved this consumer");
        }
        String audience = claims.path("aud").asText();
        if (audience.equals("https://login.salesforce.com") || audience.equals("https://test.salesforce.com")) {
            throw new Denied("app_not_found", "External client app is not installed in this org");
        }
        if (!audience.equals(instance.toString())) {
            throw new Denied("invalid_grant", "audience is invalid");
        }
        Instant end = Instant.ofEpochSecond(claims.path("exp").asLong());
        Instant now = clock.instant();
        if (!end.isAfter(now) || end.isAfter(now.plus(LONGEST_ASSERTION))) {
            throw new Denied("invalid_grant", "assertion expired");
        }
    }

    private static ObjectNode decoded(String part) {
        return Json.parsed(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new HashMap<>();
        for (String pair : List.of(text.split("&", -1))) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(
                        URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }

    /** The host that a request may come to: the org's own, or for tokens those where users log in. */
    boolean knows(URI uri, URI instance) {
        return Optional.ofNullable(uri.getAuthority()).orElse("").equalsIgnoreCase(instance.getAuthority())
                || LOGIN_HOSTS.contains(uri.getHost());
    }
}
