package io.github.keywharf.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.ClientCredentials;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpOrigin;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.JsonAnswer;
import io.github.keywharf.http.JsonApi;
import io.github.keywharf.internal.Cut;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The REST API of a vault; the client has its filters: token and retries. */
record KeyVaultCalls(JsonApi api, URI vault) {
    static final String UNAVAILABLE = "secret.unavailable";
    private static final String BAD_CREDENTIALS = "secret.bad_credentials";
    private static final String FAILED = "secret.failed";

    /** The version that the vendor's SDK of 2026 asks for. */
    private static final String API_VERSION = "2025-07-01";

    /** The most bytes of an answer, 1 MiB: a page has 25 secrets without their values. */
    private static final int MAX_ANSWER = 1024 * 1024;

    private static final String PUBLIC_RESOURCE = "https://vault.azure.net";
    private static final List<String> OTHER_CLOUDS = List.of("vault.azure.cn", "vault.usgovcloudapi.net");

    private static final Set<Integer> PASSING = Set.of(429, 500, 502, 503, 504);

    private static final Map<String, String> CODES = Map.of(
            HttpClients.UNREACHABLE, UNAVAILABLE,
            HttpClients.BROKEN, UNAVAILABLE,
            HttpClients.TIMEOUT, UNAVAILABLE,
            HttpClients.BAD_RESPONSE, UNAVAILABLE,
            ClientCredentials.UNAVAILABLE, UNAVAILABLE,
            ClientCredentials.NO_TOKEN, BAD_CREDENTIALS,
            ClientCredentials.SCOPE_REFUSED, BAD_CREDENTIALS,
            HttpClients.TLS_FAILED, "secret.tls_failed");

    /** Calls of a vault by a client that has its filters: token and retries. */
    static KeyVaultCalls of(HttpHandler client, URI vault) {
        return new KeyVaultCalls(new JsonApi(client, vault.toString(), MAX_ANSWER, CODES), vault);
    }

    /** The vault's code of what is wrong within a refusal, such as {@code SecretDisabled}; or empty. */
    static String inner(JsonAnswer answer) {
        return answer.json().path("error").path("innererror").path("code").asText("");
    }

    /** The JSON of a success. */
    static JsonNode checked(String subject, JsonAnswer answer) {
        if (answer.isSuccess()) {
            return answer.json();
        }
        JsonNode error = answer.json().path("error");
        String said = answer.said(
                inner(answer).isEmpty() ? error.path("code").asText("") : inner(answer),
                error.path("message").asText(""));
        throw switch (answer.status()) {
            case 401 ->
                new KeywharfException(
                        BAD_CREDENTIALS,
                        subject,
                        "The vault does not accept the login " + said + "; check that it is of the vault's tenant");
            case 403 ->
                new KeywharfException(
                        "secret.denied",
                        subject,
                        "The login may not do this " + said
                                + "; grant it the role Key Vault Secrets Officer, or let its network in");
            case 408, 409, 429, 500, 502, 503, 504 ->
                KeywharfException.retryable(
                        UNAVAILABLE, subject, "The vault cannot do this now " + said + "; try again later");
            default -> new KeywharfException(FAILED, subject, "The vault refuses " + said);
        };
    }

    /** Whether a vault may be talked to: who may see its secrets is nobody on the way. */
    static URI checkedVault(String address) {
        return HttpOrigin.parse(address).orElseThrow(() -> notAVault(address));
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

    JsonAnswer send(String method, String name, String path) {
        return api.send(name, api.request(method, versioned(path)));
    }

    JsonAnswer put(String name, JsonNode body) {
        return api.send(name, api.request("PUT", versioned("/secrets/" + name), body));
    }

    private static String versioned(String path) {
        return path + "?api-version=" + API_VERSION;
    }

    /** All secrets without their values. */
    Stream<JsonNode> list(String subject) {
        return JsonApi.pages(
                        next -> checked(
                                subject,
                                api.send(
                                        subject,
                                        api.request(
                                                "GET",
                                                next.isEmpty()
                                                        ? versioned("/secrets") + "&maxresults=25"
                                                        : path(subject, next)))),
                        page -> page.path("nextLink").asText(""),
                        () -> new KeywharfException(
                                FAILED, subject, "The vault's list has no end; check its address, and for a proxy"))
                .flatMap(page -> StreamSupport.stream(page.path("value").spliterator(), false));
    }

    /** The path of a list's next page, whose address has to be at the vault. */
    private String path(String subject, String link) {
        try {
            URI next = URI.create(link);
            if (HttpRequest.get(next).origin().equals(HttpRequest.get(vault).origin())) {
                return next.getRawPath() + (next.getRawQuery() == null ? "" : "?" + next.getRawQuery());
            }
        } catch (IllegalArgumentException e) {
            // Not an address that can be called, at the vault or elsewhere.
        }
        throw new KeywharfException(
                FAILED,
                subject,
                "The list goes on at another host, which is not followed; check for a proxy that rewrites addresses");
    }

    @Override
    public String toString() {
        return "KeyVaultCalls[" + vault + "]";
    }
}
