package io.github.keywharf.azure.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.microsoft.azure.functions.HttpResponseMessage;
import io.github.keywharf.event.Event;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.testing.FakeRest.Fault;
import io.github.keywharf.testing.azure.FakeEntra;
import io.github.keywharf.testing.azure.FakeKeyVault;
import io.github.keywharf.testing.databricks.FakeUnityCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharingFunctionTest {
    private static final String ROUTE = "https://app.azurewebsites.net/api/clientspace/acme/delta-sharing-token";
    private static final String OPERATOR = "operator-token-of-the-test";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
    private final FakeEntra entra = new FakeEntra(now::get);
    private final FakeKeyVault vault = new FakeKeyVault(entra, now::get);
    private final FakeUnityCatalog workspace = new FakeUnityCatalog(now::get);
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Map<String, String> variables = new HashMap<>(Map.of(
            "KEY_VAULT_NAME", "acme-sharing",
            "DATABRICKS_TOKEN_NAME", "databricksToken",
            "DELTASHARING_TABLES_NAME", "databricksTablesNames",
            "DATABRICKS_HOST", "dbc.azuredatabricks.net",
            "AZURE_TENANT_ID", FakeEntra.TENANT,
            "AZURE_CLIENT_ID", FakeEntra.CLIENT_ID,
            "AZURE_CLIENT_SECRET", FakeEntra.CLIENT_SECRET));

    @BeforeEach
    void configuration() {
        vault.put(
                "databricksToken",
                "{ \"CLIENT_ID\": \"" + FakeUnityCatalog.CLIENT_ID + "\", \"CLIENT_SECRET\" : \""
                        + FakeUnityCatalog.CLIENT_SECRET + "\"}",
                true);
        vault.put("databricksTablesNames", "{ \"platform_aggregated_usage\": \"main.usage.platform\" }", true);
        vault.put("deltaSharingOperator", OPERATOR, true);
        workspace.table("main.usage.platform", "client_space_uid");
    }

    private SharingFunction function() {
        HttpHandler client = request -> switch (request.uri().getHost()) {
            case "dbc.azuredatabricks.net" -> workspace.handle(request);
            case "login.microsoftonline.com" -> entra.handle(request);
            default -> vault.handle(request);
        };
        return new SharingFunction(variables, client, now::get, events::add);
    }

    private static HttpResponseMessage run(SharingFunction function, String method, String path) {
        return function.run(FunctionMessage.of(method, ROUTE + path, Map.of("authorization", "Bearer " + OPERATOR)));
    }

    private static JsonNode json(HttpResponseMessage answer) throws IOException {
        return JsonMapper.builder().build().readTree((byte[]) answer.getBody());
    }

    @Test
    void the_four_routes_work_from_the_variables_and_secrets_of_the_configuration() throws Exception {
        SharingFunction function = function();
        assertThat(run(function, "GET", "").getStatusCode()).isEqualTo(404);

        HttpResponseMessage made = run(function, "POST", "");
        assertThat(made.getStatusCode()).isEqualTo(200);
        assertThat(made.getHeader("Cache-Control")).isEqualTo("no-store");
        String first = json(made).path("bearerToken").asText();
        assertThat(workspace.opens(first)).isTrue();
        assertThat(workspace.shareNames()).containsExactly("acme_partitioned_platform_usage");
        assertThat(json(run(function, "GET", ""))).isEqualTo(json(made));
        assertThat(run(function, "POST", "").getStatusCode()).isEqualTo(409);

        String second = json(run(function, "POST", "/refresh?grace=PT10M"))
                .path("bearerToken")
                .asText();
        assertThat(workspace.opens(first)).isTrue();
        assertThat(workspace.opens(second)).isTrue();
        assertThat(json(run(function, "GET", "")).path("bearerToken").asText()).isEqualTo(second);

        assertThat(run(function, "DELETE", "").getStatusCode()).isEqualTo(204);
        assertThat(workspace.opens(second)).isFalse();
        assertThat(run(function, "GET", "").getStatusCode()).isEqualTo(404);
        String third = json(run(function, "POST", "")).path("bearerToken").asText();
        assertThat(workspace.opens(third)).isTrue();

        assertThat(entra.calls(FakeEntra.TOKEN)).isEqualTo(1);
        assertThat(workspace.calls(FakeUnityCatalog.LOGIN)).isEqualTo(1);
        assertThat(events).isNotEmpty();
        assertThat(events.toString() + events.stream().map(Event::message).toList() + function)
                .doesNotContain(
                        first, second, third, OPERATOR, FakeUnityCatalog.CLIENT_SECRET, FakeEntra.CLIENT_SECRET);
    }

    @Test
    void nobody_gets_anything_without_the_operators_token() {
        SharingFunction function = function();
        for (String sent : List.of("", "Bearer ", "Bearer wrong", "Basic " + OPERATOR)) {
            HttpResponseMessage answer = function.run(FunctionMessage.of("POST", ROUTE, Map.of("authorization", sent)));
            assertThat(answer.getStatusCode()).isEqualTo(401);
        }
        assertThat(workspace.calls()).isEmpty();
    }

    @Test
    void the_configuration_is_neither_a_tenant_nor_shown() {
        HttpResponseMessage answer = function()
                .run(FunctionMessage.of(
                        "GET",
                        ROUTE.replace("acme", "databricksToken"),
                        Map.of("authorization", "Bearer " + OPERATOR)));
        assertThat(answer.getStatusCode()).isIn(404, 409);
        assertThat(new String((byte[]) answer.getBody(), StandardCharsets.UTF_8))
                .doesNotContain(FakeUnityCatalog.CLIENT_SECRET);
        assertThat(vault.history("databricksToken")).hasSize(1);
    }

    @Test
    void a_vault_that_cannot_be_read_is_tried_again_by_the_next_request() throws Exception {
        SharingFunction function = function();
        vault.fault(Fault.status(FakeKeyVault.GET, 1, 403));
        HttpResponseMessage answer = run(function, "POST", "");
        assertThat(answer.getStatusCode()).isEqualTo(503);
        assertThat(answer.getHeader("Retry-After")).isEqualTo("5");
        assertThat(json(answer).path("code").asText()).isEqualTo("secret.denied");
        assertThat(events).extracting(Event::name).contains("azure.function.not_ready");
        assertThat(run(function, "POST", "").getStatusCode()).isEqualTo(200);
    }

    @Test
    void the_operators_token_and_the_workspaces_secret_can_be_rotated() {
        SharingFunction function = function();
        assertThat(run(function, "POST", "").getStatusCode()).isEqualTo(200);
        vault.put("deltaSharingOperator", "another-token-of-the-test", true);
        vault.put("databricksToken", "{\"CLIENT_ID\":\"x\",\"CLIENT_SECRET\":\"y\"}", true);
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(2)));
        workspace.endLogins();
        assertThat(run(function, "POST", "/refresh").getStatusCode()).isEqualTo(401);
        HttpResponseMessage refused = function.run(FunctionMessage.of(
                "POST", ROUTE + "/refresh", Map.of("authorization", "Bearer another-token-of-the-test")));
        assertThat(refused.getStatusCode()).isEqualTo(502);
    }

    @Test
    void missing_variables_are_named_together() {
        variables.remove("KEY_VAULT_NAME");
        variables.put("DATABRICKS_HOST", " ");
        assertThatIllegalStateException()
                .isThrownBy(this::function)
                .withMessageContaining("[KEY_VAULT_NAME, DATABRICKS_HOST]");
    }
}
