package io.github.keywharf.sharing.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.RecordedTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaSharingClientTest {

    private static final String TOKEN = "dapi-very-hush";

    private static final Schema USAGE = Schema.of(
            Column.nullable("tenant", ColumnType.STRING),
            Column.nullable("day", ColumnType.DATE),
            Column.nullable("n", ColumnType.INT64),
            Column.nullable("at", ColumnType.TIMESTAMP_UTC),
            Column.nullable("price", ColumnType.decimal(9, 2)));

    @TempDir
    Path folder;

    private final RecordedTime time = new RecordedTime();
    private final ScriptedShare share = new ScriptedShare(time);
    private FakeServer server;

    @BeforeEach
    void start() {
        server = FakeServer.start(share);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private URI endpoint() {
        return URI.create(server.uri() + "/api");
    }

    private DeltaSharingClient.Builder builder(ShareProfile profile) {
        return DeltaSharingClient.builder(profile)
                .tempDirectory(folder.resolve("temporary"))
                .parallelism(3)
                .clock(time, time);
    }

    private DeltaSharingClient client() {
        return builder(ShareProfile.bearer(endpoint(), Secret.of(TOKEN))).build();
    }

    private DeltaSharingTable shared() {
        return client().table("acme", "usage", "platform");
    }

    private DeltaTable table() {
        DeltaTable table = share.table("platform");
        table.create(USAGE, List.of("tenant", "day"));
        return table;
    }

    private static Rows usage(String tenant, int day, long from, long to) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(USAGE, 16);
        for (long n = from; n < to; n++) {
            builders.get(0).appendValue(tenant);
            builders.get(1).appendValue(LocalDate.of(2026, 11, day));
            builders.get(2).appendValue(n);
            builders.get(3)
                    .appendValue(Instant.parse("2026-11-23T10:00:00.000001Z").plusSeconds(n));
            builders.get(4).appendValue(BigDecimal.valueOf(n, 2));
        }
        return Rows.of(USAGE, List.of(ColumnBatch.build(USAGE, builders)));
    }

    private static List<String> lines(Rows rows) {
        try (rows) {
            return rows.stream().map(Row::toMap).map(Object::toString).sorted().toList();
        }
    }

    private static List<Long> numbers(Rows rows) {
        try (rows) {
            return rows.stream().map(row -> row.longValue("n")).sorted().toList();
        }
    }

    private static List<Long> range(long from, long to) {
        return Stream.iterate(from, n -> n < to, n -> n + 1).toList();
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(folder.resolve("temporary"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void lists_are_read_page_by_page_as_they_are_needed() {
        table();
        share.table("other").create(USAGE, List.of("tenant"));
        DeltaSharingClient client = client();

        Iterator<String> shares = client.shares().iterator();
        assertThat(shares.next()).isEqualTo("acme");
        assertThat(share.calls).hasSize(2);
        assertThat(shares.next()).isEqualTo("other share");
        assertThat(shares.hasNext()).isFalse();
        assertThat(client.schemas("other share")).containsExactly("usage");
        assertThat(share.calls.get(share.calls.size() - 1))
                .startsWith("GET /api/shares/other%20share/schemas?pageToken=1");
        assertThat(client.tables("acme").map(Object::toString))
                .containsExactly("acme.usage.other", "acme.usage.platform");
        assertThat(client.tables("acme", "usage")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rows_are_those_of_the_table_in_both_formats(boolean delta) throws IOException {
        share.delta = delta;
        share.filesOnPage = 3;
        DeltaTable table = table();
        for (int day = 1; day <= 8; day++) {
            table.sink().write(usage(day % 3 == 0 ? "none" : "t'" + day, day, day * 10L, day * 10L + 5));
        }

        assertThat(lines(shared().rows())).isEqualTo(lines(table.rows())).hasSize(40);
        assertThat(shared().schema()).isEqualTo(USAGE);
        assertThat(shared().version()).isEqualTo(8);
        assertThat(shared().metadata().partitionColumns()).containsExactly("tenant", "day");
        assertThat(share.calls("/query")).hasSize(3);
        assertNothingIsLeft();
    }

    @Test
    void files_may_have_columns_that_are_not_shared_and_times_without_a_zone() {
        DeltaTable table = share.table("platform");
        table.create(
                Schema.of(
                        Column.nullable("tenant", ColumnType.STRING),
                        Column.nullable("n", ColumnType.INT64),
                        Column.nullable("at", ColumnType.TIMESTAMP_UTC)),
                List.of("tenant"));
        Schema inFile = Schema.of(
                Column.nullable("_change_type", ColumnType.STRING),
                Column.nullable("n", ColumnType.INT32),
                Column.nullable("at", ColumnType.TIMESTAMP));
        put("platform/rewritten", inFile, "insert", 7, LocalDateTime.parse("2026-11-23T10:00:00"));
        commit(1, add("rewritten", "a", size("platform/rewritten")));

        assertThat(lines(shared().rows())).containsExactly("{tenant=a, n=7, at=2026-11-23T10:00:00Z}");
    }

    @Test
    void a_condition_is_sent_as_hints_and_applied_to_the_rows() {
        DeltaTable table = table();
        table.sink().write(usage("a", 1, 0, 10));
        table.sink().write(usage("b", 1, 0, 10));
        table.sink().write(usage("a", 2, 10, 20));
        Condition condition = Condition.and(
                Condition.eq("tenant", "a"),
                Condition.ge("n", 5),
                Condition.lt("day", LocalDate.of(2026, 11, 2)),
                Condition.gt("price", new BigDecimal("0.00")));

        assertThat(numbers(shared().query().where(condition).limit(3).rows())).containsExactly(5L, 6L, 7L);
        assertThat(share.sent).hasSize(1);
        assertThat(share.calls("/query"))
                .singleElement()
                .asString()
                .contains("\"predicateHints\":[\"tenant = 'a'\",\"n >= 5\",\"day < '2026-11-02'\"]")
                .contains("\\\"op\\\":\\\"and\\\"")
                .contains("{\\\"op\\\":\\\"literal\\\",\\\"value\\\":\\\"5\\\",\\\"valueType\\\":\\\"long\\\"}")
                .contains("{\\\"op\\\":\\\"column\\\",\\\"name\\\":\\\"tenant\\\",\\\"valueType\\\":\\\"string\\\"}")
                .doesNotContain("price")
                .doesNotContain("limitHint");
    }

    @Test
    void a_limit_alone_is_a_hint_and_is_kept_here() throws IOException {
        DeltaTable table = table();
        table.sink().write(usage("a", 1, 0, 10));
        table.sink().write(usage("a", 2, 0, 10));

        assertThat(numbers(shared().query().limit(12).rows())).hasSize(12);
        assertThat(share.calls("/query")).singleElement().asString().contains("\"limitHint\":12");
        assertThat(numbers(shared().query().limit(0).rows())).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void an_older_version_is_read_by_its_number_or_its_time() {
        DeltaTable table = table();
        table.sink().write(usage("a", 1, 0, 3));
        table.sink().write(usage("a", 1, 3, 6));

        assertThat(numbers(shared().query().version(1).rows())).isEqualTo(range(0, 3));
        shared().query().timestamp(Instant.parse("2026-11-01T00:00:00Z")).rows().close();
        assertThat(share.calls("/query").get(0)).contains("\"version\":1").doesNotContain("efreshToken");
        assertThat(share.calls("/query").get(1)).contains("\"timestamp\":\"2026-11-01T00:00:00Z\"");
        assertThatThrownBy(() -> shared().query().version(1).timestamp(Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_table_without_rows_has_columns() {
        table();

        try (Rows rows = shared().rows()) {
            assertThat(rows.schema()).isEqualTo(USAGE);
            assertThat(rows.next()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deleted_rows_are_left_out(boolean whole) {
        share.delta = true;
        DeltaTable table = table();
        table.sink().write(usage("a", 1, 0, 10));
        delete(table, 2, 1, 4, 8);
        if (whole) {
            // A store that does not know ranges.
            byte[] file = share.store.readSmall("platform/vectors.bin");
            share.file = response -> response.status() == 206
                    ? HttpResponse.of(200).withBody(io.github.keywharf.http.HttpBody.of(file))
                    : response;
        }

        assertThat(numbers(shared().rows())).containsExactly(0L, 2L, 3L, 5L, 6L, 7L, 9L);
        assertThat(shared().query().download(folder.resolve("files")))
                .singleElement()
                .satisfies(file -> {
                    assertThat(file.deletionVector().orElseThrow().cardinality())
                            .isEqualTo(3);
                    assertThat(folder.resolve("files")
                                    .resolve(file.deletionVector().get().pathOrInlineDv()))
                            .exists();
                });
    }

    @Test
    void a_server_that_needs_more_than_the_client_has_is_refused() {
        share.delta = true;
        table().sink().write(usage("a", 1, 0, 3));
        share.lines = text -> text.replace("\"minReaderVersion\":1", "\"minReaderVersion\":3")
                .replace("\"readerFeatures\":[]", "\"readerFeatures\":[\"variantType\"]");
        assertThatThrownBy(() -> shared().rows()).hasMessageContaining("variantType");

        share.delta = false;
        share.lines = text -> text.replace("\"minReaderVersion\":1", "\"minReaderVersion\":2");
        assertThatThrownBy(() -> shared().rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.unsupported"));
    }

    @Test
    void addresses_are_renewed_by_the_token_when_a_store_refuses_them() {
        share.delta = true;
        DeltaTable table = table();
        for (int day = 1; day <= 20; day++) {
            table.sink().write(usage("a", day, day, day + 1));
        }
        delete(table, 21, 0);
        List<Long> expected = numbers(table.rows());
        Rows rows = builder(ShareProfile.bearer(endpoint(), Secret.of(TOKEN)))
                .parallelism(1)
                .build()
                .table("acme", "usage", "platform")
                .rows();
        table.sink().write(usage("a", 30, 100, 200));
        share.generation.incrementAndGet();

        assertThat(numbers(rows)).isEqualTo(expected).hasSize(19);
        assertThat(share.calls("/query")).hasSize(2);
        assertThat(share.calls("/query").get(1)).contains("\"refreshToken\":\"21\"");
    }

    @Test
    void addresses_are_renewed_before_they_expire() {
        DeltaTable table = table();
        for (int day = 1; day <= 20; day++) {
            table.sink().write(usage("a", day, day, day + 1));
        }
        share.life = Optional.of(Duration.ofMinutes(15));
        Rows rows = builder(ShareProfile.bearer(endpoint(), Secret.of(TOKEN)))
                .parallelism(1)
                .build()
                .table("acme", "usage", "platform")
                .rows();
        time.advance(Duration.ofMinutes(14).plusSeconds(40));

        assertThat(numbers(rows)).isEqualTo(range(1, 21));
        assertThat(share.calls("/query")).hasSize(2);
    }

    @Test
    void without_a_token_addresses_are_renewed_as_long_as_the_files_are_there() {
        share.refreshes = false;
        DeltaTable table = table();
        for (int day = 1; day <= 20; day++) {
            table.sink().write(usage("a", day, day, day + 1));
        }
        DeltaSharingTable shared = builder(ShareProfile.bearer(endpoint(), Secret.of(TOKEN)))
                .parallelism(1)
                .build()
                .table("acme", "usage", "platform");
        Rows appended = shared.rows();
        table.sink().write(usage("a", 30, 100, 200));
        share.generation.incrementAndGet();
        assertThat(numbers(appended)).isEqualTo(range(1, 21));

        Rows rewritten = shared.rows();
        commit(
                22,
                table.snapshot()
                        .files()
                        .map(file -> "{\"remove\":{\"path\":\"" + file.path() + "\",\"dataChange\":true}}")
                        .toArray(String[]::new));
        // Last, as a download that is under way asks for new addresses at once.
        share.generation.incrementAndGet();
        assertThatThrownBy(() -> numbers(rewritten))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.expired"));
    }

    @Test
    void a_store_that_refuses_new_addresses_too_is_an_error_that_shows_none() {
        table().sink().write(usage("a", 1, 0, 3));
        share.file = response -> HttpResponse.text(403, "AccessDenied");

        assertThatThrownBy(() -> numbers(shared().rows()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.refused"))
                .hasMessageNotContaining("hush");
        assertThat(share.calls("/query")).hasSize(3);
    }

    @Test
    void a_download_that_breaks_off_is_begun_again() throws IOException {
        table().sink().write(usage("a", 1, 0, 3));
        AtomicInteger left = new AtomicInteger(2);
        share.file = response -> left.getAndDecrement() > 0 ? ScriptedShare.cut(response) : response;

        assertThat(numbers(shared().rows())).isEqualTo(range(0, 3));
        assertThat(time.waits()).hasSize(2);
        assertNothingIsLeft();
    }

    @Test
    void a_file_of_another_size_is_an_error_and_stays_nowhere() throws IOException {
        table().sink().write(usage("a", 1, 0, 3));
        for (String size : List.of("1$1", "10", "0")) {
            share.lines = text -> text.replaceAll("\"size\":(\\d+)", "\"size\":" + size);
            assertThatThrownBy(() -> numbers(shared().rows()))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.bad_answer"))
                    .hasMessageContaining("bytes, but should have");
        }
        share.lines = text -> text.replaceAll("\"size\":(\\d+)", "\"size\":1$1");

        assertThatThrownBy(() -> shared().query().download(folder.resolve("files")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.bad_answer"))
                .hasMessageContaining("bytes, but should have");
        try (Stream<Path> files = Files.list(folder.resolve("files"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void an_answer_must_have_the_end_that_it_promised() {
        table().sink().write(usage("a", 1, 0, 3));
        share.lines = text -> text.substring(0, text.indexOf("{\"endStreamAction\""));
        assertThatThrownBy(() -> shared().rows()).hasMessageContaining("its end is missing");
        share.endPromised = false;
        assertThat(numbers(shared().rows())).hasSize(3);

        share.endPromised = true;
        share.lines = text -> text + "{\"file\":{}}\n";
        assertThatThrownBy(() -> shared().rows()).hasMessageContaining("goes on after its end");
        share.lines = text ->
                text.replace("{\"endStreamAction\":{", "{\"endStreamAction\":{\"errorMessage\":\"disk\\nfull\",");
        assertThatThrownBy(() -> shared().rows()).hasMessageContaining("disk?full");
        share.lines = text -> text.substring(0, text.length() / 2);
        share.endPromised = false;
        assertThatThrownBy(() -> shared().rows()).isInstanceOf(KeywharfException.class);
        share.lines = text -> text.replace("\"id\":\"", "\"ignored\":\"");
        assertThatThrownBy(() -> shared().rows()).hasMessageContaining("a file lacks its id");
    }

    @Test
    void a_list_that_breaks_off_is_asked_for_again() {
        table().sink().write(usage("a", 1, 0, 3));
        AtomicBoolean cut = new AtomicBoolean(true);
        share.answer = response -> cut.getAndSet(false) ? ScriptedShare.cut(response) : response;

        assertThat(numbers(shared().rows())).isEqualTo(range(0, 3));
    }

    @Test
    void pages_that_repeat_do_not_go_on_for_ever() {
        table().sink().write(usage("a", 1, 0, 3));
        share.lines = text ->
                text.replaceFirst("\\{\"endStreamAction\".*", "{\"endStreamAction\":{\"nextPageToken\":\"0\"}}");
        assertThatThrownBy(() -> shared().rows()).hasMessageContaining("same page again");

        share.answer = response -> HttpResponse.json(200, "{\"nextPageToken\":\"1\"}");
        assertThatThrownBy(() -> client().shares().toList()).hasMessageContaining("same page again");
    }

    @ParameterizedTest
    @CsvSource({
        "400, sharing.bad_request",
        "401, sharing.unauthorized",
        "403, sharing.refused",
        "404, sharing.not_found",
        "429, sharing.limited",
        "500, sharing.unavailable",
        "302, sharing.bad_answer"
    })
    void a_refusal_has_a_code_and_what_the_server_said(int status, String code) {
        table();
        share.answer = response ->
                HttpResponse.json(status, "{\"errorCode\":\"NOT_TODAY\",\"message\":\"because\\u0007 of it\"}");
        assertThatThrownBy(() -> client().schemas("acme").toList())
                .isInstanceOfSatisfying(KeywharfException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e)
                            .hasMessageContaining("NOT_TODAY): because? of it")
                            .hasMessageNotContaining(TOKEN);
                });

        share.answer = response -> HttpResponse.text(status, "Unauthorized");
        assertThatThrownBy(() -> shared().version())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void a_profile_that_expired_is_named_as_the_cause() {
        share.answer = response -> HttpResponse.of(401);
        DeltaSharingClient client = builder(
                        ShareProfile.bearer(endpoint(), Secret.of(TOKEN), Instant.parse("2026-11-01T00:00:00Z")))
                .build();

        assertThatThrownBy(() -> client.shares().toList())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.expired"))
                .hasMessageContaining("2026-11-01");
    }

    @Test
    void the_token_goes_to_the_endpoint_alone() {
        table().sink().write(usage("a", 1, 0, 3));
        numbers(shared().rows());

        assertThat(share.requests)
                .anySatisfy(request -> assertThat(request.path()).startsWith("/files/"));
        assertThat(share.requests)
                .allSatisfy(request -> assertThat(request.header("Authorization"))
                        .isEqualTo(
                                request.path().startsWith("/api/")
                                        ? Optional.of("Bearer " + TOKEN)
                                        : Optional.empty()));
        assertThat(client().toString() + shared() + shared().query()).doesNotContain(TOKEN);
    }

    @Test
    void secrets_are_not_sent_in_the_clear() {
        ShareProfile open = ShareProfile.bearer(URI.create("http://share.example"), Secret.of(TOKEN));
        assertThatThrownBy(() -> DeltaSharingClient.of(open)).hasMessageContaining("not of https");

        table().sink().write(usage("a", 1, 0, 3));
        // As if a server of https named files of http.
        DeltaSharingClient client = builder(
                        ShareProfile.bearer(URI.create("https://share.example/api"), Secret.of(TOKEN)))
                .http(share)
                .build();
        assertThatThrownBy(
                        () -> numbers(client.table("acme", "usage", "platform").rows()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("sharing.bad_answer"))
                .hasMessageContaining("not one of https")
                .hasMessageNotContaining("hush");
    }

    @Test
    void a_profile_may_have_a_password_or_an_oauth_client() {
        ShareProfile basic = new ShareProfile(2, endpoint(), new ShareCredentials.Basic("me", Secret.of("word")));
        assertThat(builder(basic).build().shares()).hasSize(2);
        assertThat(share.requests.get(0).header("Authorization")).hasValue("Basic bWU6d29yZA==");

        AtomicInteger issued = new AtomicInteger();
        List<String> forms = new ArrayList<>();
        HttpHandler both = request -> {
            if (!request.path().equals("/token")) {
                return request.header("Authorization").equals(Optional.of("Bearer t2"))
                        ? share.handle(request)
                        : HttpResponse.of(401);
            }
            forms.add(request.header("Authorization").orElse("") + " "
                    + request.body().text(1000));
            return HttpResponse.json(
                    200, "{\"access_token\":\"t" + issued.incrementAndGet() + "\",\"expires_in\":3600}");
        };
        ShareProfile client = new ShareProfile(
                2,
                endpoint(),
                new ShareCredentials.OAuthClient(
                        URI.create("https://login.example/token"), "id", Secret.of("hush"), Optional.of("a b")));
        assertThat(builder(client).http(both).build().shares()).hasSize(2);
        assertThat(forms)
                .hasSize(2)
                .allMatch(form -> form.equals("Basic aWQ6aHVzaA== grant_type=client_credentials&scope=a%20b"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_change_feed_has_what_became_of_each_row(boolean delta) {
        share.delta = delta;
        DeltaTable table = table();
        table.sink().write(usage("a", 1, 0, 2));
        Schema inFile =
                Schema.of(Column.nullable("n", ColumnType.INT64), Column.nullable("_change_type", ColumnType.STRING));
        put("platform/_change_data/c", inFile, 1L, "update_preimage", 11L, "update_postimage");
        commit(
                2,
                "{\"cdc\":{\"path\":\"_change_data/c\",\"partitionValues\":{\"tenant\":\"a\",\"day\":\"2026-11-01\"},"
                        + "\"size\":" + size("platform/_change_data/c") + ",\"dataChange\":false}}");
        String first = table.snapshot(1).files().findFirst().orElseThrow().path();
        commit(
                3,
                "{\"remove\":{\"path\":\"" + first + "\",\"dataChange\":true,\"partitionValues\":{\"tenant\":\"a\","
                        + "\"day\":\"2026-11-01\"},\"size\":" + size("platform/" + first) + "}}");

        List<String> changes = changes(shared().changeRows(0));
        assertThat(changes)
                .containsExactly(
                        "1 insert a 0",
                        "1 insert a 1",
                        "2 update_preimage a 1",
                        "2 update_postimage a 11",
                        "3 delete a 0",
                        "3 delete a 1");
        assertThat(changes(shared().changeRows(2, 2))).isEqualTo(changes.subList(2, 4));
        assertThat(share.calls("/changes").get(1)).contains("startingVersion=2").contains("endingVersion=2");
        try (Rows none = shared().changeRows(0, 0)) {
            assertThat(none.schema().names()).endsWith("_change_type", "_commit_version", "_commit_timestamp");
            assertThat(none.next()).isNull();
        }
        shared().changeRows(Instant.EPOCH, Instant.parse("2026-11-23T00:00:00Z"))
                .close();
        assertThat(share.calls("/changes").get(3)).contains("startingTimestamp=1970-01-01T00%3A00%3A00Z");
    }

    @Test
    void a_file_with_another_deletion_vector_has_only_the_rows_that_differ_as_changes() {
        share.delta = true;
        DeltaTable table = table();
        table.sink().write(usage("a", 1, 0, 10));
        delete(table, 2, 1, 4, 8);

        assertThat(changes(shared().changeRows(2))).containsExactly("2 delete a 1", "2 delete a 4", "2 delete a 8");
        assertThat(changes(table.changeRows(2, 2))).isEqualTo(changes(shared().changeRows(2)));
        assertThat(changes(table.changeRows(0, 1))).hasSize(10).allMatch(line -> line.startsWith("1 insert a"));
    }

    private static List<String> changes(Rows rows) {
        try (rows) {
            return rows.stream()
                    .map(row ->
                            row.longValue("_commit_version") + " " + row.toMap().get("_change_type") + " "
                                    + row.toMap().get("tenant") + " " + row.longValue("n"))
                    .toList();
        }
    }

    @Test
    void downloads_are_kept_by_the_id_of_the_file() {
        DeltaTable table = table();
        table.sink().write(usage("a", 1, 0, 3));
        table.sink().write(usage("b", 2, 3, 6));
        Path files = folder.resolve("a/b");

        List<DownloadedFile> first = shared().query().download(files);
        assertThat(first).hasSize(2).allSatisfy(file -> {
            assertThat(file.path()).exists().hasFileName(file.id() + ".parquet");
            assertThat(Parquet.reader(file.path()).rowCount()).isEqualTo(3);
        });
        assertThat(first)
                .extracting(file -> file.partitionValues().get("tenant"))
                .containsExactlyInAnyOrder("a", "b");
        table.sink().write(usage("c", 3, 6, 9));
        assertThat(shared().query().download(files)).hasSize(3).containsAll(first);
        assertThat(share.sent.values()).hasSize(3).allMatch(times -> times.get() == 1);
    }

    @Test
    void an_id_that_is_no_name_of_a_file_cannot_lead_out_of_the_folder() throws IOException {
        table().sink().write(usage("a", 1, 0, 3));
        share.lines = text -> text.replaceAll("\"id\":\"[0-9a-f]{12}\"", "\"id\":\"../../evil\"");

        assertThat(shared().query().download(folder.resolve("deep/files")))
                .singleElement()
                .satisfies(file -> assertThat(file.path().getParent()).isEqualTo(folder.resolve("deep/files")));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).allMatch(Files::isDirectory);
        }
    }

    @Test
    void rows_that_are_closed_early_leave_nothing_behind() throws IOException {
        DeltaTable table = table();
        for (int day = 1; day <= 30; day++) {
            table.sink().write(usage("a", day, day, day + 1));
        }
        Rows rows = shared().rows();
        assertThat(rows.next()).isNotNull();
        rows.close();
        rows.close();

        assertNothingIsLeft();
        assertThat(share.sent.size()).isLessThan(30);
    }

    @Test
    void only_a_large_file_lies_on_the_disk_while_it_is_read() throws IOException {
        DeltaTable table = table();
        table.sink().write(usage("a", 1, 0, 3));
        try (Rows rows = shared().rows()) {
            assertThat(rows.next()).isNotNull();
            assertThat(bytesOnDisk()).isZero();
        }
        List<ColumnVector.Builder> builders = ColumnBatch.builders(USAGE, 16);
        new Random(1).longs(140_000).sorted().forEach(n -> {
            builders.get(0).appendValue("b");
            builders.get(1).appendValue(LocalDate.of(2026, 11, 1));
            builders.get(2).appendValue(Long.reverse(n));
            builders.get(3).appendNull();
            builders.get(4).appendNull();
        });
        ColumnBatch large = ColumnBatch.build(USAGE, builders);
        table.sink().write(Rows.of(USAGE, List.of(large)));
        DeltaSharingQuery query = shared().query().where(Condition.eq("tenant", "b"));
        try (Rows rows = query.rows()) {
            assertThat(rows.next()).isNotNull();
            assertThat(bytesOnDisk()).isGreaterThan(1024 * 1024);
        }
        assertThat(numbers(query.rows())).isEqualTo(numbers(Rows.of(USAGE, List.of(large))));
        assertNothingIsLeft();
    }

    private long bytesOnDisk() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("temporary"))) {
            return all.filter(Files::isRegularFile)
                    .mapToLong(path -> path.toFile().length())
                    .sum();
        }
    }

    private void put(String key, Schema schema, Object... values) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 16);
        for (int i = 0; i < values.length; i++) {
            builders.get(i % schema.size()).appendValue(values[i]);
        }
        try (BatchWriter writer = Parquet.writer(share.store, key).open(schema)) {
            writer.write(ColumnBatch.build(schema, builders));
            writer.commit();
        }
    }

    private long size(String key) {
        return share.store.list(key).findFirst().orElseThrow().size();
    }

    private static String add(String path, String tenant, long size) {
        return "{\"add\":{\"path\":\"" + path + "\",\"partitionValues\":{\"tenant\":\"" + tenant + "\"},\"size\":"
                + size + ",\"modificationTime\":5,\"dataChange\":true}}";
    }

    private void commit(long version, String... lines) {
        share.store.createIfAbsent(
                String.format(java.util.Locale.ROOT, "platform/_delta_log/%020d.json", version),
                (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Deletes rows of the table's first file by a vector in the middle of a file of its own. */
    private void delete(DeltaTable table, long version, int... rows) {
        byte[] bits = new byte[100];
        ByteBuffer bitmap = ByteBuffer.wrap(bits).order(ByteOrder.LITTLE_ENDIAN);
        bitmap.putInt(1681511377).putLong(1).putInt(0).putInt(12346).putInt(1).putShort((short) 0);
        bitmap.putShort((short) (rows.length - 1)).putInt(16);
        for (int row : rows) {
            bitmap.putShort((short) row);
        }
        int size = bitmap.position();
        CRC32 checksum = new CRC32();
        checksum.update(bits, 0, size);
        ByteBuffer file = ByteBuffer.allocate(200);
        file.put((byte) 1).put(new byte[50]).putInt(size).put(bits, 0, size).putInt((int) checksum.getValue());
        try (ObjectWriter writer = share.store.create("platform/vectors.bin")) {
            writer.write(file.array());
            writer.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var added = table.snapshot().files().findFirst().orElseThrow();
        String values = "\"partitionValues\":{\"tenant\":\"a\",\"day\":\"2026-11-01\"},\"size\":" + added.size();
        String vector = "{\"storageType\":\"p\",\"pathOrInlineDv\":\"vectors.bin\",\"offset\":51,\"sizeInBytes\":"
                + size + ",\"cardinality\":" + rows.length + "}";
        commit(
                version,
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"deletionVectors\"],"
                        + "\"writerFeatures\":[\"deletionVectors\"]}}",
                "{\"remove\":{\"path\":\"" + added.path() + "\",\"dataChange\":true," + values + "}}",
                "{\"add\":{\"path\":\"" + added.path() + "\",\"dataChange\":true,\"modificationTime\":1," + values
                        + ",\"deletionVector\":" + vector + "}}");
    }
}
