package io.github.keywharf.azure.functions;

import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.azure.AzureLogin;
import io.github.keywharf.azure.KeyVaultSecrets;
import io.github.keywharf.databricks.DatabricksCatalog;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sharing.DeltaSharingManager;
import io.github.keywharf.sharing.SharingPlan;
import io.github.keywharf.sharing.SharingRoutes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@link SharingRoutes} over Databricks and Key Vault, as a function with an HTTP trigger. Thread-safe; one for a process.
 *
 * <p>It reads environment variables:
 *
 * <table>
 *   <caption>Variables</caption>
 *   <tr><th>variable</th><th>value</th></tr>
 *   <tr><td>{@code KEY_VAULT_NAME}</td><td>the vault, where tenants' profiles are kept too</td></tr>
 *   <tr><td>{@code DATABRICKS_HOST}</td><td>the workspace, {@code adb-….azuredatabricks.net}</td></tr>
 *   <tr><td>{@code DATABRICKS_TOKEN_NAME}</td><td>the secret with {@code {"CLIENT_ID": …, "CLIENT_SECRET": …}}</td></tr>
 *   <tr><td>{@code DELTASHARING_TABLES_NAME}</td><td>the secret with {@code {"name": "catalog.schema.table", …}}</td></tr>
 *   <tr><td>{@code OPERATOR_TOKEN_NAME}</td><td>the secret with the operator's token; {@value #DEFAULT_OPERATOR}</td></tr>
 *   <tr><td>{@code TENANT_COLUMN}</td><td>the partition column with the tenant's id; {@value #DEFAULT_COLUMN}</td></tr>
 * </table>
 *
 * <p>and those of {@link AzureLogin#environment}. The first request reads the names of the tables; to change them restart the
 * app. Let the app run in one instance: instances do not wait for each other when they work on one tenant.
 */
public final class SharingFunction {
    /** The partition column of tenants unless a variable says otherwise. */
    public static final String DEFAULT_COLUMN = "client_space_uid";

    /** The secret with the operator's token unless a variable says otherwise. */
    public static final String DEFAULT_OPERATOR = "deltaSharingOperator";

    private static final List<String> REQUIRED =
            List.of("KEY_VAULT_NAME", "DATABRICKS_HOST", "DATABRICKS_TOKEN_NAME", "DELTASHARING_TABLES_NAME");

    /** How long the operator's token is kept before it is read again. */
    private static final Duration OPERATOR_LIFE = Duration.ofMinutes(1);

    private final Map<String, String> variables;
    private final HttpHandler client;
    private final InstantSource clock;
    private final EventListener events;
    private volatile @Nullable HttpHandler routes;

    SharingFunction(Map<String, String> variables, HttpHandler client, InstantSource clock, EventListener events) {
        this.variables = Map.copyOf(variables);
        this.client = client;
        this.clock = clock;
        this.events = events;
        List<String> missing = REQUIRED.stream()
                .filter(name -> variables.getOrDefault(name, "").isBlank())
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    "The variables " + missing + " are missing; set them in the app's configuration");
        }
    }

    /**
     * With the variables of this process. Sends nothing.
     *
     * @param listener receives what is done for tenants, and retries
     * @throws IllegalStateException when a variable is missing
     */
    public static SharingFunction fromEnvironment(EventListener listener) {
        return new SharingFunction(
                System.getenv(),
                HttpClients.builder().timeout(Duration.ofMinutes(1)).open(),
                InstantSource.system(),
                listener);
    }

    private String required(String name) {
        return variables.getOrDefault(name, "").strip();
    }

    /** Answers a request to a route below {@code clientspace/}, whatever prefix the function app puts before it. */
    public HttpResponseMessage run(HttpRequestMessage<Optional<String>> request) {
        return new FunctionsHandler(sent -> handler().handle(sent), "/clientspace/").handle(request);
    }

    private HttpHandler handler() {
        HttpHandler known = routes;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            if (routes == null) {
                try {
                    routes = connected();
                } catch (KeywharfException e) {
                    // Whoever asks is not known yet, and is not shown why; the next request tries again.
                    events.guarded()
                            .error(
                                    "azure.function.not_ready",
                                    Work.NONE,
                                    e.subject(),
                                    "The configuration cannot be read: " + e.getMessage() + " (" + e.code() + ")");
                    return request -> {
                        request.body().close();
                        return HttpResponse.json(
                                        503,
                                        "{\"code\":\"" + e.code() + "\",\"detail\":\"The function cannot read its"
                                                + " configuration now\"}")
                                .withHeader("Retry-After", "5")
                                .withHeader("Cache-Control", "no-store");
                    };
                }
            }
            return routes;
        }
    }

    private HttpHandler connected() {
        KeyVaultSecrets vault = KeyVaultSecrets.builder()
                .vault(required("KEY_VAULT_NAME"))
                .credentials(AzureLogin.environment(variables))
                .http(client)
                .clock(clock)
                .events(events)
                .build();
        DatabricksCatalog catalog = DatabricksCatalog.builder()
                .host(required("DATABRICKS_HOST"))
                .credentials(vault, required("DATABRICKS_TOKEN_NAME"))
                .http(client)
                .clock(clock)
                .events(events)
                .build();
        SharingPlan plan;
        try (Secret tables = vault.secret(required("DELTASHARING_TABLES_NAME"))) {
            plan = SharingPlan.ofTableNames(tables, variables.getOrDefault("TENANT_COLUMN", DEFAULT_COLUMN));
        }
        DeltaSharingManager manager = DeltaSharingManager.builder()
                .catalog(catalog)
                .secrets(vault)
                .plan(plan)
                .clock(clock)
                .events(events)
                .build();
        return SharingRoutes.of(
                manager,
                vault.cached(OPERATOR_LIFE, clock),
                variables.getOrDefault("OPERATOR_TOKEN_NAME", DEFAULT_OPERATOR),
                events);
    }

    @Override
    public String toString() {
        return "SharingFunction[" + variables.get("KEY_VAULT_NAME") + ", " + variables.get("DATABRICKS_HOST") + "]";
    }
}
