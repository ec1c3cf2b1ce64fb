package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.PemFiles;
import io.github.keywharf.testing.RecordedTime;
import io.github.keywharf.testing.salesforce.FakeFault;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import io.github.keywharf.tls.Pem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceAuthTest {
    private static final String TOKEN = "POST /services/oauth2/token";

    private static KeyPair keys;

    private final RecordedTime time = new RecordedTime();
    private final FakeSalesforce fake = new FakeSalesforce(time);

    @TempDir
    Path directory;

    @BeforeAll
    static void makeKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
    }

    private static SalesforceAuth credentials() {
        return SalesforceAuth.clientCredentials(FakeSalesforce.CLIENT_ID, Secret.of(FakeSalesforce.CLIENT_SECRET));
    }

    private static SalesforceAuth password(String securityToken) {
        return SalesforceAuth.password(
                FakeSalesforce.CLIENT_ID,
                Secret.of(FakeSalesforce.CLIENT_SECRET),
                FakeSalesforce.USERNAME,
                Secret.of(FakeSalesforce.PASSWORD),
                Secret.of(securityToken));
    }

    private SalesforceManager connect(SalesforceAuth auth, HttpHandler org) {
        return connect("acme", auth, org);
    }

    private SalesforceManager connect(String instance, SalesforceAuth auth, HttpHandler org) {
        return SalesforceManager.builder()
                .instance(instance)
                .credentials(auth)
                .http(org)
                .clock(time)
                .pause(time)
                .connect();
    }

    private static void assertCode(Throwable thrown, String code) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void every_way_in_gives_a_session_that_the_org_accepts() {
        fake.trust(keys.getPublic());
        List<SalesforceAuth> ways = List.of(
                credentials(),
                password(FakeSalesforce.SECURITY_TOKEN),
                SalesforceAuth.jwtBearer(FakeSalesforce.CLIENT_ID, FakeSalesforce.USERNAME, keys.getPrivate()),
                SalesforceAuth.refreshToken(
                        FakeSalesforce.CLIENT_ID, null, Secret.of(fake.refreshToken()), stored -> {}),
                SalesforceAuth.accessToken("acme", () -> Secret.of(fake.session())));

        for (SalesforceAuth way : ways) {
            try (SalesforceManager salesforce = connect(way, fake)) {
                assertThat(salesforce.help()).as(way.toString()).containsKey("query");
            }
        }
        try (SalesforceManager withoutInstance =
                SalesforceManager.builder().credentials(ways.get(4)).http(fake).connect()) {
            assertThat(withoutInstance).hasToString("SalesforceManager[acme.my.salesforce.com, v66.0]");
        }
    }

    @Test
    void secrets_are_in_the_body_of_a_form_only() {
        List<HttpRequest> sent = new ArrayList<>();
        List<String> forms = new ArrayList<>();
        HttpHandler recorded = request -> {
            sent.add(request);
            forms.add(request.body().text(10_000));
            return fake.handle(request);
        };

        try (SalesforceManager salesforce = connect(password(FakeSalesforce.SECURITY_TOKEN), recorded)) {
            assertThat(salesforce.toString()).doesNotContain("secret", "pass");
        }

        assertThat(forms).hasSize(1);
        assertThat(forms.get(0)).contains("client_secret=FAKE%2Bsecret%2F1%262", "password=pass%20word%261tOkEn1%2B");
        assertThat(sent.get(0).uri()).hasToString("https://acme.my.salesforce.com/services/oauth2/token");
        assertThat(sent.get(0) + credentials().toString() + password("x")).doesNotContain("secret", "pass w", "tOkEn1");
    }

    @Test
    void a_key_may_be_pkcs8_pkcs1_or_encrypted() throws IOException {
        fake.trust(keys.getPublic());
        PrivateKey key = keys.getPrivate();
        Path pkcs8 = Files.writeString(directory.resolve("key.pem"), PemFiles.pkcs8(key));

        List<SalesforceAuth> ways = List.of(
                SalesforceAuth.jwtBearer(FakeSalesforce.CLIENT_ID, FakeSalesforce.USERNAME, pkcs8),
                jwt(Pem.privateKey(Secret.of(PemFiles.pkcs1(key)), null)),
                jwt(Pem.privateKey(Secret.of(PemFiles.encrypted(key, "hunter2")), Secret.of("hunter2"))));

        for (SalesforceAuth way : ways) {
            connect(way, fake).close();
        }
        assertThat(fake.calls(TOKEN)).isEqualTo(3);
    }

    private static JwtBearerAuth jwt(PrivateKey key) {
        return SalesforceAuth.jwtBearer(FakeSalesforce.CLIENT_ID, FakeSalesforce.USERNAME, key);
    }

    @Test
    void a_key_that_cannot_sign_by_rs256_is_refused() throws GeneralSecurityException {
        PrivateKey other = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();

        assertThatIllegalArgumentException().isThrownBy(() -> jwt(other)).withMessageContaining("RSA");
    }

    @Test
    void the_audience_is_the_configured_host_and_another_one_has_a_hint() {
        fake.trust(keys.getPublic());

        assertThatThrownBy(() -> connect(jwt(keys.getPrivate()).withAudience("https://login.salesforce.com"), fake))
                .satisfies(e -> assertCode(e, "salesforce.auth_failed"))
                .hasMessageContaining("app_not_found")
                .hasMessageContaining("install the External Client App");
        assertThatThrownBy(() -> connect("login", jwt(keys.getPrivate()), fake))
                .hasMessageContaining("app_not_found")
                .hasMessageContaining("My Domain host");
        assertThatThrownBy(() -> connect(jwt(keys.getPrivate()).withAudience("https://other.example"), fake))
                .hasMessageContaining("audience is invalid")
                .hasMessageContaining("withAudience(");
    }

    @Test
    void client_credentials_at_the_login_host_are_pointed_to_my_domain() {
        assertThatThrownBy(() -> connect("login", credentials(), fake))
                .satisfies(e -> assertCode(e, "salesforce.auth_failed"))
                .hasMessageStartingWith(
                        "[login.salesforce.com login] invalid_grant: request not supported on this domain; ")
                .hasMessageContaining("My Domain host");
    }

    @Test
    void an_org_that_blocks_the_password_flow_says_what_to_use_instead() {
        fake.refuseGrant("password");

        assertThatThrownBy(() -> SalesforceManager.builder()
                        .instance("acme")
                        .credentials(password(FakeSalesforce.SECURITY_TOKEN))
                        .http(fake)
                        .connect())
                .satisfies(e -> assertCode(e, "salesforce.auth_failed"))
                .hasMessageContaining("being retired")
                .hasMessageContaining("clientCredentials")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("pass word", FakeSalesforce.SECURITY_TOKEN));
    }

    @Test
    void a_wrong_security_token_is_not_tried_again() {
        assertThatThrownBy(() -> connect(password("wrong"), fake)).hasMessageContaining("security token");
        assertThat(fake.calls(TOKEN)).isEqualTo(1);
    }

    @Test
    void a_rotated_refresh_token_is_stored_before_its_session_is_used() {
        fake.rotateRefreshTokens(true);
        List<String> order = new ArrayList<>();
        AtomicReference<String> stored = new AtomicReference<>(fake.refreshToken());
        String first = stored.get();
        HttpHandler recorded = request -> {
            order.add(request.path());
            return fake.handle(request);
        };

        try (SalesforceManager salesforce = connect(refresh(stored, order), recorded)) {
            assertThat(salesforce.help()).isNotEmpty();
            assertThat(order).containsExactly("/services/oauth2/token", "stored", "/services/data/v66.0/");
            fake.expireTokens();
            assertThat(salesforce.help()).isNotEmpty();
        }
        assertThat(stored.get()).isNotEqualTo(first);

        connect(refresh(stored, order), recorded).close();
        AtomicReference<String> old = new AtomicReference<>(first);
        assertThatThrownBy(() -> connect(refresh(old, order), recorded))
                .satisfies(e -> assertCode(e, "salesforce.auth_failed"))
                .hasMessageContaining("store each new one");
    }

    private static SalesforceAuth refresh(AtomicReference<String> kept, List<String> order) {
        return SalesforceAuth.refreshToken(
                FakeSalesforce.CLIENT_ID, Secret.of(FakeSalesforce.CLIENT_SECRET), Secret.of(kept.get()), next -> {
                    order.add("stored");
                    kept.set(next.reveal());
                });
    }

    @Test
    void a_refresh_token_that_cannot_be_stored_stops_the_login_and_is_stored_by_the_next() {
        fake.rotateRefreshTokens(true);
        List<String> stored = new ArrayList<>();
        boolean[] full = {true};
        SalesforceAuth way =
                SalesforceAuth.refreshToken(FakeSalesforce.CLIENT_ID, null, Secret.of(fake.refreshToken()), next -> {
                    if (full[0]) {
                        throw new IllegalStateException("disk full");
                    }
                    stored.add(next.reveal());
                });

        assertThatThrownBy(() -> connect(way, fake))
                .satisfies(e -> assertCode(e, "salesforce.token_not_stored"))
                .hasRootCauseMessage("disk full");
        full[0] = false;
        connect(way, fake).close();

        // The one that was pending, and the one of this login.
        assertThat(stored).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void a_refresh_is_not_sent_twice_as_its_lost_answer_may_have_ended_the_token() {
        fake.fault(FakeFault.on(TOKEN).dropAnswer());
        SalesforceAuth way =
                SalesforceAuth.refreshToken(FakeSalesforce.CLIENT_ID, null, Secret.of(fake.refreshToken()), next -> {});

        assertThatThrownBy(() -> connect(way, fake)).satisfies(e -> assertCode(e, "http.broken"));
        assertThat(fake.calls(TOKEN)).isEqualTo(1);
        connect(way, fake).close();
    }

    @Test
    void a_login_that_does_no_harm_twice_is_sent_again_when_its_answer_is_lost() {
        fake.fault(FakeFault.on(TOKEN).times(2).dropAnswer());

        connect(credentials(), fake).close();

        assertThat(fake.calls(TOKEN)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"error\":\"invalid_grant\"}|salesforce.auth_failed|invalid_grant; ",
                "400|{\"error\":\"invalid_client_id\",\"error_description\":\"client identifier invalid\"}"
                        + "|salesforce.auth_failed|client id and secret",
                "400|{\"error\":\"invalid_grant\",\"error_description\":\"no client credentials user enabled\"}"
                        + "|salesforce.auth_failed|name a user to run as",
                "400|<html><body>Bad</body></html>|salesforce.auth_failed|status 400",
                "400||salesforce.auth_failed|status 400",
                "302||salesforce.auth_failed|My Domain host",
                "404|<html>URL No Longer Exists</html>|salesforce.auth_failed|My Domain host",
                "500|<html>oops</html>|salesforce.unavailable|status 500",
                "200|<html>Log in</html>|salesforce.bad_answer|no access_token",
                "200||salesforce.bad_answer|no access_token",
                "200|[]|salesforce.bad_answer|no access_token",
                "200|{\"access_token\":7,\"instance_url\":{}}|salesforce.bad_answer|x",
                "200|{\"access_token\":\"hunter2 \\n\"}|salesforce.bad_answer|no access_token that can be sent",
                "200|{\"access_token\":\"hunter2\",\"instance_url\":\"https://evil.example\"}"
                        + "|salesforce.bad_answer|evil.example",
                "200|{\"access_token\":\"hunter2\",\"instance_url\":\"http://acme.my.salesforce.com\"}"
                        + "|salesforce.bad_answer|https",
                "200|{\"access_token\":\"hunter2\",\"instance_url\":\"a b\"}|salesforce.bad_answer|not a URL",
                "200|{\"error\":\"invalid_grant\"}|salesforce.auth_failed|invalid_grant",
            })
    void answers_of_every_kind_become_clear_errors(int status, String body, String code, String text) {
        HttpHandler org = request -> HttpResponse.json(status, body == null ? "" : body);

        if (text.equals("x")) {
            // A number as a token is used as it is written; what matters is that nothing breaks.
            connect(credentials(), org).close();
            return;
        }
        assertThatThrownBy(() -> connect(credentials(), org))
                .satisfies(e -> assertCode(e, code))
                .hasMessageContaining(text)
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("hunter2"));
    }

    @Test
    void a_token_never_goes_to_another_origin() {
        List<URI> withToken = new ArrayList<>();
        HttpHandler org = request -> {
            if (request.header("Authorization").isPresent()) {
                withToken.add(request.uri());
            }
            return request.path().endsWith("/token")
                    ? HttpResponse.json(
                            200, "{\"access_token\":\"t\",\"instance_url\":\"https://moved.my.salesforce.com/\"}")
                    : HttpResponse.of(302).withHeader("Location", "https://evil.example/");
        };

        try (SalesforceManager salesforce = connect(credentials(), org)) {
            assertThatThrownBy(salesforce::limits).satisfies(e -> assertCode(e, "salesforce.refused"));
        }
        assertThat(withToken)
                .hasSize(2)
                .allSatisfy(uri ->
                        assertThat(uri).hasToString("https://moved.my.salesforce.com/services/data/v66.0/limits"));
    }

    @Test
    void a_way_to_log_in_of_the_hosts_own_cannot_send_tokens_elsewhere_either() {
        SalesforceAuth own = login -> new io.github.keywharf.http.BearerToken(
                Secret.of("t"), java.time.Instant.MAX, Optional.of(URI.create("https://evil.example")));

        assertThatThrownBy(() -> connect(own, fake)).satisfies(e -> assertCode(e, "salesforce.bad_answer"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void a_blank_client_id_is_refused(String clientId) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SalesforceAuth.clientCredentials(clientId, Secret.of("x")))
                .withMessageContaining("client id");
    }
}
