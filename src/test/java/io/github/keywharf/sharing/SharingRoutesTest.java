package io.github.keywharf.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharingRoutesTest {
    private static final String OPERATOR = "operators-token-0123456789";
    private static final String PATH = "/clientspace/tenant-1/delta-sharing-token";

    private final SharingWorld world = new SharingWorld(SharingLayout.SHARE_PER_TENANT);
    private final DeltaSharingManager manager = world.manager();
    private final SharingRoutes routes = SharingRoutes.of(manager, Secret.of(OPERATOR), world.events::add);

    /** What was answered. */
    private record Answer(int status, String body, HttpResponse response) {
        JsonNode json() throws Exception {
            return new JsonMapper().readTree(body);
        }
    }

    private Answer call(String method, String path, String authorization) {
        HttpRequest request = HttpRequest.of(method, URI.create("https://ops.example.com" + path))
                .withHeader("Authorization", authorization)
                .withPeer("192.0.2.7");
        HttpResponse response = routes.handle(request);
        assertThat(response.header("Cache-Control")).contains("no-store");
        return new Answer(response.status(), response.body().text(100_000), response);
    }

    private Answer call(String method, String path) {
        return call(method, path, "Bearer " + OPERATOR);
    }

    private static ShareProfile profile(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().header("Content-Type")).contains("application/json");
        return ShareProfile.parse(Secret.of(answer.body()));
    }

    @Test
    void the_four_routes_do_what_the_original_did() throws Exception {
        assertThat(call("GET", PATH).status()).isEqualTo(404);

        ShareProfile made = profile(call("POST", PATH));
        assertThat(world.opens(made)).isTrue();
        assertThat(profile(call("GET", PATH)).sameAs(made)).isTrue();
        Answer again = call("POST", PATH);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().path("code").textValue()).isEqualTo("sharing.exists");
        assertThat(again.json().path("detail").textValue()).contains("tenant-1");

        world.clock.advance(Duration.ofMinutes(1));
        ShareProfile rotated = profile(call("POST", PATH + "/refresh"));
        assertThat(profile(call("GET", PATH)).sameAs(rotated)).isTrue();
        assertThat(world.opens(made)).isTrue();
        world.clock.advance(SharingRoutes.DEFAULT_GRACE);
        assertThat(world.opens(made)).isFalse();
        ShareProfile last = profile(call("POST", PATH + "/refresh?grace=PT0S"));
        assertThat(world.opens(rotated)).isFalse();

        Answer gone = call("DELETE", PATH);
        assertThat(gone.status()).isEqualTo(204);
        assertThat(gone.body()).isEmpty();
        assertThat(world.opens(last)).isFalse();
        assertThat(call("DELETE", PATH).status()).isEqualTo(204);
        assertThat(call("GET", PATH).status()).isEqualTo(404);
        assertThat(call("POST", PATH + "/refresh").status()).isEqualTo(404);
        assertThat(call("POST", PATH).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer operators-token-012345678",
                "Bearer operators-token-01234567890",
                "Bearer OPERATORS-TOKEN-0123456789",
                "Basic operators-token-0123456789",
                "operators-token-0123456789"
            })
    void nobody_else_sees_anything(String authorization) throws Exception {
        manager.provision("tenant-1");
        world.events.clear();
        for (String path : List.of(PATH, "/clientspace/no-such/delta-sharing-token", "/other")) {
            for (String method : List.of("GET", "POST", "DELETE")) {
                Answer answer = call(method, path, authorization);
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.response().header("WWW-Authenticate")).contains("Bearer");
                assertThat(answer.json().path("code").textValue()).isEqualTo("sharing.unauthorized");
            }
        }
        assertThat(world.events).hasSize(9).extracting(Event::name).containsOnly("sharing.operator.denied");
        assertThat(manager.tenants()).containsExactly("tenant-1");
    }

    @Test
    void an_id_is_decoded_and_no_path_leads_out() {
        Answer made = call("POST", "/clientspace/a%20%C3%A9%25/delta-sharing-token");
        assertThat(made.status()).isEqualTo(200);
        assertThat(manager.tenants()).containsExactly("a é%");
        for (String id : List.of("%2e%2e", "a%2Fb", "a%0Ab", "%20a", "x".repeat(129), "a%E2%80%AEb", "%ff")) {
            Answer answer = call("POST", "/clientspace/" + id + "/delta-sharing-token");
            assertThat(answer.status()).as(id).isEqualTo(400);
            assertThat(answer.body()).contains("sharing.bad_request");
        }
        assertThat(manager.tenants()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "PT", "-PT1S", "P366D", "PT1H;"})
    void a_grace_that_is_not_valid_rotates_nothing(String grace) {
        ShareProfile profile = manager.provision("tenant-1");
        assertThat(call("POST", PATH + "/refresh?grace=" + grace).status()).isEqualTo(400);
        assertThat(manager.profile("tenant-1").sameAs(profile)).isTrue();
    }

    @Test
    void other_paths_and_methods_are_errors_in_json() throws Exception {
        Answer nothing = call("GET", "/clientspace");
        assertThat(nothing.status()).isEqualTo(404);
        assertThat(nothing.json().path("code").textValue()).isEqualTo("sharing.not_found");
        Answer method = call("PUT", PATH);
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.response().header("Allow")).contains("DELETE, GET, HEAD, POST");
        assertThat(method.json().path("code").textValue()).isEqualTo("sharing.bad_request");
    }

    @Test
    void what_is_anothers_is_a_conflict() {
        world.catalog.ensureRecipient(Recipient.of("tenant-1").withProperties(Map.of("tenant", "another")));
        assertThat(call("POST", PATH).status()).isEqualTo(409);
        assertThat(call("DELETE", PATH).status()).isEqualTo(409);
    }

    @ParameterizedTest
    @CsvSource({"secret.unavailable,503", "secret.denied,502"})
    void a_vault_that_fails_is_the_gateways_trouble(String code, int status) {
        SecretSource broken = name -> {
            throw status == 503
                    ? KeywharfException.retryable(code, name, "It is so")
                    : new KeywharfException(code, name, "It is so");
        };
        DeltaSharingManager failing = world.builder()
                .secrets(new FailingSecrets(world.secrets) {
                    @Override
                    public Optional<Secret> find(String name) {
                        return broken.find(name);
                    }
                })
                .build();
        HttpResponse response = SharingRoutes.of(failing, Secret.of(OPERATOR), EventListener.NONE)
                .handle(HttpRequest.get("https://ops.example.com" + PATH)
                        .withHeader("Authorization", "Bearer " + OPERATOR));
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Retry-After").isPresent()).isEqualTo(status == 503);
    }

    @Test
    void an_operators_token_that_cannot_be_read_lets_nobody_in_and_says_no_more() {
        SecretSource broken = name -> {
            throw KeywharfException.retryable("secret.unavailable", name, "The vault at 10.0.0.7 is away");
        };
        HttpResponse response = SharingRoutes.of(manager, broken, "operator", world.events::add)
                .handle(HttpRequest.get("https://ops.example.com" + PATH)
                        .withHeader("Authorization", "Bearer " + OPERATOR));
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.body().text(1_000)).doesNotContain("10.0.0.7");
        assertThat(world.events)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("The vault at 10.0.0.7 is away"));
    }

    @Test
    void a_secret_that_is_too_short_for_a_token_is_named_to_the_listener() {
        SharingRoutes.of(manager, SecretSource.of(Map.of("ops", "short")), "ops", world.events::add)
                .handle(HttpRequest.get("https://ops.example.com" + PATH));
        assertThat(world.events)
                .singleElement()
                .satisfies(
                        event -> assertThat(event.message())
                                .isEqualTo(
                                        "The operator's token cannot be read: [ops] The token has 5 characters; at least 16 are needed"));
    }

    @Test
    void a_token_that_is_a_secret_can_be_changed() {
        SecretSource[] now = {SecretSource.of(Map.of("operator", OPERATOR))};
        SharingRoutes changing = SharingRoutes.of(manager, name -> now[0].find(name), "operator", EventListener.NONE);
        HttpRequest request =
                HttpRequest.get("https://ops.example.com" + PATH).withHeader("Authorization", "bearer " + OPERATOR);
        assertThat(changing.handle(request).status()).isEqualTo(404);
        now[0] = SecretSource.of(Map.of("operator", "another-token-0123456789"));
        assertThat(changing.handle(request).status()).isEqualTo(401);
    }

    @Test
    void a_short_operators_token_is_refused() {
        assertThatThrownBy(() -> SharingRoutes.of(manager, Secret.of("short"), EventListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("short-");
    }

    @Test
    void each_reading_is_reported_and_nothing_shows() {
        ShareProfile profile = manager.provision("tenant-1");
        world.events.clear();
        call("GET", PATH);
        assertThat(world.events).singleElement().satisfies(event -> {
            assertThat(event.subject()).isEqualTo("tenant-1");
            assertThat(event.message()).contains("192.0.2.7");
        });
        String token = profile.json().reveal().replaceAll(".*\"bearerToken\":\"([^\"]*)\".*", "$1");
        assertThat(world.events.toString() + routes + call("GET", PATH).response())
                .doesNotContain(token)
                .doesNotContain(OPERATOR);
    }
}
