package io.github.keywharf.azure;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.ClientCredentials;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;

/** A way to log in to Microsoft Entra ID. Secrets are copied, may be closed, and are sent in the body of a form only. */
@FunctionalInterface
public interface AzureLogin {
    /** Entra ID of the public cloud, {@code https://login.microsoftonline.com}. */
    URI PUBLIC_CLOUD = URI.create("https://login.microsoftonline.com");

    /**
     * Gets a token.
     *
     * @param resource whom it is for, such as {@code https://vault.azure.net}
     * @param http sends requests without a token; repeatable ones again where that may help
     * @param clock the time
     * @throws KeywharfException {@code http.no_token} when Entra refuses; {@code http.unavailable}, and those of {@code http}
     */
    BearerToken token(String resource, HttpHandler http, InstantSource clock);

    /**
     * An application with a client secret, in the public cloud.
     *
     * @param tenant the directory's id or domain
     */
    static AzureLogin clientCredentials(String tenant, String clientId, Secret secret) {
        return clientCredentials(PUBLIC_CLOUD, tenant, clientId, secret);
    }

    /**
     * An application with a client secret.
     *
     * @param authority Entra's origin in another cloud, such as {@code https://login.microsoftonline.us}
     * @throws IllegalArgumentException when the tenant is neither an id nor a domain
     */
    static AzureLogin clientCredentials(URI authority, String tenant, String clientId, Secret secret) {
        if (!Pattern.matches("[0-9A-Za-z][0-9A-Za-z.-]{0,253}", tenant)) {
            throw new IllegalArgumentException("The tenant is neither a directory's id nor a domain");
        }
        URI endpoint = URI.create(authority.toString().replaceFirst("/+$", "") + "/" + tenant + "/oauth2/v2.0/token");
        Secret kept = secret.copy();
        return (resource, http, clock) -> ClientCredentials.of(endpoint, clientId, kept, http, clock)
                .withScope(resource + "/.default")
                .withSecretInForm()
                .get();
    }

    /** What {@link #environment(Map)} finds in the environment of this process. */
    static AzureLogin environment() {
        return environment(System.getenv());
    }

    /**
     * The application of {@code AZURE_TENANT_ID}, {@code AZURE_CLIENT_ID} and {@code AZURE_CLIENT_SECRET}, at
     * {@code AZURE_AUTHORITY_HOST} if given; without a secret the managed identity of an App Service or a function app
     * ({@code IDENTITY_ENDPOINT}, {@code IDENTITY_HEADER}), else that of a virtual machine. {@code AZURE_CLIENT_ID} chooses
     * among several managed identities.
     */
    static AzureLogin environment(Map<String, String> variables) {
        String tenant = variables.getOrDefault("AZURE_TENANT_ID", "");
        String client = variables.getOrDefault("AZURE_CLIENT_ID", "");
        String secret = variables.getOrDefault("AZURE_CLIENT_SECRET", "");
        if (!tenant.isBlank() && !client.isBlank() && !secret.isBlank()) {
            String authority = variables.getOrDefault("AZURE_AUTHORITY_HOST", "");
            return clientCredentials(
                    authority.isBlank() ? PUBLIC_CLOUD : URI.create(authority), tenant, client, Secret.of(secret));
        }
        return ManagedIdentity.of(variables, client);
    }
}
