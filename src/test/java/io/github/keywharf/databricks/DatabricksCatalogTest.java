package io.github.keywharf.databricks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.RecipientToken;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.FakeRest.Call;
import io.github.keywharf.testing.FakeRest.Fault;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.contract.ShareCatalogContract;
import io.github.keywharf.testing.databricks.FakeUnityCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabricksCatalogTest extends ShareCatalogContract {
    private static final Share ACME = Share.of(
            "acme",
            SharedTable.of("main.usage.t0", "usage.platform")
                    .withFilter(TenantFilter.value("client_space_uid", "tenant-1"))
                    .withHistory(true));

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
    private final FakeUnityCatalog fake = new FakeUnityCatalog(now::get);
    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void tables() {
        fake.emptyFirstPage(true);
        for (int i = 0; i < 3; i++) {
            fake.table("main.usage.t" + i, "client_space_uid");
        }
    }

    @Override
    protected ShareCatalog catalog() {
        return catalog(FakeUnityCatalog.CLIENT_SECRET);
    }

    private DatabricksCatalog catalog(String secret) {
        return catalog(secret, fake);
    }

    private DatabricksCatalog catalog(String secret, HttpHandler client) {
        return DatabricksCatalog.builder()
                .host("dbc.azuredatabricks.net")
                .credentials(FakeUnityCatalog.CLIENT_ID, Secret.of(secret))
                .http(client)
                .clock(now::get)
                .pause(pauses::add)
                .build();
    }

    @Override
    protected String source(int number) {
        return "main.usage.t" + number;
    }

    @Override
    protected Optional<String> missingSource() {
        return Optional.of("main.usage.missing");
    }

    @Override
    protected Instant now() {
        return now.get();
    }

    @Override
    protected Optional<Boolean> opens(ShareProfile profile) {
        return Optional.of(fake.opens(bearer(profile)));
    }

    /** Unity Catalog keeps names in lower case. */
    @Override
    protected String oddName() {
        return "a%2fb?x=1&y#z'\"é+";
    }

    @Override
    protected boolean rotatesWithValidity() {
        return false;
    }

    private static String bearer(ShareProfile profile) {
        return ((ShareCredentials.Bearer) profile.credentials()).token().reveal();
    }

    @Test
    void a_share_that_is_as_wanted_takes_one_read_and_no_write() {
        ShareCatalog catalog = catalog();
        catalog.ensureShare(ACME);
        int before = fake.calls().size();
        catalog.ensureShare(ACME);
        assertThat(fake.calls().subList(before, fake.calls().size()))
                .extracting(Call::operation)
                .containsExactly(FakeUnityCatalog.GET_SHARE);
    }

    @Test
    void a_changed_filter_is_one_update_so_that_no_moment_is_without_one() {
        ShareCatalog catalog = catalog();
        catalog.ensureShare(ACME);
        int before = fake.calls(FakeUnityCatalog.UPDATE_SHARE);
        catalog.ensureShare(Share.of(
                "acme", ACME.tables().get(0).withFilter(TenantFilter.recipientProperty("client_space_uid", "tenant"))));
        assertThat(fake.calls(FakeUnityCatalog.UPDATE_SHARE)).isEqualTo(before + 1);
        assertThat(lastBody())
                .contains("\"UPDATE\"", "\"op\":\"EQUAL\"", "\"recipient_property_key\":\"tenant\"")
                .doesNotContain("tenant-1", "REMOVE");
    }

    private String lastBody() {
        List<Call> updates = fake.calls().stream()
                .filter(call -> call.operation().equals(FakeUnityCatalog.UPDATE_SHARE))
                .toList();
        return updates.get(updates.size() - 1).request().body().text(1 << 20);
    }

    @Test
    void what_others_put_into_a_share_is_taken_out_and_not_mistaken_for_an_unfiltered_table() {
        ShareCatalog catalog = catalog();
        catalog.ensureShare(ACME);
        fake.put("acme", "{\"name\":\"main.usage.v\",\"data_object_type\":\"VIEW\",\"shared_as\":\"usage.view\"}");
        fake.put("acme", "{\"name\":\"main.usage.vol\",\"data_object_type\":\"VOLUME\"}");
        fake.put(
                "acme",
                "{\"name\":\"main.usage.t0\",\"data_object_type\":\"TABLE\",\"shared_as\":\"usage.platform\","
                        + "\"history_data_sharing_status\":\"ENABLED\",\"partitions\":[{\"values\":[{\"name\":"
                        + "\"client_space_uid\",\"op\":\"LIKE\",\"value\":\"tenant-%\"}]}]}");
        assertThat(catalog.findShare("acme").orElseThrow().tables()).isEmpty();
        assertThat(catalog.ensureShare(ACME)).isEqualTo(ACME);
        assertThat(catalog.findShare("acme")).contains(ACME);
    }

    @Test
    void more_tables_than_an_update_takes_are_shared_in_several() {
        IntStream.range(0, 250).forEach(i -> fake.table("main.many.t" + i, "client_space_uid"));
        Share many = new Share(
                "many",
                IntStream.range(0, 250)
                        .mapToObj(i -> SharedTable.of("main.many.t" + i, "many.t" + i))
                        .toList());
        assertThat(catalog().ensureShare(many)).isEqualTo(many);
        assertThat(fake.calls(FakeUnityCatalog.UPDATE_SHARE)).isEqualTo(3);
    }

    @Test
    void what_databricks_would_refuse_is_refused_before_anything_is_made() {
        for (SharedTable wrong : List.of(
                SharedTable.of("usage.t0", "usage.platform"), SharedTable.of("main.usage.t0", "usage.plat-form"))) {
            assertCode("catalog.refused", () -> catalog().ensureShare(Share.of("acme", wrong)));
        }
        assertThat(fake.calls()).isEmpty();
        assertCode(
                "catalog.refused",
                () -> catalog()
                        .ensureShare(Share.of(
                                "acme",
                                SharedTable.of("main.usage.t0", "usage.platform")
                                        .withFilter(TenantFilter.value("not_a_partition", "x")))));
        fake.quota(1);
        assertThatThrownBy(() -> catalog().ensureShare(Share.of("globex")))
                .hasMessageContaining("RESOURCE_QUOTA_EXCEEDED")
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("catalog.refused"));
    }

    @Test
    void a_recipient_of_another_workspace_is_not_taken_over() {
        fake.recipientOfAnotherWorkspace("acme");
        assertCode("catalog.conflict", () -> catalog().ensureRecipient(Recipient.of("acme")));
        assertThat(catalog().findRecipient("acme").orElseThrow().tokens()).isEmpty();
        assertThat(catalog().activate("acme")).isEmpty();
    }

    @Test
    void the_activation_is_fetched_without_the_workspaces_token_at_the_workspaces_host() {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme"));
        assertThat(catalog.activate("acme")).isPresent();
        Call call = fake.calls().stream()
                .filter(each -> each.operation().equals(FakeUnityCatalog.ACTIVATE))
                .findFirst()
                .orElseThrow();
        assertThat(call.request().header("Authorization")).isEmpty();
        assertThat(call.request().uri().getHost()).isEqualTo("dbc.azuredatabricks.net");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_end_of_a_token_is_read_in_both_notations_and_written_as_iso(boolean iso) {
        fake.isoExpiry(iso);
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme").validFor(Duration.ofDays(7)));
        ShareProfile profile = catalog.activate("acme").orElseThrow();
        assertThat(profile.expires()).contains(now.get().plus(Duration.ofDays(7)));
        assertThat(profile.json().reveal()).contains("\"expirationTime\":\"2026-11-30T12:00:00Z\"");
        assertThat(catalog.rotate("acme", Duration.ZERO).expires())
                .contains(now.get().plus(FakeUnityCatalog.TOKEN_LIFE));
    }

    @Test
    void an_activation_whose_answer_is_lost_is_spent_and_a_rotation_repairs_it() {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme"));
        fake.fault(Fault.lostAnswer(FakeUnityCatalog.ACTIVATE, 1));
        assertCode("catalog.unavailable", () -> catalog.activate("acme"));
        assertThat(fake.calls(FakeUnityCatalog.ACTIVATE)).isEqualTo(1);
        assertThat(catalog.activate("acme")).isEmpty();
        assertThat(fake.opens(bearer(catalog.rotate("acme", Duration.ZERO)))).isTrue();
    }

    @Test
    void an_activation_that_is_refused_is_never_taken_for_a_profile() {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme"));
        fake.fault(new Fault(
                FakeUnityCatalog.ACTIVATE, 1, HttpResponse.json(200, "{\"error_code\":\"X\",\"message\":\"hidden\"}")));
        assertCode("catalog.bad_answer", () -> catalog.activate("acme"));
        fake.fault(new Fault(FakeUnityCatalog.ACTIVATE, 1, HttpResponse.text(200, "<html>hidden</html>")));
        assertCode("catalog.bad_answer", () -> catalog.activate("acme"));
        fake.fault(Fault.status(FakeUnityCatalog.ACTIVATE, 1, 403));
        assertCode("catalog.refused", () -> catalog.activate("acme"));
        assertThat(catalog.activate("acme")).isPresent();
    }

    @Test
    void a_rotation_whose_answer_is_lost_is_not_repeated_and_its_token_can_be_activated() {
        ShareCatalog catalog = catalog();
        catalog.ensureRecipient(Recipient.of("acme"));
        ShareProfile first = catalog.activate("acme").orElseThrow();
        fake.fault(Fault.lostAnswer(FakeUnityCatalog.ROTATE, 1));
        assertCode("catalog.unavailable", () -> catalog.rotate("acme", Duration.ofHours(1)));
        assertThat(fake.calls(FakeUnityCatalog.ROTATE)).isEqualTo(1);
        ShareProfile second = catalog.activate("acme").orElseThrow();
        assertThat(fake.opens(bearer(first))).isTrue();
        assertThat(fake.opens(bearer(second))).isTrue();
        assertCode("catalog.conflict", () -> catalog.rotate("acme", Duration.ZERO));
        now.updateAndGet(time -> time.plus(Duration.ofHours(1)));
        assertThat(fake.opens(bearer(catalog.rotate("acme", Duration.ZERO)))).isTrue();
        assertThat(fake.opens(bearer(second))).isFalse();
    }

    @Test
    void lost_answers_to_what_is_made_leave_one_of_each() {
        ShareCatalog catalog = catalog();
        fake.fault(Fault.lostAnswer(FakeUnityCatalog.CREATE_SHARE, 1));
        fake.fault(Fault.lostAnswer(FakeUnityCatalog.UPDATE_SHARE, 1));
        fake.fault(Fault.lostAnswer(FakeUnityCatalog.CREATE_RECIPIENT, 1));
        fake.fault(Fault.lostAnswer(FakeUnityCatalog.GRANT, 1));
        assertThat(catalog.ensureShare(ACME)).isEqualTo(ACME);
        assertThat(catalog.ensureRecipient(Recipient.of("acme").withProperties(Map.of("a", "b")))
                        .tokens())
                .hasSize(1)
                .noneMatch(RecipientToken::activated);
        catalog.ensureGrant("acme", "acme");
        assertThat(catalog.grants("acme")).containsExactly("acme");
        assertThat(fake.shareNames()).containsExactly("acme");
        assertThat(fake.recipientNames()).containsExactly("acme");
    }

    @Test
    void throttling_is_waited_out_as_the_service_asks() {
        fake.fault(new Fault(
                FakeUnityCatalog.GET_SHARE, 2, HttpResponse.json(429, "{}").withHeader("Retry-After", "3")));
        fake.fault(Fault.status(FakeUnityCatalog.CREATE_SHARE, 1, 503));
        assertThat(catalog().ensureShare(ACME)).isEqualTo(ACME);
        assertThat(pauses)
                .startsWith(Duration.ofSeconds(3), Duration.ofSeconds(3))
                .hasSize(3);
        fake.fault(Fault.status(FakeUnityCatalog.GET_SHARE, 100, 503));
        assertCode("catalog.unavailable", () -> catalog().findShare("acme"));
    }

    @Test
    void one_login_of_the_least_scope_serves_all_calls_until_it_is_refused() {
        ShareCatalog catalog = catalog();
        catalog.ensureShare(ACME);
        catalog.shares();
        assertThat(logins()).containsExactly("grant_type=client_credentials&scope=sharing");
        fake.endLogins();
        catalog.shares();
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(61)));
        catalog.shares();
        assertThat(logins()).hasSize(3).allMatch(form -> form.endsWith("scope=sharing"));
    }

    private List<String> logins() {
        return fake.calls().stream()
                .filter(call -> call.operation().equals(FakeUnityCatalog.LOGIN))
                .map(call -> call.request().body().text(1 << 16))
                .toList();
    }

    @Test
    void a_secret_for_all_apis_only_is_used_for_that() {
        fake.scopes("all-apis");
        ShareCatalog catalog = catalog();
        assertThat(catalog.shares()).isEmpty();
        fake.endLogins();
        assertThat(catalog.shares()).isEmpty();
        assertThat(logins())
                .extracting(form -> form.replaceFirst(".*scope=", ""))
                .containsExactly("sharing", "all-apis", "all-apis");
    }

    @Test
    void a_workspace_that_wants_a_wider_scope_gets_it() {
        fake.sharingSuffices(false);
        ShareCatalog catalog = catalog();
        assertThat(catalog.ensureShare(ACME)).isEqualTo(ACME);
        assertThat(logins())
                .extracting(form -> form.replaceFirst(".*scope=", ""))
                .containsExactly("sharing", "all-apis");
    }

    @Test
    void refused_logins_are_reported_without_the_secret() {
        assertCode("catalog.refused", () -> catalog("hidden-secret").shares());
        fake.scopes("sql");
        assertCode("catalog.refused", () -> catalog().shares());
        assertThat(catalog("hidden-secret")).hasToString("DatabricksCatalog[dbc.azuredatabricks.net]");
    }

    @Test
    void a_document_of_credentials_that_is_rotated_and_a_personal_token_log_in() {
        AtomicReference<String> document = new AtomicReference<>("{\"CLIENT_ID\": \"" + FakeUnityCatalog.CLIENT_ID
                + "\", \"CLIENT_SECRET\" : \"" + FakeUnityCatalog.CLIENT_SECRET + "\"}");
        DatabricksCatalog catalog = DatabricksCatalog.builder()
                .host("https://dbc.azuredatabricks.net/")
                .credentials(name -> Optional.of(Secret.of(name + document.get())), "")
                .http(fake)
                .clock(now::get)
                .build();
        assertThat(catalog.shares()).isEmpty();
        for (String wrong : List.of("", "{", "[]", "{\"CLIENT_ID\":\"hidden-secret\"}", "hidden-secret")) {
            document.set(wrong);
            assertThat(catalog.shares()).isEmpty();
            fake.endLogins();
            assertCode("catalog.refused", catalog::shares);
            document.set("{\"client_id\":\"" + FakeUnityCatalog.CLIENT_ID + "\",\"client_secret\":\""
                    + FakeUnityCatalog.CLIENT_SECRET + "\"}");
            assertThat(catalog.shares()).isEmpty();
        }
        DatabricksCatalog personal = DatabricksCatalog.builder()
                .host("dbc.azuredatabricks.net")
                .credentials(Secret.of(FakeUnityCatalog.PERSONAL_TOKEN))
                .http(fake)
                .build();
        assertThat(personal.shares()).isEmpty();
    }

    @Test
    void a_host_is_a_host_and_never_reached_in_plain_text() {
        for (String wrong : List.of("", "a b", "ftp://dbc", "https://u:word@dbc", "https://dbc/api", "https://dbc?x")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DatabricksCatalog.builder().host(wrong))
                    .withMessageNotContaining("word");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabricksCatalog.builder()
                        .host("http://dbc.azuredatabricks.net")
                        .credentials(Secret.of("x"))
                        .build());
        assertThatThrownBy(() -> DatabricksCatalog.builder().host("dbc").build())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void it_works_over_a_port() {
        try (FakeServer server = FakeServer.start(fake)) {
            ShareCatalog catalog = DatabricksCatalog.builder()
                    .host(server.uri().toString())
                    .credentials(FakeUnityCatalog.CLIENT_ID, Secret.of(FakeUnityCatalog.CLIENT_SECRET))
                    .clock(now::get)
                    .build();
            catalog.ensureShare(ACME);
            catalog.ensureRecipient(Recipient.of("acme").validFor(Duration.ofDays(30)));
            catalog.ensureGrant("acme", "acme");
            ShareProfile profile = catalog.activate("acme").orElseThrow();
            assertThat(fake.opens(bearer(profile))).isTrue();
            assertThat(catalog.shares()).containsExactly(ACME);
            catalog.removeRecipient("acme");
            catalog.removeShare("acme");
            assertThat(fake.opens(bearer(profile))).isFalse();
        }
    }

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageNotContaining("hidden");
    }
}
