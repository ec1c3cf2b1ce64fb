package io.github.keywharf.testing.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fake alone, by raw requests: what it answers, and what it refuses. */
class FakeSalesforceTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");

    private Instant now = BEGIN;
    private final FakeSalesforce fake = new FakeSalesforce(() -> now);
    private String session = "";

    @BeforeEach
    void login() {
        session = fake.session();
    }

    private record Answer(int status, JsonNode json, HttpResponse response) {
        String code() {
            return json.path(0).path("errorCode").asText();
        }
    }

    private HttpRequest request(String method, String path) {
        return HttpRequest.of(method, fake.uri(path)).withHeader("Authorization", "Bearer " + session);
    }

    private Answer send(HttpRequest request) {
        try (HttpResponse response = fake.handle(request)) {
            byte[] bytes = response.body().bytes(10_000_000);
            boolean json = response.header("Content-Type").orElse("").contains("json");
            return new Answer(
                    response.status(),
                    json ? MAPPER.readTree(bytes) : MAPPER.getNodeFactory().textNode(new String(bytes, StandardCharsets.UTF_8)),
                    response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer get(String path) {
        return send(request("GET", path));
    }

    private Answer send(String method, String path, String json) {
        return send(request(method, path).withHeader("Content-Type", "application/json").withBody(HttpBody.of(json)));
    }

    private Answer query(String soql) {
        return get("query?q=" + encoded(soql));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Answer token(URI instance, String... form) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < form.length; i += 2) {
            pairs.add(form[i] + "=" + encoded(form[i + 1]));
        }
        return send(HttpRequest.post(
                        instance.resolve("/services/oauth2/token"), HttpBody.of(String.join("&", pairs)))
                .withHeader("Content-Type", "application/x-www-form-urlencoded"));
    }

    private Answer token(String... form) {
        return token(fake.instance(), form);
    }

    private void contacts(int count) {
        for (int i = 1; i <= count; i++) {
            fake.insert("Contact", Map.of("LastName", "Name " + i, "Score__c", i, "Ext__c", "e" + i));
        }
    }

    @Test
    void password_needs_the_security_token_and_gives_a_session_without_a_refresh_token() {
        String[] form = {
            "grant_type", "password",
            "client_id", FakeSalesforce.CLIENT_ID,
            "client_secret", FakeSalesforce.CLIENT_SECRET,
            "username", FakeSalesforce.USERNAME,
            "password", FakeSalesforce.PASSWORD
        };
        assertThat(token(form).json().path("error").asText()).isEqualTo("invalid_grant");

        form[9] += FakeSalesforce.SECURITY_TOKEN;
        Answer answer = token(form);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("instance_url").asText()).isEqualTo("https://acme.my.salesforce.com");
        assertThat(answer.json().has("refresh_token")).isFalse();
        session = answer.json().path("access_token").asText();
        assertThat(get("").json().path("query").asText()).isEqualTo("/services/data/v66.0/query");

        form[5] = "wrong";
        assertThat(token(form).json().path("error").asText()).isEqualTo("invalid_client");
        fake.refuseGrant("password");
        assertThat(token(form).json().path("error_description").asText()).isEqualTo("authentication failure");
    }

    @Test
    void client_credentials_need_the_orgs_own_host() {
        String[] form = {
            "grant_type", "client_credentials",
            "client_id", FakeSalesforce.CLIENT_ID,
            "client_secret", FakeSalesforce.CLIENT_SECRET
        };
        assertThat(token(form).status()).isEqualTo(200);
        Answer elsewhere = token(URI.create("https://login.salesforce.com"), form);
        assertThat(elsewhere.json().path("error_description").asText()).isEqualTo("request not supported on this domain");
        assertThat(token(URI.create("https://acme.lightning.force.com"), form).status())
                .isEqualTo(404);
    }

    @Test
    void an_assertion_needs_the_right_signature_audience_and_time() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        KeyPair others = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        fake.trust(keys.getPublic());
        String org = fake.instance().toString();

        assertThat(assertion(keys, org, 180).status()).isEqualTo(200);
        assertThat(assertion(others, org, 180).json().path("error_description").asText())
                .isEqualTo("invalid assertion");
        assertThat(assertion(keys, org, -1).json().path("error_description").asText())
                .isEqualTo("assertion expired");
        assertThat(assertion(keys, org, 3_600).status()).isEqualTo(400);
        assertThat(assertion(keys, "https://login.salesforce.com", 180).json().path("error").asText())
                .isEqualTo("app_not_found");
        assertThat(assertion(keys, "https://other.my.salesforce.com", 180).json().path("error_description").asText())
                .isEqualTo("audience is invalid");
    }

    private Answer assertion(KeyPair keys, String audience, long seconds) throws Exception {
        String claims = "{\"iss\":\"" + FakeSalesforce.CLIENT_ID + "\",\"sub\":\"" + FakeSalesforce.USERNAME
                + "\",\"aud\":\"" + audience + "\",\"exp\":" + (now.getEpochSecond() + seconds) + "}";
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String text = encoder.encodeToString("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update(text.getBytes(StandardCharsets.US_ASCII));
        return token(
                "grant_type",
                "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "assertion",
                text + "." + encoder.encodeToString(signature.sign()));
    }

    @Test
    void a_rotated_refresh_token_works_once() {
        String first = fake.refreshToken();
        String[] form = {
            "grant_type", "refresh_token", "client_id", FakeSalesforce.CLIENT_ID, "refresh_token", first
        };
        assertThat(token(form).json().has("refresh_token")).isFalse();
        fake.rotateRefreshTokens(true);
        String second = token(form).json().path("refresh_token").asText();
        assertThat(token(form).json().path("error_description").asText()).isEqualTo("expired access/refresh token");
        form[5] = second;
        assertThat(token(form).status()).isEqualTo(200);
    }

    @Test
    void sessions_are_refused_when_unknown_or_past_their_time_or_of_another_host() {
        assertThat(get("limits").status()).isEqualTo(200);
        now = now.plus(Duration.ofHours(2));
        assertThat(get("limits").status()).isEqualTo(401);
        session = fake.session();
        assertThat(get("limits").status()).isEqualTo(200);
        session = "00D!unknown";
        assertThat(get("limits").code()).isEqualTo("INVALID_SESSION_ID");
        assertThat(send(HttpRequest.get(fake.uri("limits"))).code()).isEqualTo("INVALID_AUTH_HEADER");
        session = fake.session();
        assertThat(send(request("GET", "limits")
                                .withHeader("Authorization", "Bearer " + session)
                                .withMethod("GET"))
                        .status())
                .isEqualTo(200);
        assertThat(send(HttpRequest.get("https://acme.lightning.force.com/services/data/v66.0/limits")
                                .withHeader("Authorization", "Bearer " + session))
                        .code())
                .isEqualTo("INVALID_SESSION_ID");
    }

    @Test
    void versions_are_listed_without_a_session_and_others_are_refused() {
        JsonNode versions = send(HttpRequest.get(fake.uri("/services/data"))).json();
        assertThat(versions.get(versions.size() - 1).toString())
                .isEqualTo("{\"label\":\"Winter '27\",\"url\":\"/services/data/v68.0\",\"version\":\"68.0\"}");
        assertThat(get("/services/data/v30.0/limits").status()).isEqualTo(410);
        assertThat(get("/services/data/v69.0/limits").status()).isEqualTo(404);
        assertThat(get("/services/data/v41.0/limits").status()).isEqualTo(200);
    }

    @Test
    void a_query_is_paged_by_cursors_that_expire() {
        contacts(5);
        fake.pageSize(2);
        Answer first = query("SELECT Name FROM Contact ORDER BY Score__c");
        assertThat(first.json().path("totalSize").asInt()).isEqualTo(5);
        assertThat(first.json().path("done").asBoolean()).isFalse();
        assertThat(first.json().path("records").path(0).path("Name").asText()).isEqualTo("Name 1");
        assertThat(first.response().header("Sforce-Limit-Info")).contains("api-usage=1/15000");
        String next = first.json().path("nextRecordsUrl").asText();
        Answer second = get(next);
        assertThat(second.json().path("records").path(0).path("Name").asText()).isEqualTo("Name 3");
        Answer third = get(second.json().path("nextRecordsUrl").asText());
        assertThat(third.json().path("done").asBoolean()).isTrue();
        assertThat(third.json().path("records")).hasSize(1);

        assertThat(get("query/01g5g0000000009AAA-2").code()).isEqualTo("INVALID_QUERY_LOCATOR");
        now = now.plus(Duration.ofHours(49));
        session = fake.session();
        assertThat(get(next).code()).isEqualTo("INVALID_QUERY_LOCATOR");
        assertThat(fake.calls("GET /query/{locator}")).isEqualTo(4);
    }

    @Test
    void batch_size_is_brought_into_200_to_2000() {
        contacts(250);
        HttpRequest request = request("GET", "query?q=" + encoded("SELECT Id FROM Contact"));
        assertThat(send(request.withHeader("Sforce-Query-Options", "batchSize=5")).json().path("records"))
                .hasSize(200);
        assertThat(send(request.withHeader("Sforce-Query-Options", "batchSize=9000")).json().path("records"))
                .hasSize(250);
    }

    @Test
    void parents_are_nested_and_children_have_cursors_of_their_own() {
        String acme = fake.insert("Account", Map.of("Name", "Acme"));
        fake.insert("Account", Map.of("Name", "Zero"));
        for (int i = 0; i < 5; i++) {
            fake.insert("Contact", Map.of("LastName", "C" + i, "AccountId", acme));
        }
        fake.childPageSize(3);
        JsonNode accounts = query("SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name")
                .json()
                .path("records");
        JsonNode children = accounts.path(0).path("Contacts");
        assertThat(children.path("totalSize").asInt()).isEqualTo(5);
        assertThat(children.path("records")).hasSize(3);
        assertThat(accounts.path(1).path("Contacts").isNull()).isTrue();
        JsonNode rest = get(children.path("nextRecordsUrl").asText()).json();
        assertThat(rest.path("records").path(1).path("LastName").asText()).isEqualTo("C4");

        fake.insert("Contact", Map.of("LastName", "Alone"));
        JsonNode contacts = query("SELECT Account.Name FROM Contact WHERE LastName IN ('C0', 'Alone')").json();
        assertThat(contacts.path("records").path(0).path("Account").path("Name").asText()).isEqualTo("Acme");
        assertThat(contacts.path("records").path(1).path("Account").isNull()).isTrue();
    }

    @Test
    void conditions_are_evaluated_as_the_reference_says() {
        contacts(12);
        fake.insert("Contact", Map.of("LastName", "O'Hara \\ 100%", "Birthdate", "1990-05-17"));
        assertThat(names("LastName = 'o\\'hara \\\\ 100%'")).hasSize(1);
        assertThat(names("LastName LIKE 'name 1_'")).containsExactly("Name 10", "Name 11", "Name 12");
        assertThat(names("LastName LIKE '%100\\%'")).hasSize(1);
        assertThat(names("LastName LIKE '%10\\%'")).isEmpty();
        assertThat(names("Score__c >= 11 AND (Score__c = 12 OR LastName = 'Name 11')")).hasSize(2);
        assertThat(names("NOT Score__c < 12")).hasSize(2);
        assertThat(names("Score__c = null")).hasSize(1);
        assertThat(names("Score__c != 3")).hasSize(12);
        assertThat(names("Birthdate > 1990-01-01 AND SystemModstamp <= 2026-03-01T10:00:00.000Z")).hasSize(1);
        assertThat(names("HasOptedOutOfEmail = true")).isEmpty();
        assertThat(names("Ext__c NOT IN ('e1', 'e2')")).hasSize(11);
        assertThat(query("SELECT COUNT() FROM Contact WHERE Score__c > 2").json().path("totalSize").asInt())
                .isEqualTo(10);
    }

    private List<String> names(String where) {
        Answer answer = query("SELECT LastName FROM Contact WHERE " + where);
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        return answer.json().path("records").findValuesAsText("LastName");
    }

    @Test
    void aggregates_have_numbered_names_or_their_alias() {
        fake.insert("Contact", Map.of("LastName", "A", "LeadSource", "Web", "Score__c", 2));
        fake.insert("Contact", Map.of("LastName", "B", "LeadSource", "Web", "Score__c", 3));
        fake.insert("Contact", Map.of("LastName", "C", "LeadSource", "Other"));
        JsonNode groups = query("SELECT LeadSource src, COUNT(Id), MAX(Score__c) best, SUM(Score__c) FROM Contact"
                        + " GROUP BY LeadSource ORDER BY LeadSource")
                .json()
                .path("records");
        assertThat(groups.path(1).toString())
                .isEqualTo("{\"attributes\":{\"type\":\"AggregateResult\"},\"src\":\"Web\",\"expr0\":2,\"best\":3.0,"
                        + "\"expr1\":5.0}");
        assertThat(query("SELECT FIELDS(ALL) FROM Contact LIMIT 200").json().path("records").path(0).has("Score__c"))
                .isTrue();
    }

    @Test
    void malformed_queries_and_unknown_names_are_refused() {
        Map<String, String> refused = Map.ofEntries(
                Map.entry("SELEC Id FROM Contact", "MALFORMED_QUERY"),
                Map.entry("SELECT Id FROM Contact WHERE Name = 'a\\q'", "MALFORMED_QUERY"),
                Map.entry("SELECT Id FROM Contact WHERE Name = 'a\\_'", "MALFORMED_QUERY"),
                Map.entry("SELECT Id FROM Contact WHERE Name = 'a", "MALFORMED_QUERY"),
                Map.entry("SELECT Id FROM Contact WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY"),
                Map.entry("SELECT Name n FROM Contact", "MALFORMED_QUERY"),
                Map.entry("SELECT Name, COUNT(Id) FROM Contact", "MALFORMED_QUERY"),
                Map.entry("SELECT FIELDS(ALL) FROM Contact", "MALFORMED_QUERY"),
                Map.entry("SELECT Id FROM Nothing", "INVALID_TYPE"),
                Map.entry("SELECT Id, (SELECT Id FROM Nothing) FROM Account", "INVALID_TYPE"),
                Map.entry("SELECT Nothing FROM Contact", "INVALID_FIELD"),
                Map.entry("SELECT Id, Id FROM Contact", "INVALID_FIELD"),
                Map.entry("SELECT Nobody.Name FROM Contact", "INVALID_FIELD"),
                Map.entry("SELECT Id FROM Contact WHERE Score__c = '1'", "INVALID_FIELD"),
                Map.entry("SELECT Id FROM Contact WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
                Map.entry("SELECT Id FROM Contact WHERE LastName = 5", "INVALID_FIELD"),
                Map.entry("SELECT Id FROM Contact OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"));
        refused.forEach((soql, code) -> {
            Answer answer = query(soql);
            assertThat(answer.status() + " " + answer.code()).as(soql).isEqualTo("400 " + code);
        });
    }

    @Test
    void a_describe_is_not_sent_again_while_no_field_changed() {
        Answer described = get("sobjects/Contact/describe");
        assertThat(described.json().path("fields").findValuesAsText("name")).contains("Id", "LastName", "Ext__c");
        String stamp = described.response().header("Last-Modified").orElseThrow();
        HttpRequest again = request("GET", "sobjects/Contact/describe").withHeader("If-Modified-Since", stamp);
        assertThat(send(again).status()).isEqualTo(304);
        now = now.plusSeconds(1);
        fake.define("Contact", FakeField.of("New__c", "double"));
        assertThat(send(again).json().path("fields").findValuesAsText("name")).contains("New__c");
        assertThat(get("sobjects/Nothing/describe").code()).isEqualTo("NOT_FOUND");
    }
}
