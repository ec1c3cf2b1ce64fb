package io.github.keywharf.sharing.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.format.delta.DeltaFile;
import io.github.keywharf.format.delta.DeltaSnapshot;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.query.duckdb.DuckDbEngine;
import io.github.keywharf.query.duckdb.DuckDbFile;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.RecordedTime;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShareLandingTest {

    /** With names that SQL reserves, and all that can go wrong between Delta and DuckDB. */
    static final Schema USAGE = Schema.of(
            Column.nullable("tenant_id", ColumnType.STRING),
            Column.nullable("n", ColumnType.INT64),
            Column.nullable("at", ColumnType.TIMESTAMP_UTC),
            Column.nullable("local", ColumnType.TIMESTAMP),
            Column.nullable("select", ColumnType.list(ColumnType.INT32)),
            Column.nullable("place", ColumnType.struct(List.of(Column.nullable("at", ColumnType.TIMESTAMP_UTC)))));

    private static final String TYPES =
            "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_index) AS types FROM duckdb_columns()"
                    + " WHERE table_name = 'platform'";

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

    private ShareProfile profile() {
        return ShareProfile.bearer(URI.create(server.uri() + "/api"), Secret.of("it's \"hush\"; --"));
    }

    private DeltaSharingClient client() {
        return DeltaSharingClient.builder(profile())
                .tempDirectory(folder.resolve("temporary"))
                .clock(time, time)
                .build();
    }

    private DeltaTable table(String name) {
        DeltaTable table = share.table(name);
        table.create(USAGE, List.of("tenant_id"));
        return table;
    }

    static Rows usage(String tenant, long from, long to) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(USAGE, 16);
        Instant at = Instant.parse("2026-11-23T23:00:00.000001Z");
        for (long n = from; n < to; n++) {
            builders.get(0).appendValue(tenant);
            builders.get(1).appendValue(n);
            builders.get(2).appendValue(at);
            builders.get(3).appendValue(java.time.LocalDateTime.parse("2026-11-23T23:00:00"));
            builders.get(4).appendValue(List.of((int) n));
            builders.get(5).appendValue(java.util.Map.of("at", at));
        }
        return Rows.of(USAGE, List.of(ColumnBatch.build(USAGE, builders)));
    }

    /** As the shell of a user would: with the file alone. */
    static String query(Path file, String sql) {
        try (QueryEngine engine =
                DuckDbEngine.builder().file(file).fileAccess(true).open()) {
            return engine.query(sql).table().rows().stream()
                    .map(row -> row.toMap().values().toString())
                    .collect(Collectors.joining());
        }
    }

    private Path file() {
        return folder.resolve("acme's.duckdb");
    }

    private List<LandedTable> land(boolean views) {
        return views
                ? client().landViews("acme", folder.resolve("it's files"), () -> DuckDbFile.replace(file()))
                : client().land("acme", () -> DuckDbFile.replace(file()));
    }

    private void assertLanded(boolean views) {
        DeltaTable table = table("platform");
        table.sink().write(usage("a's", 0, 3));
        table.sink().write(usage("b", 3, 5));
        table("empty");

        assertThat(land(views))
                .containsExactlyInAnyOrder(
                        new LandedTable("usage", "empty", 0, 0), new LandedTable("usage", "platform", 2, 5));
        assertThat(query(file(), TYPES))
                .contains("tenant_id VARCHAR, n BIGINT, at TIMESTAMP WITH TIME ZONE, local TIMESTAMP, select INTEGER[],"
                        + " place STRUCT(\"at\" TIMESTAMP WITH TIME ZONE)");
        assertThat(
                        query(
                                file(),
                                "SELECT tenant_id, sum(n) AS s, min(\"at\")::VARCHAR AS t FROM usage.platform GROUP BY 1 ORDER BY 1"))
                .contains("a's")
                .contains("2026-11-23 23:00:00.000001+00");
        assertThat(query(file(), "SELECT count(*) AS n FROM usage.empty")).contains("0");

        table.sink().write(usage("c", 5, 9));
        assertThat(land(views)).contains(new LandedTable("usage", "platform", 3, 9));
        assertThat(query(file(), "SELECT sum(n) AS s FROM usage.platform")).contains("36");
    }

    @Test
    void a_share_lands_as_tables_of_a_file() throws IOException {
        assertLanded(false);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("acme's.duckdb", "temporary");
        }
    }

    @Test
    void a_share_lands_as_views_of_files_of_which_only_new_ones_are_downloaded() throws IOException {
        assertLanded(true);
        assertThat(share.sent.values()).hasSize(3).allMatch(times -> times.get() == 1);
    }

    @Test
    void files_that_no_view_shows_any_more_are_deleted_an_hour_later() throws IOException {
        DeltaTable table = table("platform");
        table.sink().write(usage("a", 0, 3));
        land(true);
        String old = table.snapshot().files().findFirst().orElseThrow().path();
        table.sink().write(usage("b", 3, 5));
        share.store.createIfAbsent(
                String.format(java.util.Locale.ROOT, "platform/_delta_log/%020d.json", 3),
                ("{\"remove\":{\"path\":\"" + old + "\",\"dataChange\":true}}\n")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        land(true);
        assertThat(files()).isEqualTo(2);

        time.advance(Duration.ofMinutes(61));
        land(true);
        assertThat(files()).isEqualTo(1);
        assertThat(query(file(), "SELECT sum(n) AS s FROM usage.platform")).contains("7");
    }

    @Test
    void who_has_the_database_before_open_reads_on_for_an_hour_however_old_that_is() throws IOException {
        DeltaTable table = table("platform");
        table.sink().write(usage("a", 0, 3));
        table.sink().write(usage("a", 3, 5));
        land(true);
        time.advance(Duration.ofDays(1));
        try (QueryEngine reader =
                DuckDbEngine.builder().file(file()).fileAccess(true).open()) {
            assertThat(table.compact(2)).isEqualTo(2);
            land(true);
            time.advance(Duration.ofMinutes(59));
            land(true);
            assertThat(reader.query("SELECT sum(n) AS s FROM usage.platform")
                            .table()
                            .row(0)
                            .toMap()
                            .get("s"))
                    .hasToString("10");
        }
        assertThat(files()).isEqualTo(3);

        time.advance(Duration.ofMinutes(2));
        land(true);
        assertThat(files()).isEqualTo(1);
        assertThat(query(file(), "SELECT sum(n) AS s FROM usage.platform")).isEqualTo("[10]");
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("it's files"))) {
            return files.filter(file -> file.toString().endsWith(".parquet")).count();
        }
    }

    @Test
    void what_is_left_of_vanished_tables_is_deleted_an_hour_later_and_nothing_of_others() throws IOException {
        table("platform").sink().write(usage("a", 0, 3));
        table("gone").sink().write(usage("a", 3, 5));
        table("kept").sink().write(usage("a", 5, 6));
        land(true);
        Path files = folder.resolve("it's files");
        Path gone = place("gone");
        Path kept = place("kept");
        String written = "a".repeat(40) + ".parquet";
        Path half = Files.createFile(place("platform").resolve("." + written + "-77.part"));
        List<Path> strangers = List.of(
                kept.resolve("notes.txt"),
                kept.resolve("part-0.parquet"),
                place("platform").resolve("old.parquet"),
                files.resolve("mine-0123456789abcdef/" + written + ".bak"),
                kept.getParent().resolve("mine-0123456789abcdef/x.parquet"),
                kept.getParent().resolve("mine/" + written));
        for (Path stranger : strangers) {
            Files.createDirectories(stranger.getParent());
            Files.writeString(stranger, "not of a landing");
            Files.setLastModifiedTime(stranger, FileTime.from(Instant.EPOCH));
        }
        Path linked = folder.resolve("elsewhere");
        Files.createDirectories(linked);
        Files.setLastModifiedTime(Files.createFile(linked.resolve(written)), FileTime.from(Instant.EPOCH));
        Files.createSymbolicLink(kept.resolveSibling("link-0123456789abcdef"), linked);

        share.remove("gone");
        share.remove("kept");
        land(true);
        assertThat(half).doesNotExist();
        assertThat(gone).isNotEmptyDirectory();

        time.advance(Duration.ofMinutes(61));
        land(true);
        assertThat(gone).doesNotExist();
        assertThat(kept)
                .isDirectoryNotContaining(file -> file.getFileName().toString().length() > 40);
        assertThat(strangers).allSatisfy(stranger -> assertThat(stranger).exists());
        assertThat(linked.resolve(written)).exists();
        assertThat(query(file(), "SELECT sum(n) AS s FROM usage.platform")).isEqualTo("[3]");
    }

    private Path place(String table) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("it's files"))) {
            return all.filter(path -> path.getFileName().toString().startsWith("acme.usage." + table + "-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void two_landings_of_a_share_do_not_write_to_one_folder_at_a_time() {
        table("platform").sink().write(usage("a", 0, 3));
        AtomicReference<KeywharfException> second = new AtomicReference<>();
        client().landViews("acme", folder.resolve("it's files"), () -> {
            second.set(catchThrowableOfType(KeywharfException.class, () -> land(true)));
            return DuckDbFile.replace(file());
        });

        assertThat(second.get().code()).isEqualTo("sharing.busy");
        assertThat(second.get().retryable()).isTrue();
        assertThat(land(true)).hasSize(1);
    }

    @Test
    void shares_of_two_servers_can_have_one_folder() throws IOException {
        table("platform").sink().write(usage("a", 0, 3));
        land(true);
        ScriptedShare other = new ScriptedShare(time);
        other.table("platform").create(USAGE, List.of("tenant_id"));
        other.table("platform").sink().write(usage("b", 3, 5));
        Path another = folder.resolve("other.duckdb");
        time.advance(Duration.ofMinutes(61));
        try (FakeServer elsewhere = FakeServer.start(other)) {
            ShareProfile profile = ShareProfile.bearer(URI.create(elsewhere.uri() + "/api"), Secret.of("b"));
            DeltaSharingClient.builder(profile)
                    .tempDirectory(folder.resolve("temporary"))
                    .clock(time, time)
                    .build()
                    .landViews("acme", folder.resolve("it's files"), () -> DuckDbFile.replace(another));
        }

        assertThat(query(file(), "SELECT sum(n) AS s FROM usage.platform")).isEqualTo("[3]");
        assertThat(query(another, "SELECT sum(n) AS s FROM usage.platform")).isEqualTo("[7]");
    }

    @Test
    void a_landing_that_fails_leaves_the_file_as_it_was() throws IOException {
        DeltaTable table = table("platform");
        table.sink().write(usage("a", 0, 3));
        land(false);
        table("other").sink().write(usage("a", 0, 3));
        table.sink().write(usage("a", 3, 6));
        share.file = response -> HttpResponse.of(404);

        assertThatThrownBy(() -> land(false)).isInstanceOf(KeywharfException.class);
        assertThat(query(file(), "SELECT sum(n) AS s FROM usage.platform")).contains("3");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void a_file_that_somebody_writes_to_is_not_replaced() throws IOException {
        table("platform").sink().write(usage("a", 0, 3));
        land(false);
        Files.writeString(folder.resolve("acme's.duckdb.wal"), "x");

        assertThatThrownBy(() -> land(false))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("query.file_in_use"));
        assertThatThrownBy(() -> DuckDbFile.replace(folder.resolve("missing/x.duckdb")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("query.cannot_open"));
    }

    @Test
    void names_of_folders_are_neither_columns_nor_patterns() throws IOException {
        table("platform").sink().write(usage("a", 0, 3));
        Path odd = folder.resolve("n=7/tenant_id=x/[a] * ?");
        Path other = folder.resolve("n=7/tenant_id=x/a b c");

        client().landViews("acme", odd, () -> DuckDbFile.replace(file()));
        assertThat(query(file(), "SELECT tenant_id, sum(n) AS s FROM usage.platform GROUP BY 1"))
                .isEqualTo("[a, 3]");
        try (Stream<Path> all = Files.walk(odd)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path copy = other.resolve(odd.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        assertThat(query(file(), "SELECT tenant_id, sum(n) AS s FROM usage.platform GROUP BY 1"))
                .isEqualTo("[a, 3]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_view_shows_the_rows_that_are_left_after_others_were_deleted_instead(boolean inline) throws IOException {
        share.delta = true;
        DeltaTable table = table("platform");
        table.sink().write(usage("a", 0, 3));
        String[] vectors = {
            "^Bg9^0rr910000000000iXQKl0rr91000005c8Xg00000", "^Bg9^0rr910000000000iXQKl0rr91000005c8Xg0rr91"
        };
        for (int row = 0; row < 2; row++) {
            String path = inline ? vectors[row] : "vector-" + row + ".bin";
            if (!inline) {
                store("platform/" + path, vector(row));
            }
            markDeleted(
                    table,
                    2 + row,
                    "{\"storageType\":\"" + (inline ? "i" : "p") + "\",\"pathOrInlineDv\":\"" + path + "\","
                            + (inline ? "" : "\"offset\":1,") + "\"sizeInBytes\":34,\"cardinality\":1}");
            assertThat(numbers(table.rows())).containsExactlyElementsOf(row == 0 ? List.of(1L, 2L) : List.of(0L, 2L));

            land(true);
            assertThat(query(file(), "SELECT n FROM usage.platform ORDER BY 1"))
                    .isEqualTo(row == 0 ? "[1][2]" : "[0][2]");
            DeltaSharingTable shared = client().table("acme", "usage", "platform");
            Path downloads = folder.resolve("downloads");
            DownloadedFile file = shared.query().download(downloads).get(0);
            assertThat(numbers(DeltaSnapshot.of(
                                    "downloaded",
                                    io.github.keywharf.store.ObjectStore.ofDirectory(downloads),
                                    table.snapshot().protocol(),
                                    table.snapshot().metadata(),
                                    1)
                            .rows(List.of(new DeltaFile(
                                    file.path().getFileName().toString(),
                                    file.path().getFileName().toString(),
                                    1,
                                    file.partitionValues(),
                                    Instant.EPOCH,
                                    Optional.empty(),
                                    file.deletionVector(),
                                    java.util.Map.of())))))
                    .containsExactlyElementsOf(row == 0 ? List.of(1L, 2L) : List.of(0L, 2L));
        }
    }

    private static List<Long> numbers(Rows rows) {
        try (rows) {
            return rows.stream().map(row -> row.longValue("n")).sorted().toList();
        }
    }

    /** A restored version, whose rows are deleted by another vector. */
    private void markDeleted(DeltaTable table, long version, String vector) throws IOException {
        DeltaFile file = table.snapshot().files().findFirst().orElseThrow();
        String same = "\"path\":\"" + file.path() + "\",\"dataChange\":true,\"partitionValues\":{\"tenant_id\":\"a\"},"
                + "\"size\":" + file.size();
        String before = file.deletionVector()
                .map(old -> ",\"deletionVector\":{\"storageType\":\"" + old.storageType() + "\",\"pathOrInlineDv\":\""
                        + old.pathOrInlineDv() + "\","
                        + (old.offset().isPresent() ? "\"offset\":1," : "")
                        + "\"sizeInBytes\":34,\"cardinality\":1}")
                .orElse("");
        store(
                String.format(java.util.Locale.ROOT, "platform/_delta_log/%020d.json", version),
                ("{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"deletionVectors\","
                                + "\"timestampNtz\"],\"writerFeatures\":[\"deletionVectors\",\"timestampNtz\"]}}\n"
                                + "{\"remove\":{" + same + before + "}}\n"
                                + "{\"add\":{" + same + ",\"modificationTime\":1,\"deletionVector\":" + vector + "}}\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** The set of one row, alone in its file. */
    private static byte[] vector(int row) {
        ByteBuffer bitmap = ByteBuffer.allocate(34).order(ByteOrder.LITTLE_ENDIAN);
        bitmap.putInt(1681511377).putLong(1).putInt(0).putInt(12346).putInt(1);
        bitmap.putShort((short) 0).putShort((short) 0).putInt(16).putShort((short) row);
        CRC32 checksum = new CRC32();
        checksum.update(bitmap.array());
        return ByteBuffer.allocate(43)
                .put((byte) 1)
                .putInt(34)
                .put(bitmap.array())
                .putInt((int) checksum.getValue())
                .array();
    }

    private void store(String key, byte[] content) throws IOException {
        try (ObjectWriter writer = share.store.create(key)) {
            writer.write(content);
            writer.commit();
        }
    }

    @Test
    void a_table_that_was_made_again_shows_none_of_its_earlier_rows() throws IOException {
        DeltaTable table = table("platform");
        table.sink().write(usage("a", 0, 3));
        land(true);
        DeltaFile file = table.snapshot().files().findFirst().orElseThrow();
        DeltaTable later = share.table("later");
        later.create(USAGE, List.of("tenant_id"));
        later.sink().write(usage("a", 5, 8));
        byte[] content = share.store.readSmall(
                "later/" + later.snapshot().files().findFirst().orElseThrow().key());
        store("platform/" + file.key(), content);
        String metadata = new String(
                        share.store.readSmall("platform/_delta_log/00000000000000000000.json"), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("{\"metaData\""))
                .findFirst()
                .orElseThrow()
                .replace(table.snapshot().metadata().id(), "another");
        store(
                "platform/_delta_log/00000000000000000002.json",
                (metadata + "\n{\"add\":{\"path\":\"" + file.path() + "\",\"dataChange\":true,\"modificationTime\":1,"
                                + "\"partitionValues\":{\"tenant_id\":\"a\"},\"size\":" + content.length + "}}\n")
                        .getBytes(StandardCharsets.UTF_8));

        land(true);
        assertThat(query(file(), "SELECT sum(n) AS s FROM usage.platform")).isEqualTo("[18]");
    }

    @Test
    void the_script_quotes_all_that_it_is_given_and_hides_the_token() throws IOException {
        DeltaSharingTable table = client().table("a'b", "us\"age", "plat'form");
        DuckDbShareScript script = DuckDbShareScript.of(profile(), List.of(table));

        assertThat(script.withToken().reveal())
                .contains("BEARER_TOKEN 'it''s \"hush\"; --');\n")
                .contains("CREATE OR REPLACE VIEW \"us\"\"age\".\"plat'form\" AS SELECT * FROM"
                        + " delta_share_read('a''b', 'us\"age', 'plat''form');\n");
        assertThat(script + "" + script.withToken() + script.withTokenFrom(Path.of("x")))
                .doesNotContain("hush");

        Path token = Files.writeString(folder.resolve("it's.token"), " it's \"hush\"; --\n");
        Path file = folder.resolve("it's.share");
        profile().write(file);
        for (Path from : List.of(token, file)) {
            String set = script.withTokenFrom(from)
                    .lines()
                    .filter(line -> line.startsWith("SET VARIABLE"))
                    .findFirst()
                    .orElseThrow();
            String value = set.substring(set.indexOf('=') + 1, set.length() - 1);
            try (QueryEngine engine = DuckDbEngine.builder().fileAccess(true).open()) {
                assertThat(engine.query("SELECT " + value + " AS t").table().rows().stream()
                                .map(row -> row.toMap().get("t")))
                        .containsExactly("it's \"hush\"; --");
            }
        }
        ShareProfile basic = new ShareProfile(2, profile().endpoint(), new ShareCredentials.Basic("a", Secret.of("b")));
        assertThatThrownBy(() -> DuckDbShareScript.of(basic, List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
