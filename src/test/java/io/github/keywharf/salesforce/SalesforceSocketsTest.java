package io.github.keywharf.salesforce;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.moreThanOrExactly;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.force.api.ApiConfig;
import com.force.api.ApiSession;
import com.force.api.ApiTokenException;
import com.force.api.ForceApi;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.RawServer;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.RecordedTime;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import io.github.keywharf.testing.salesforce.FakeSalesforceServer;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Over real connections: answers that are lost or odd, and force-rest-api beside our own client. */
class SalesforceSocketsTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final String LIMITS = "{\"DailyApiRequests\":{\"Max\":5,\"Remaining\":2}}";
    private static final String CONTACTS = "/services/data/v66.0/sobjects/Contact";

    @RegisterExtension
    private static final WireMockExtension ORG = WireMockExtension.newInstance()
            .options(options().dynamicPort().bindAddress("127.0.0.1"))
            .build();

    private final RecordedTime time = new RecordedTime();

    /** What arrives of an answer before the connection is closed: WireMock cuts at no byte of the test's choice. */
    private enum Cut {
        WITHIN_THE_HEAD("HTTP/1.1 200 OK\r\nContent-Le"),
        AFTER_THE_HEAD(HEAD + "Content-Length: 100\r\n\r\n"),
        WITHIN_THE_BODY(HEAD + "Content-Length: 100\r\n\r\n{\"Daily"),
        WITHIN_A_CHUNK(HEAD + "Transfer-Encoding: chunked\r\n\r\n40\r\n{\"Daily");

        private final String arrives;

        Cut(String arrives) {
            this.arrives = arrives;
        }
    }

    private static RawServer answering(AtomicInteger requests, List<String> answers) throws IOException {
        return new RawServer(out -> {
            String answer = answers.get(Math.min(requests.getAndIncrement(), answers.size() - 1));
            out.write(answer.getBytes(StandardCharsets.US_ASCII));
        });
    }

    private SalesforceManager connect(URI org) {
        return SalesforceManager.builder()
                .credentials(SalesforceAuth.accessToken(org.toString(), () -> Secret.of("t")))
                .pause(time)
                .connect();
    }

    private SalesforceManager connect() {
        return connect(URI.create(ORG.baseUrl()));
    }

    private static void assertReadsLimits(SalesforceManager salesforce) {
        assertThat(salesforce.limits()).containsExactly(Map.entry("DailyApiRequests", new SalesforceLimit(5, 2)));
    }

    private static void assertIsLost(SalesforceManager salesforce) {
        assertThatThrownBy(() -> salesforce.execute("POST", "sobjects/Contact", Map.of(), Map.of("LastName", "Once")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).startsWith("http.b"));
    }

    @ParameterizedTest
    @EnumSource
    void a_read_is_repeated_when_its_answer_is_cut_at_any_place(Cut cut) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        String whole = HEAD + "Content-Length: " + LIMITS.length() + "\r\n\r\n" + LIMITS;
        try (RawServer org = answering(requests, List.of(cut.arrives, cut.arrives, whole));
                SalesforceManager salesforce = connect(org.uri())) {
            assertReadsLimits(salesforce);
        }
        // The JDK's client may repeat a GET by itself when a connection ends without an answer.
        assertThat(requests.get()).isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void a_write_is_sent_once_wherever_its_answer_is_cut(Cut cut) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (RawServer org = answering(requests, List.of(cut.arrives));
                SalesforceManager salesforce = connect(org.uri())) {
            assertIsLost(salesforce);
        }
        assertThat(requests).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_read_is_repeated_when_its_answer_is_lost_or_not_http(Fault fault) {
        ORG.stubFor(get(anyUrl())
                .inScenario("limits")
                .willReturn(aResponse().withFault(fault))
                .willSetStateTo("lost once"));
        ORG.stubFor(get(anyUrl())
                .inScenario("limits")
                .whenScenarioStateIs("lost once")
                .willReturn(aResponse().withFault(fault))
                .willSetStateTo("lost twice"));
        ORG.stubFor(get(anyUrl())
                .inScenario("limits")
                .whenScenarioStateIs("lost twice")
                .willReturn(okJson(LIMITS)));
        try (SalesforceManager salesforce = connect()) {
            assertReadsLimits(salesforce);
        }
        ORG.verify(moreThanOrExactly(3), getRequestedFor(urlPathEqualTo("/services/data/v66.0/limits")));
    }

    @ParameterizedTest
    @EnumSource
    void a_write_is_sent_once_when_its_answer_is_lost_or_not_http(Fault fault) {
        ORG.stubFor(post(anyUrl()).willReturn(aResponse().withFault(fault)));
        try (SalesforceManager salesforce = connect()) {
            assertIsLost(salesforce);
        }
        ORG.verify(1, postRequestedFor(urlPathEqualTo(CONTACTS)));
    }

    @Test
    void an_answer_may_come_compressed_and_drop_by_drop() {
        ORG.stubFor(get(anyUrl()).willReturn(okJson(LIMITS).withChunkedDribbleDelay(7, 50)));
        try (SalesforceManager salesforce = connect()) {
            assertReadsLimits(salesforce);
        }
        ORG.verify(1, getRequestedFor(anyUrl()).withHeader("Accept-Encoding", containing("gzip")));
    }

    static List<Arguments> oddAnswers() {
        String page = "<html><body>Sign in to the proxy</body></html>";
        return List.of(
                arguments("salesforce.bad_answer", ok(page).withHeader("Content-Type", "text/html")),
                arguments("salesforce.bad_answer", ok()),
                arguments("salesforce.bad_answer", okJson("[]")),
                arguments("salesforce.bad_answer", okJson(LIMITS + LIMITS)),
                arguments("http.bad_response", ok(page).withHeader("Content-Encoding", "gzip")),
                arguments(
                        "salesforce.refused",
                        aResponse().withStatus(302).withHeader("Location", "https://example.com/")),
                arguments("salesforce.unavailable", aResponse().withStatus(502).withBody(page)),
                arguments("salesforce.no_access", aResponse().withStatus(403).withBody(page)));
    }

    @ParameterizedTest
    @MethodSource("oddAnswers")
    void an_odd_answer_has_its_code_and_is_followed_nowhere(String code, ResponseDefinitionBuilder answer) {
        ORG.stubFor(get(anyUrl()).willReturn(answer));
        try (SalesforceManager salesforce = connect()) {
            assertThatThrownBy(salesforce::limits)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
        }
    }

    /** The reason for the wall: if this fails, force-rest-api no longer repeats writes by itself. */
    @Test
    void force_rest_api_sends_a_write_twice_when_its_answer_is_lost() {
        ORG.stubFor(post(anyUrl()).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
        ForceApi unguarded =
                new ForceApi(new ApiConfig().setApiVersionString("v66.0"), new ApiSession("t", ORG.baseUrl()));
        assertThatThrownBy(() -> unguarded.createSObject("Contact", Map.of("LastName", "Twice")))
                .isInstanceOf(RuntimeException.class);
        ORG.verify(2, postRequestedFor(anyUrl()));
    }

    @Test
    void no_write_goes_through_force_rest_api() {
        try (SalesforceManager salesforce = connect()) {
            ForceApi api = salesforce.unwrap();
            List<Consumer<ForceApi>> writes = List.of(
                    each -> each.createSObject("Contact", Map.of()),
                    each -> each.updateSObject("Contact", "003", Map.of()),
                    each -> each.deleteSObject("Contact", "003"),
                    each -> each.createOrUpdateSObject("Contact", "Ext__c", "1", Map.of()),
                    each -> each.post("/sobjects/Contact", Map.of()),
                    each -> each.put("/sobjects/Contact", Map.of()),
                    each -> each.patch("/sobjects/Contact", Map.of()),
                    each -> each.delete("/sobjects/Contact/003"),
                    each -> each.request("POST", "/sobjects/Contact", Map.of()),
                    each -> each.rootPath().post(CONTACTS, Map.of()),
                    each -> each.rootPath().rootPath().createSObject("Contact", Map.of()),
                    ForceApi::curlHelper);
            for (Consumer<ForceApi> write : writes) {
                assertThatThrownBy(() -> write.accept(api)).isInstanceOf(UnsupportedOperationException.class);
            }
        }
        ORG.verify(0, anyRequestedFor(anyUrl()));
    }

    @Test
    void every_method_of_force_rest_api_that_could_write_is_walled_off() {
        // A later version with one more way to write shows here.
        assertThat(ForceApi.class.getDeclaredMethods())
                .filteredOn(method -> Modifier.isPublic(method.getModifiers()))
                .extracting(Method::getName)
                .containsOnly(
                        "getSession",
                        "rootPath",
                        "curlHelper",
                        "get",
                        "delete",
                        "post",
                        "put",
                        "patch",
                        "request",
                        "getIdentity",
                        "getSObject",
                        "createSObject",
                        "updateSObject",
                        "deleteSObject",
                        "createOrUpdateSObject",
                        "query",
                        "queryMore",
                        "queryAll",
                        "describeGlobal",
                        "getSupportedVersions",
                        "discoverSObject",
                        "describeSObject",
                        "describeSObjectIfModified");
    }

    @Test
    void nothing_else_of_the_library_knows_force_rest_api() {
        assertThat(new ClassFileImporter()
                                .withImportOption(new ImportOption.DoNotIncludeTests())
                                .withImportOption(new ImportOption.DoNotIncludeJars())
                                .importPackages("io.github.keywharf")
                                .stream()
                                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                                        .anyMatch(each -> each.getTargetClass()
                                                .getPackageName()
                                                .startsWith("com.force")))
                                .map(type -> type.getSimpleName()))
                .containsExactlyInAnyOrder("ReadingForceApi", "SalesforceManager");
    }

    @Test
    void force_rest_api_reads_over_the_present_session_and_never_logs_in() {
        FakeSalesforce fake = new FakeSalesforce();
        try (FakeSalesforceServer server = FakeSalesforceServer.start(fake);
                SalesforceManager salesforce = SalesforceManager.builder()
                        .instance(server.uri().toString())
                        .credentials(SalesforceAuth.clientCredentials(
                                FakeSalesforce.CLIENT_ID, Secret.of(FakeSalesforce.CLIENT_SECRET)))
                        .connect()) {
            ForceApi api = salesforce.unwrap();
            assertThat(api.describeSObject("Contact").getAllFields())
                    .extracting(field -> field.getName())
                    .contains("LastName");
            assertThat(api.rootPath().get("/services/data").asList()).isNotEmpty();
            assertThat(api).asString().doesNotContain(api.getSession().getAccessToken());

            fake.expireTokens();
            assertThatThrownBy(() -> api.describeSObject("Contact")).isInstanceOf(ApiTokenException.class);
            assertThat(fake.calls("POST /services/oauth2/token")).isEqualTo(1);
            assertThat(salesforce.limits()).isNotEmpty();
            assertThat(salesforce.unwrap().describeSObject("Contact").getName()).isEqualTo("Contact");
        }
    }
}
