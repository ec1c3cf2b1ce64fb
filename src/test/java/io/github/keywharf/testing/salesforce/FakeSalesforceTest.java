package io.github.keywharf.testing.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
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
                    json
                            ? MAPPER.readTree(bytes)
                            : MAPPER.getNodeFactory().textNode(new String(bytes, StandardCharsets.UTF_8)),
                    response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer get(String path) {
        return send(request("GET", path));
    }

    private Answer send(String method, String path, String json) {
        return send(request(method, path)
                .withHeader("Content-Type", "application/json")
                .withBody(HttpBody.of(json)));
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
        return send(HttpRequest.post(instance.resolve("/services/oauth2/token"), HttpBody.of(String.join("&", pairs)))
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
        assertThat(elsewhere.json().path("error_description").asText())
                .isEqualTo("request not supported on this domain");
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
        assertThat(assertion(keys, "https://login.salesforce.com", 180)
                        .json()
                        .path("error")
                        .asText())
                .isEqualTo("app_not_found");
        assertThat(assertion(keys, "https://other.my.salesforce.com", 180)
                        .json()
                        .path("error_description")
                        .asText())
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
        String[] form = {"grant_type", "refresh_token", "client_id", FakeSalesforce.CLIENT_ID, "refresh_token", first};
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
        assertThat(send(request.withHeader("Sforce-Query-Options", "batchSize=5"))
                        .json()
                        .path("records"))
                .hasSize(200);
        assertThat(send(request.withHeader("Sforce-Query-Options", "batchSize=9000"))
                        .json()
                        .path("records"))
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
        JsonNode accounts = query(
                        "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name")
                .json()
                .path("records");
        JsonNode children = accounts.path(0).path("Contacts");
        assertThat(children.path("totalSize").asInt()).isEqualTo(5);
        assertThat(children.path("records")).hasSize(3);
        assertThat(accounts.path(1).path("Contacts").isNull()).isTrue();
        JsonNode rest = get(children.path("nextRecordsUrl").asText()).json();
        assertThat(rest.path("records").path(1).path("LastName").asText()).isEqualTo("C4");

        fake.insert("Contact", Map.of("LastName", "Alone"));
        JsonNode contacts = query("SELECT Account.Name FROM Contact WHERE LastName IN ('C0', 'Alone')")
                .json();
        assertThat(contacts.path("records").path(0).path("Account").path("Name").asText())
                .isEqualTo("Acme");
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
        assertThat(names("Score__c >= 11 AND (Score__c = 12 OR LastName = 'Name 11')"))
                .hasSize(2);
        assertThat(names("NOT Score__c < 12")).hasSize(2);
        assertThat(names("Score__c = null")).hasSize(1);
        assertThat(names("Score__c != 3")).hasSize(12);
        assertThat(names("Birthdate > 1990-01-01 AND SystemModstamp <= 2026-03-01T10:00:00.000Z"))
                .hasSize(1);
        assertThat(names("HasOptedOutOfEmail = true")).isEmpty();
        assertThat(names("Ext__c NOT IN ('e1', 'e2')")).hasSize(11);
        assertThat(query("SELECT COUNT() FROM Contact WHERE Score__c > 2")
                        .json()
                        .path("totalSize")
                        .asInt())
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
        JsonNode counted = query("SELECT LeadSource FROM Contact GROUP BY LeadSource ORDER BY COUNT(Id) DESC")
                .json();
        assertThat(counted.path("records").findValuesAsText("LeadSource")).containsExactly("Web", "Other");
        assertThat(query("SELECT FIELDS(ALL) FROM Contact LIMIT 200")
                        .json()
                        .path("records")
                        .path(0)
                        .has("Score__c"))
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
                Map.entry("SELECT Id FROM Contact ORDER BY COUNT(Id)", "MALFORMED_QUERY"),
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

    @Test
    void a_record_lives_from_its_creation_to_its_deletion() {
        assertThat(send("POST", "sobjects/Contact", "{}").json().toString())
                .isEqualTo("[{\"message\":\"Required fields are missing: [LastName]\",\"errorCode\":"
                        + "\"REQUIRED_FIELD_MISSING\",\"fields\":[\"LastName\"]}]");
        assertThat(send("POST", "sobjects/Contact", "{\"LastName\":\"A\",\"Nothing\":1}")
                        .code())
                .isEqualTo("INVALID_FIELD");
        assertThat(send("POST", "sobjects/Contact", "{\"LastName\":\"A\",\"Name\":\"A\"}")
                        .code())
                .isEqualTo("INVALID_FIELD_FOR_INSERT_UPDATE");
        assertThat(send("POST", "sobjects/Contact", "{\"LastName\":\"A\",\"Score__c\":\"x\"}")
                        .code())
                .isEqualTo("JSON_PARSER_ERROR");
        assertThat(send(request("POST", "sobjects/Contact").withBody(HttpBody.of("{\"LastName\":\"A\"}")))
                        .status())
                .isEqualTo(415);
        assertThat(fake.executed()).isEmpty();

        Answer created = send("POST", "sobjects/Contact", "{\"LastName\":\"Byron\",\"Birthdate\":\"1815-12-10\"}");
        assertThat(created.status()).isEqualTo(201);
        String id = created.json().path("id").asText();
        assertThat(id).hasSize(18).startsWith("003");
        now = now.plusSeconds(90);
        assertThat(send("PATCH", "sobjects/Contact/" + id, "{\"FirstName\":\"Ada\",\"Birthdate\":null}")
                        .status())
                .isEqualTo(204);
        JsonNode record = get("sobjects/Contact/" + id.substring(0, 15) + "?fields=Name,Birthdate,SystemModstamp")
                .json();
        assertThat(record.path("Name").asText()).isEqualTo("Ada Byron");
        assertThat(record.path("Birthdate").isNull()).isTrue();
        assertThat(record.path("SystemModstamp").asText()).isEqualTo("2026-03-01T10:01:30.000+0000");

        assertThat(send(request("DELETE", "sobjects/Contact/" + id)).status()).isEqualTo(204);
        assertThat(send(request("DELETE", "sobjects/Contact/" + id)).code()).isEqualTo("ENTITY_IS_DELETED");
        assertThat(get("sobjects/Contact/003000000000000AAB").code()).isEqualTo("MALFORMED_ID");
        assertThat(get("sobjects/Contact/0035g0000000099AAA").code()).isEqualTo("NOT_FOUND");
        assertThat(fake.executed())
                .containsExactly("insert Contact " + id, "update Contact " + id, "delete Contact " + id);
    }

    @Test
    void deleted_records_are_seen_by_query_all_until_the_bin_is_emptied() {
        contacts(3);
        List<Object> ids =
                fake.records("Contact").stream().map(each -> each.get("Id")).toList();
        fake.delete("Contact", ids.get(0).toString());
        fake.hardDelete("Contact", ids.get(1).toString());
        String soql = encoded("SELECT Id FROM Contact WHERE IsDeleted = true");
        assertThat(get("queryAll?q=" + soql).json().path("totalSize").asInt()).isEqualTo(1);
        assertThat(get("query?q=" + soql).json().path("totalSize").asInt()).isZero();
        now = now.plusSeconds(120);
        String window =
                "?start=" + encoded("2026-03-01T09:59:00+00:00") + "&end=" + encoded("2026-03-01T10:02:00+00:00");
        JsonNode log = get("sobjects/Contact/deleted" + window).json();
        assertThat(log.path("deletedRecords")).hasSize(2);
        assertThat(log.path("latestDateCovered").asText()).isEqualTo("2026-03-01T10:02:00.000+0000");
        assertThat(get("sobjects/Contact/updated" + window).json().path("ids")).hasSize(1);
        fake.emptyRecycleBin();
        assertThat(get("queryAll?q=" + soql).json().path("totalSize").asInt()).isZero();
        fake.purgeDeletions();
        JsonNode purged = get("sobjects/Contact/deleted" + window).json();
        assertThat(purged.path("deletedRecords")).isEmpty();
        assertThat(purged.path("earliestDateAvailable").asText()).isEqualTo("2026-03-01T10:02:00.000+0000");
        for (String refused : List.of(
                "?start=2026-03-01T09:59:00Z&end=2026-03-01T10:00:00Z",
                "?start=2026-02-01T09:59:00Z&end=2026-03-01T10:00:00Z",
                "?start=2026-03-01T10:00:00Z&end=2026-03-01T09:00:00Z")) {
            assertThat(get("sobjects/Contact/deleted" + refused).code()).isEqualTo("INVALID_REPLICATION_DATE");
        }
    }

    @Test
    void an_upsert_creates_updates_or_names_all_that_match() {
        Answer created = send("PATCH", "sobjects/Contact/Ext__c/k%201", "{\"LastName\":\"One\"}");
        assertThat(created.status()).isEqualTo(201);
        Answer updated = send("PATCH", "sobjects/Contact/Ext__c/k%201", "{\"LastName\":\"Two\"}");
        assertThat(updated.status()).isEqualTo(200);
        assertThat(updated.json().path("id")).isEqualTo(created.json().path("id"));
        assertThat(updated.json().path("created").asBoolean()).isFalse();
        fake.insert("Contact", Map.of("LastName", "Other", "Ext__c", "k 1"));
        Answer several = send("PATCH", "sobjects/Contact/Ext__c/k%201", "{\"LastName\":\"Three\"}");
        assertThat(several.status()).isEqualTo(300);
        assertThat(several.json().path(0).asText()).startsWith("/services/data/v66.0/sobjects/Contact/003");
        assertThat(send("PATCH", "sobjects/Contact/Phone/1", "{}").status()).isEqualTo(404);
        assertThat(send("PATCH", "sobjects/Contact/Ext__c/k", "{\"Ext__c\":\"k\"}")
                        .code())
                .isEqualTo("INVALID_FIELD");
        assertThat(fake.executed()).hasSize(3);
    }

    @Test
    void collections_are_of_200_and_all_or_none_on_request() {
        String records = "\"records\":[{\"attributes\":{\"type\":\"Contact\"},\"LastName\":\"A\"},"
                + "{\"attributes\":{\"type\":\"Contact\"}}]}";
        JsonNode some = send("POST", "composite/sobjects", "{\"allOrNone\":false," + records)
                .json();
        assertThat(some.path(0).path("success").asBoolean()).isTrue();
        assertThat(some.path(1).path("errors").path(0).path("statusCode").asText())
                .isEqualTo("REQUIRED_FIELD_MISSING");
        JsonNode none = send("POST", "composite/sobjects", "{\"allOrNone\":true," + records)
                .json();
        assertThat(none.path(0).path("errors").path(0).path("statusCode").asText())
                .isEqualTo("ALL_OR_NONE_OPERATION_ROLLED_BACK");
        assertThat(fake.records("Contact")).hasSize(1);
        assertThat(fake.executed()).hasSize(1);

        String id = some.path(0).path("id").asText();
        fake.lockRecord(id, true);
        String update =
                "{\"records\":[{\"attributes\":{\"type\":\"Contact\"},\"id\":\"" + id + "\",\"LastName\":\"B\"}]}";
        assertThat(send("PATCH", "composite/sobjects", update).json().toString())
                .contains("UNABLE_TO_LOCK_ROW");
        fake.lockRecord(id, false);
        assertThat(send("PATCH", "composite/sobjects", update)
                        .json()
                        .path(0)
                        .path("success")
                        .asBoolean())
                .isTrue();
        assertThat(get("composite/sobjects/Contact?ids=" + id + "&fields=LastName")
                        .json()
                        .path(0)
                        .path("LastName")
                        .asText())
                .isEqualTo("B");
        String upsert = update.replace("\"id\":\"" + id + "\"", "\"Ext__c\":\"x\"");
        assertThat(send("PATCH", "composite/sobjects/Contact/Ext__c", upsert)
                        .json()
                        .path(0)
                        .path("created")
                        .asBoolean())
                .isTrue();
        assertThat(send(request("DELETE", "composite/sobjects?ids=" + id))
                        .json()
                        .path(0)
                        .path("success")
                        .asBoolean())
                .isTrue();
        String many = "{\"records\":[" + "{},".repeat(200) + "{}]}";
        assertThat(send("POST", "composite/sobjects", many).code()).isEqualTo("EXCEEDED_ID_LIMIT");
    }

    @Test
    void a_composite_refers_to_earlier_answers_and_is_one_call() {
        String account = "{\"method\":\"POST\",\"url\":\"/services/data/v66.0/sobjects/Account\",\"referenceId\":\"a\","
                + "\"body\":{\"Name\":\"Acme\"}}";
        String contact = "{\"method\":\"POST\",\"url\":\"/services/data/v66.0/sobjects/Contact\",\"referenceId\":\"c\","
                + "\"body\":{\"LastName\":\"Ada\",\"AccountId\":\"@{a.id}\"}}";
        JsonNode both = send("POST", "composite", "{\"compositeRequest\":[" + account + "," + contact + "]}")
                .json()
                .path("compositeResponse");
        assertThat(both.path(1).path("httpStatusCode").asInt()).isEqualTo(201);
        assertThat(fake.records("Contact").get(0))
                .containsEntry("AccountId", both.path(0).path("body").path("id").asText());

        String bad = contact.replace("LastName", "Nothing").replace("@{a.id}", "@{a.missing}");
        String halted = "{\"allOrNone\":true,\"compositeRequest\":[" + account + "," + bad + "]}";
        assertThat(send("POST", "composite", halted).json().toString())
                .contains("PROCESSING_HALTED", "rolled back since another operation", "Invalid reference specified");
        assertThat(fake.records("Account")).hasSize(1);
        String many = "{\"compositeRequest\":[" + "{},".repeat(25) + "{}]}";
        assertThat(send("POST", "composite", many).code()).isEqualTo("LIMIT_EXCEEDED");

        String batch = "{\"batchRequests\":[{\"method\":\"GET\",\"url\":\"v66.0/sobjects/Nothing\"},"
                + "{\"method\":\"GET\",\"url\":\"v66.0/limits\"}]}";
        JsonNode results = send("POST", "composite/batch", batch).json();
        assertThat(results.path("hasErrors").asBoolean()).isTrue();
        assertThat(results.path("results").path(1).path("statusCode").asInt()).isEqualTo(200);
        assertThat(get("limits")
                        .json()
                        .path("DailyApiRequests")
                        .path("Remaining")
                        .asInt())
                .isEqualTo(15_000 - 5);
    }

    @Test
    void a_search_finds_words_and_refuses_reserved_characters() {
        fake.insert("Contact", Map.of("LastName", "Lovelace", "Description", "wrote (the) first program"));
        fake.insert("Account", Map.of("Name", "Lovelace Ltd"));
        assertThat(search("FIND {love*} RETURNING Contact(Id, LastName), Account"))
                .hasSize(2);
        assertThat(search("FIND {lovelace} IN ALL FIELDS RETURNING Account(Name WHERE Name LIKE 'L%' LIMIT 5)"))
                .hasSize(1);
        assertThat(search("FIND {\\(the\\) program}")).hasSize(1);
        assertThat(search("FIND {love}")).isEmpty();
        for (String refused : List.of("FIND {a-b}", "FIND {a}", "FIND x", "FIND {it's}")) {
            assertThat(get("search?q=" + encoded(refused)).code()).as(refused).isEqualTo("MALFORMED_SEARCH");
        }
    }

    private JsonNode search(String sosl) {
        return get("search?q=" + encoded(sosl)).json().path("searchRecords");
    }

    @Test
    void a_query_job_advances_by_polls_and_gives_pages_by_locator() {
        contacts(5);
        String id = job("query", "SELECT Name, Account.Name, Score__c, CreatedDate FROM Contact ORDER BY Score__c");
        assertThat(get("jobs/query/" + id + "/results").code()).isEqualTo("INVALIDJOBSTATE");
        assertThat(state("query", id)).isEqualTo("InProgress");
        assertThat(state("query", id)).isEqualTo("JobComplete");
        assertThat(get("jobs/query/" + id).json().path("numberRecordsProcessed").asInt())
                .isEqualTo(5);

        Answer first = get("jobs/query/" + id + "/results?maxRecords=2");
        assertThat(first.json().asText()).isEqualTo("""
                        "Name","Account.Name","Score__c","CreatedDate"
                        "Name 1","","1.0","2026-03-01T10:00:00.000Z"
                        "Name 2","","2.0","2026-03-01T10:00:00.000Z"
                        """);
        assertThat(first.response().header("Sforce-NumberOfRecords")).contains("2");
        String locator = first.response().header("Sforce-Locator").orElseThrow();
        Answer second = get("jobs/query/" + id + "/results?maxRecords=3&locator=" + locator);
        assertThat(second.json().asText()).startsWith("\"Name\",").contains("Name 5");
        assertThat(second.response().header("Sforce-Locator")).contains("null");
        assertThat(get("jobs/query/" + id + "/results?locator=null").code()).isEqualTo("INVALID_QUERY_LOCATOR");
        String other = job("query", "SELECT Name FROM Contact");
        state("query", other);
        state("query", other);
        assertThat(get("jobs/query/" + other + "/results?locator=" + locator).code())
                .isEqualTo("INVALID_QUERY_LOCATOR");

        assertThat(send("PATCH", "jobs/query/" + id, "{\"state\":\"Aborted\"}").code())
                .isEqualTo("INVALIDJOBSTATE");
        assertThat(send(request("DELETE", "jobs/query/" + id)).status()).isEqualTo(204);
        assertThat(get("jobs/query/" + id).status()).isEqualTo(404);
        now = now.plus(Duration.ofDays(7));
        session = fake.session();
        assertThat(get("jobs/query/" + other).status()).isEqualTo(404);
    }

    private String job(String operation, String soql) {
        Answer answer = send("POST", "jobs/query", "{\"operation\":\"" + operation + "\",\"query\":\"" + soql + "\"}");
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        assertThat(answer.json().path("state").asText()).isEqualTo("UploadComplete");
        return answer.json().path("id").asText();
    }

    private String state(String kind, String id) {
        return get("jobs/" + kind + "/" + id).json().path("state").asText();
    }

    @Test
    void result_pages_are_linked_five_at_a_time_in_the_version_of_the_job() {
        contacts(13);
        fake.bulkPageSize(2).jobPolls(1).resultPagesLink("nextRecordUrl");
        String id = job("query", "SELECT Id FROM Contact");
        assertThat(state("query", id)).isEqualTo("JobComplete");
        JsonNode pages = get("jobs/query/" + id + "/resultPages").json();
        assertThat(pages.path("resultPages")).hasSize(5);
        assertThat(pages.path("done").asBoolean()).isFalse();
        JsonNode rest = get(pages.path("nextRecordUrl").asText()).json();
        assertThat(rest.path("resultPages")).hasSize(2);
        assertThat(rest.path("done").asBoolean()).isTrue();
        String last = rest.path("resultPages").path(1).path("resultUrl").asText();
        assertThat(get(last).json().asText().lines()).hasSize(2);
        assertThat(get("/services/data/v65.0/jobs/query/" + id + "/resultPages").status())
                .isEqualTo(409);
    }

    @Test
    void bulk_results_are_compressed_for_exactly_gzip_and_other_answers_for_any_that_accepts_it() {
        contacts(1);
        fake.jobPolls(1);
        String id = job("query", "SELECT Id FROM Contact");
        state("query", id);
        HttpRequest results = request("GET", "jobs/query/" + id + "/results");
        assertThat(encoding(results.withHeader("Accept-Encoding", "gzip"))).isEqualTo("gzip");
        assertThat(encoding(results.withHeader("Accept-Encoding", "gzip, deflate")))
                .isEmpty();
        assertThat(encoding(request("GET", "limits").withHeader("Accept-Encoding", "gzip, deflate")))
                .isEqualTo("gzip");
    }

    private String encoding(HttpRequest request) {
        try (HttpResponse response = fake.handle(request)) {
            return response.header("Content-Encoding").orElse("");
        }
    }

    @Test
    void query_jobs_refuse_what_bulk_does_not_have() {
        for (String soql : List.of(
                "SELECT COUNT() FROM Contact",
                "SELECT LeadSource, COUNT(Id) FROM Contact GROUP BY LeadSource",
                "SELECT Id FROM Contact OFFSET 5",
                "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
                "SELECT TYPEOF What WHEN Account THEN Phone END FROM Contact",
                "SELECT Blob__c FROM Sample__c",
                "SELECT MailingAddress FROM Contact")) {
            assertThat(send("POST", "jobs/query", "{\"operation\":\"query\",\"query\":\"" + soql + "\"}")
                            .code())
                    .as(soql)
                    .isEqualTo("API_ERROR");
        }
        fake.failNextJob("InternalServerError : Retried more than fifteen times")
                .jobPolls(1);
        assertThat(state("query", job("queryAll", "SELECT Id FROM Contact"))).isEqualTo("Failed");
    }

    @Test
    void an_ingest_job_reports_what_succeeded_and_what_failed() {
        fake.insert("Account", Map.of("Name", "Acme", "Ext__c", "acme"));
        String id = ingest("{\"object\":\"Contact\",\"operation\":\"insert\"}");
        String csv =
                "LastName,Account.Ext__c,Birthdate,Description\n\"A, \"\"B\"\"\",acme,1990-01-02,\"two\nlines\"\n,,,\n"
                        + "C,nobody,,\n";
        assertThat(put(id, csv, "application/json").status()).isEqualTo(415);
        assertThat(put(id, csv, "text/csv").status()).isEqualTo(201);
        assertThat(put(id, csv, "text/csv; charset=UTF-8").code()).isEqualTo("INVALIDJOBSTATE");
        assertThat(get("jobs/ingest/" + id + "/successfulResults").code()).isEqualTo("INVALIDJOBSTATE");
        close(id);
        assertThat(send("PATCH", "jobs/ingest/" + id, "{\"state\":\"UploadComplete\"}")
                        .code())
                .isEqualTo("INVALIDJOBSTATE");
        assertThat(state("ingest", id)).isEqualTo("InProgress");
        assertThat(state("ingest", id)).isEqualTo("JobComplete");
        JsonNode info = get("jobs/ingest/" + id).json();
        assertThat(info.path("numberRecordsProcessed").asInt()).isEqualTo(3);
        assertThat(info.path("numberRecordsFailed").asInt()).isEqualTo(2);
        Map<String, Object> contact = fake.records("Contact").get(0);
        assertThat(contact).containsEntry("LastName", "A, \"B\"").containsEntry("Description", "two\nlines");
        assertThat(contact).containsKey("AccountId");
        assertThat(get("jobs/ingest/" + id + "/successfulResults").json().asText())
                .isEqualTo(
                        "\"sf__Id\",\"sf__Created\",\"LastName\",\"Account.Ext__c\",\"Birthdate\",\"Description\"\n\""
                                + contact.get("Id")
                                + "\",\"true\",\"A, \"\"B\"\"\",\"acme\",\"1990-01-02\",\"two\nlines\"\n");
        assertThat(get("jobs/ingest/" + id + "/failedResults").json().asText())
                .contains("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --")
                .contains("INVALID_FIELD:Foreign key external ID: nobody not found");
        assertThat(get("jobs/ingest/" + id + "/unprocessedrecords")
                        .json()
                        .asText()
                        .lines())
                .hasSize(1);
        assertThat(fake.executed()).hasSize(2);
    }

    private String ingest(String json) {
        Answer answer = send("POST", "jobs/ingest", json);
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        return answer.json().path("id").asText();
    }

    private Answer put(String id, String csv, String type) {
        return send(request("PUT", "jobs/ingest/" + id + "/batches")
                .withHeader("Content-Type", type)
                .withBody(HttpBody.of(csv)));
    }

    private void close(String id) {
        assertThat(send("PATCH", "jobs/ingest/" + id, "{\"state\":\"UploadComplete\"}")
                        .status())
                .isEqualTo(200);
    }

    private String ran(String json, String csv) {
        String id = ingest(json);
        assertThat(put(id, csv, "text/csv").status()).isEqualTo(201);
        close(id);
        state("ingest", id);
        return id;
    }

    @Test
    void each_operation_of_an_ingest_does_what_it_says() {
        fake.jobPolls(1);
        contacts(4);
        List<String> ids = fake.records("Contact").stream()
                .map(each -> String.valueOf(each.get("Id")))
                .toList();
        ran("{\"object\":\"Contact\",\"operation\":\"update\"}", "Id,LastName,Ext__c\n" + ids.get(0) + ",,#N/A\n");
        assertThat(fake.records("Contact").get(0))
                .containsEntry("LastName", "Name 1")
                .doesNotContainKey("Ext__c");
        String upsert = ran(
                "{\"object\":\"Contact\",\"operation\":\"upsert\",\"externalIdFieldName\":\"Ext__c\",\"columnDelimiter\":\"TAB\","
                        + "\"lineEnding\":\"CRLF\"}",
                "Ext__c\tLastName\r\ne2\tTwo\r\nnew\tNew\r\n\tNone\r\n");
        assertThat(get("jobs/ingest/" + upsert + "/successfulResults").json().asText())
                .contains("\"" + ids.get(1) + "\"\t\"false\"", "\"true\"\t\"new\"");
        assertThat(get("jobs/ingest/" + upsert + "/failedResults").json().asText())
                .contains("MISSING_ARGUMENT");
        ran("{\"object\":\"Contact\",\"operation\":\"delete\"}", "Id\n" + ids.get(2) + "\n");
        ran("{\"object\":\"Contact\",\"operation\":\"hardDelete\"}", "Id\n" + ids.get(3) + "\n");
        assertThat(get("queryAll?q=" + encoded("SELECT Id FROM Contact"))
                        .json()
                        .path("totalSize")
                        .asInt())
                .isEqualTo(4);
        fake.mayHardDelete(false);
        assertThat(send("POST", "jobs/ingest", "{\"object\":\"Contact\",\"operation\":\"hardDelete\"}")
                        .code())
                .isEqualTo("FEATURENOTENABLED");
    }

    @Test
    void an_aborted_ingest_leaves_rows_unprocessed_and_a_bad_one_fails_whole() {
        String id = ingest("{\"object\":\"Contact\",\"operation\":\"insert\"}");
        assertThat(send(request("DELETE", "jobs/ingest/" + id)).code()).isEqualTo("INVALIDJOBSTATE");
        assertThat(put(id, "LastName\nA\nB\nC\nD\n", "text/csv").status()).isEqualTo(201);
        close(id);
        assertThat(state("ingest", id)).isEqualTo("InProgress");
        assertThat(send("PATCH", "jobs/ingest/" + id, "{\"state\":\"Aborted\"}").status())
                .isEqualTo(200);
        assertThat(get("jobs/ingest/" + id + "/successfulResults")
                        .json()
                        .asText()
                        .lines())
                .hasSize(3);
        assertThat(get("jobs/ingest/" + id + "/unprocessedrecords").json().asText())
                .isEqualTo("\"LastName\"\n\"C\"\n\"D\"\n");

        fake.jobPolls(1).maxUpload(40);
        String insert = "{\"object\":\"Contact\",\"operation\":\"insert\"}";
        assertThat(get("jobs/ingest/" + ran(insert, "Nothing\nA\n"))
                        .json()
                        .path("errorMessage")
                        .asText())
                .isEqualTo("InvalidBatch : Field name not found : Nothing");
        assertThat(get("jobs/ingest/" + ran(insert, "LastName\r\nA\r\n"))
                        .json()
                        .path("errorMessage")
                        .asText())
                .startsWith("ClientInputError : LineEnding is invalid");
        assertThat(put(ingest(insert), "LastName\n" + "x".repeat(30), "text/csv")
                        .status())
                .isEqualTo(413);
        String left = ingest(insert);
        put(left, "LastName\nLate\n", "text/csv");
        close(left);
        fake.finishJobs();
        assertThat(fake.records("Contact")).hasSize(3);
    }

    @Test
    void faults_meet_the_calls_they_name() {
        contacts(1);
        fake.fault(FakeFault.on("GET /limits").after(1).times(2).unavailable(Duration.ofSeconds(7)));
        assertThat(get("limits").status()).isEqualTo(200);
        Answer busy = get("limits");
        assertThat(busy.code()).isEqualTo("SERVER_UNAVAILABLE");
        assertThat(busy.response().header("Retry-After")).contains("7");
        assertThat(get("limits").status()).isEqualTo(503);
        assertThat(get("limits").status()).isEqualTo(200);

        fake.fault(FakeFault.on("GET /query*").concurrentLimit());
        assertThat(query("SELECT Id FROM Contact").code()).isEqualTo("REQUEST_LIMIT_EXCEEDED");
        fake.fault(FakeFault.on("PATCH /sobjects/Contact/{id}").rowLocked());
        assertThat(send("PATCH", "sobjects/Contact/0035g0000000001AAA", "{}").code())
                .isEqualTo("UNABLE_TO_LOCK_ROW");
        fake.fault(FakeFault.on("GET /limits").expireTokens());
        assertThat(get("limits").status()).isEqualTo(401);
        session = fake.session();
        fake.fault(FakeFault.on("GET /limits").move(URI.create("https://acme2.my.salesforce.com")));
        assertThat(get("limits").status()).isEqualTo(401);
        assertThat(get("limits").status()).isEqualTo(200);
        fake.fault(FakeFault.on("GET /limits").quotaReached());
        Answer spent = get("limits");
        assertThat(spent.json().path(0).path("message").asText()).isEqualTo("TotalRequests Limit exceeded.");
        assertThat(spent.response().header("Sforce-Limit-Info")).contains("api-usage=15000/15000");
        assertThat(fake.calls("GET /limits")).isEqualTo(8);
    }

    @Test
    void a_dropped_answer_was_carried_out_and_a_dropped_request_was_not() throws IOException {
        String body = "{\"LastName\":\"A\"}";
        fake.fault(FakeFault.on("POST /sobjects/Contact").dropRequest());
        assertThatThrownBy(() -> send("POST", "sobjects/Contact", body)).isInstanceOf(KeywharfException.class);
        assertThat(fake.executed()).isEmpty();
        fake.fault(FakeFault.on("POST /sobjects/Contact").dropAnswer());
        assertThatThrownBy(() -> send("POST", "sobjects/Contact", body)).isInstanceOf(KeywharfException.class);
        assertThat(fake.executed()).hasSize(1);
        fake.fault(FakeFault.on("GET /limits").cutAnswerAt(10));
        try (HttpResponse cut = fake.handle(request("GET", "limits"));
                InputStream stream = cut.body().open()) {
            assertThat(stream.readNBytes(10)).hasSize(10);
            assertThatThrownBy(stream::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void over_a_port_connections_are_really_cut() {
        HttpHandler client = HttpClients.builder().open();
        try (FakeSalesforceServer server = FakeSalesforceServer.start(fake)) {
            assertThat(fake.instance()).isEqualTo(server.uri());
            try (HttpResponse ok = client.handle(request("GET", "limits"))) {
                assertThat(ok.body().text(10_000)).contains("DailyApiRequests");
            }
            fake.fault(FakeFault.on("POST /sobjects/Contact").dropAnswer());
            HttpRequest create = request("POST", "sobjects/Contact")
                    .withHeader("Content-Type", "application/json")
                    .withBody(HttpBody.of("{\"LastName\":\"A\"}"));
            assertThatThrownBy(() -> client.handle(create)).isInstanceOf(KeywharfException.class);
            assertThat(fake.executed()).hasSize(1);
            fake.fault(FakeFault.on("GET /limits").cutAnswerAt(20));
            assertThatThrownBy(
                            () -> client.handle(request("GET", "limits")).body().text(10_000))
                    .isInstanceOf(KeywharfException.class);
        }
    }
}
