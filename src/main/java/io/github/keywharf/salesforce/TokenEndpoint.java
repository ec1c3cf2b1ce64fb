package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.TokenAnswer;
import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Asks an org for a token, by a form whose fields are never part of a URL, an error or a log. */
record TokenEndpoint(SalesforceAuth.Login login) {
    private static final String PATH = "/services/oauth2/token";

    /** What a login gives; its texts are secrets. */
    record Answer(BearerToken bearer, Optional<Secret> refreshToken) {}

    static String requireText(String what, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("The " + what + " is blank");
        }
        return text;
    }

    static String subject(SalesforceAuth.Login login) {
        return new SalesforceTarget(login.instance(), "").host() + " login";
    }

    /**
     * A token.
     *
     * @param repeatable whether asking twice does no harm
     */
    Answer token(String grant, Map<String, String> fields, boolean repeatable) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", grant);
        form.putAll(fields);
        TokenAnswer answer = TokenAnswer.of(
                login.http(),
                TokenAnswer.request(URI.create(login.instance() + PATH), form).withRepeatable(repeatable));
        List<SalesforceRefusal> errors = SalesforceErrors.parsed(answer.answer().json());
        if (answer.answer().status() != 200 || (answer.text("access_token").isBlank() && !errors.isEmpty())) {
            throw refused(grant, answer.answer().status(), errors);
        }
        Secret token = answer.token().orElseThrow(() -> bad("has no access_token that can be sent"));
        // Orgs do not say when it ends, as a session lives on while it is used; gateways in front of them may.
        return new Answer(
                new BearerToken(
                        token, answer.expires(login.clock()).orElse(Instant.MAX), at(answer.text("instance_url"))),
                Optional.of(answer.text("refresh_token"))
                        .filter(text -> !text.isBlank())
                        .map(Secret::of));
    }

    private Optional<URI> at(String instance) {
        if (instance.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SalesforceInstance.followed(login.instance(), URI.create(instance.strip())));
        } catch (IllegalArgumentException e) {
            throw bad("has an instance_url that is not a URL");
        }
    }

    private KeywharfException bad(String what) {
        return new KeywharfException(
                "salesforce.bad_answer",
                subject(login),
                "The answer to the login " + what + "; check the instance, and whether a proxy is in between");
    }

    private KeywharfException refused(String grant, int status, List<SalesforceRefusal> errors) {
        if (status == 429 || status >= 500) {
            return SalesforceErrors.of(subject(login), status, errors);
        }
        SalesforceRefusal error = errors.isEmpty() ? SalesforceRefusal.NONE : errors.get(0);
        String said = error.toString();
        return new KeywharfException(
                "salesforce.auth_failed",
                subject(login),
                (said.isEmpty() ? "The org refuses the login with status " + status + " and does not say why" : said)
                        + "; "
                        + hint(grant, status, error));
    }

    private String hint(String grant, int status, SalesforceRefusal error) {
        String code = error.code().toLowerCase(Locale.ROOT);
        String message = error.message().toLowerCase(Locale.ROOT);
        boolean myDomain = !List.of("login.salesforce.com", "test.salesforce.com")
                .contains(login.instance().getHost());
        if (code.equals("app_not_found") || message.contains("app is not installed")) {
            return myDomain
                    ? "install the External Client App in this org, or correct the client id"
                    : "External Client Apps are known at the org's My Domain host only: set it as the instance";
        }
        if (message.contains("audience is invalid") || message.contains("invalid audience")) {
            return "the audience of a JWT is the configured host: set the org's My Domain host as the instance, or"
                    + " withAudience(\"https://login.salesforce.com\") for old Connected Apps";
        }
        if (message.contains("not supported on this domain")) {
            return "set the org's My Domain host as the instance, such as acme.my.salesforce.com";
        }
        if (message.contains("hasn't approved") || message.contains("not approved")) {
            return "approve the app for the user beforehand, by a permission set in its policies";
        }
        if (code.equals("invalid_client_id")
                || code.equals("invalid_client")
                || message.contains("invalid client credentials")) {
            return "check client id and secret, and that the app is of this org; new apps take some minutes to be known";
        }
        if (message.contains("no client credentials user")) {
            return "name a user to run as in the app's policies for client credentials";
        }
        if (message.contains("rate exceeded") || code.equals("rate_limit_exceeded")) {
            return "the user has logged in too often within an hour: wait, and keep the manager open";
        }
        if (code.isEmpty() && (status == 404 || (status >= 300 && status < 400))) {
            return "the host has no logins, or sends them elsewhere: set the org's My Domain host as the instance";
        }
        if (!code.equals("invalid_grant") && !code.equals("unsupported_grant_type") && !code.isEmpty()) {
            return "see the vendor's reference of OAuth errors";
        }
        return switch (grant) {
            case "password" ->
                "check user, password and security token, which changes with the password. Orgs since"
                        + " Summer '23 block this flow, External Client Apps do not have it, and it is being retired: use"
                        + " SalesforceAuth.clientCredentials(…) or jwtBearer(…)";
            case "refresh_token" ->
                "the refresh token has expired, was revoked, or was replaced by a later one: log in"
                        + " again, and store each new one";
            case "client_credentials" ->
                "check client id and secret, that the app allows the client credentials flow with"
                        + " a user to run as, and that the instance is the org's My Domain host";
            default ->
                "check that the app has this key's certificate, that the user exists here and has approved the"
                        + " app, and this machine's clock";
        };
    }

    @Override
    public String toString() {
        return "TokenEndpoint[" + login.instance() + "]";
    }
}
