package io.github.keywharf.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Cut;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The REST API of a vault; the client has its filters: token and retries. */
record KeyVaultCalls(HttpHandler client, URI vault) {
    /** The version that the vendor's SDK of 2026 asks for. */
    private static final String API_VERSION = "2025-07-01";

    /** The most bytes of an answer, 1 MiB: a page has 25 secrets without their values. */
    private static final int MAX_ANSWER = 1024 * 1024;

    private static final String PUBLIC_RESOURCE = "https://vault.azure.net";
    private static final List<String> OTHER_CLOUDS = List.of("vault.azure.cn", "vault.usgovcloudapi.net");
    private static final Set<Integer> PASSING = Set.of(429, 500, 502, 503, 504);
    private static final Set<String> UNREACHABLE =
            Set.of("http.unreachable", "http.broken", "http.timeout", "http.unavailable", "http.bad_response");

    /** An answer, whose JSON is an empty object when it is something else. */
    record Answer(int status, JsonNode json) {
        /** The vault's code of what is wrong within a refusal, such as {@code SecretDisabled}; or empty. */
        String inner() {
            return json.path("error").path("innererror").path("code").asText("");
        }

        /** The JSON of a success. */
        JsonNode orThrow(String subject) {
            if (status >= 200 && status < 300) {
                return json;
            }
            JsonNode error = json.path("error");
            String code = inner().isEmpty() ? error.path("code").asText("") : inner();
            String text = Cut.printable(error.path("message").asText(""), 400);
            String said = "(" + status + (code.isEmpty() ? "" : " " + Cut.printable(code, 80)) + ")"
                    + (text.isEmpty() ? "" : ": " + text);
            throw switch (status) {
                case 401 ->
                    new KeywharfException(
                            "secret.bad_credentials",
                            subject,
                            "The vault does not accept the login " + said + "; check that it is of the vault's tenant");
                case 403 ->
                    new KeywharfException(
                            "secret.denied",
                            subject,
                            "The login may not do this " + said
                                    + "; grant it the role Key Vault Secrets Officer, or let its network in");
                case 408, 409, 429, 500, 502, 503, 504 ->
                    new KeywharfException(
                            "secret.unavailable",
                            subject,
                            "The vault cannot do this now " + said + "; try again later");
                default -> new KeywharfException("secret.failed", subject, "The vault refuses " + said);
            };
        }
    }

    /** Whether a vault may be talked to: who may see its secrets is nobody on the way. */
    static URI checkedVault(String address) {
        URI uri;
        try {
            uri = URI.create(address.replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw notAVault(address);
        }
        boolean plain = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
        boolean onlyHost = uri.getHost() != null
                && uri.getRawUserInfo() == null
                && String.valueOf(uri.getRawPath()).isEmpty()
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (!plain || !onlyHost) {
            throw notAVault(address);
        }
        return uri;
    }

    private static IllegalArgumentException notAVault(String address) {
        String shown = address.indexOf('@') >= 0 ? "…@…" : Cut.printable(address, 100);
        return new IllegalArgumentException("'" + shown
                + "' is neither a vault's name of 3 to 24 letters, digits and hyphens, nor its address as"
                + " https://name.vault.azure.net");
    }

    /** Whom a token for the vault is for. */
    static String resource(URI vault) {
        String host = vault.getHost().toLowerCase(Locale.ROOT);
        return OTHER_CLOUDS.stream()
                .filter(cloud -> host.endsWith("." + cloud))
                .map(cloud -> "https://" + cloud)
                .findFirst()
                .orElse(PUBLIC_RESOURCE);
    }

    static boolean mayPass(HttpResponse response) {
        return PASSING.contains(response.status());
    }

    /**
     * Sends a request, which does no harm twice.
     *
     * @param path below the vault, or the address of a list's next page
     */
    Answer send(String method, String subject, String path, byte @Nullable [] body) {
        HttpRequest request = HttpRequest.of(method, uri(subject, path))
                .withHeader("Accept", "application/json")
                .withRepeatable(true);
        if (body != null) {
            request = request.withBody(HttpBody.of(body)).withHeader("Content-Type", "application/json");
        }
        try (HttpResponse response = client.handle(request)) {
            return new Answer(
                    response.status(), AzureJson.lenient(response.body().bytes(MAX_ANSWER)));
        } catch (KeywharfException e) {
            throw mapped(subject, e);
        }
    }

    private URI uri(String subject, String path) {
        if (path.startsWith("/")) {
            return URI.create(vault + path + (path.indexOf('?') < 0 ? "?" : "&") + "api-version=" + API_VERSION);
        }
        URI next = parsed(path);
        if (next == null
                || !HttpRequest.get(next).origin().equals(HttpRequest.get(vault).origin())) {
            throw new KeywharfException(
                    "secret.failed",
                    subject,
                    "The list goes on at another host, which is not followed; check for a proxy that rewrites addresses");
        }
        return next;
    }

    private static @Nullable URI parsed(String address) {
        try {
            URI uri = URI.create(address);
            HttpRequest.get(uri);
            return uri;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static KeywharfException mapped(String subject, KeywharfException e) {
        String code = UNREACHABLE.contains(e.code())
                ? "secret.unavailable"
                : switch (e.code()) {
                    case "http.no_token", "http.scope_refused" -> "secret.bad_credentials";
                    case "http.tls_failed" -> "secret.tls_failed";
                    default -> e.code();
                };
        return code.equals(e.code()) ? e : new KeywharfException(code, subject, String.valueOf(e.getMessage()), e);
    }

    @Override
    public String toString() {
        return "KeyVaultCalls[" + vault + "]";
    }
}
