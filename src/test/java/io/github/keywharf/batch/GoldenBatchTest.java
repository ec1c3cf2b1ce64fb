package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.GoldenCopies;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger, profiles, users and states of uploads of version 0.1.0 are read, and written no differently. */
class GoldenBatchTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:20:30.405060Z");
    private static final Organisation TENANT = Organisation.of("customer-1");

    /** A file in each state. */
    private static List<IngestedFile> files() {
        List<IngestedFile> files = new ArrayList<>();
        for (FileState state : FileState.values()) {
            boolean started = state == FileState.RUNNING || state == FileState.DONE || state == FileState.FAILED;
            files.add(new IngestedFile(
                    Integer.toHexString(files.size()).repeat(32),
                    TENANT,
                    "Übersicht \"2026\" \\ " + state.name().toLowerCase(Locale.ROOT) + " 😀.csv",
                    1L << 50,
                    state == FileState.REFUSED ? "" : "a".repeat(64),
                    state,
                    started ? 3 : 0,
                    AT,
                    started ? Optional.of(AT.plusSeconds(1)) : Optional.empty(),
                    state.hasEnded() ? Optional.of(AT.plusSeconds(2)) : Optional.empty(),
                    started ? 1L << 40 : 0,
                    started ? 999 : 0,
                    started ? 2 : 0,
                    started ? "" : "data_sizes: \"5\" KB; allowed: 4 <KB>"));
        }
        return files;
    }

    @Test
    void entries_of_the_ledger_are_read_and_written_as_before() {
        check("ledger/entry.json", new LedgerEntry("writer-1", files()));
        check("ledger/entry-empty.json", new LedgerEntry("", List.of()));
    }

    private static void check(String name, LedgerEntry entry) {
        GoldenCopies.assertWritten(name, LedgerEntry.FORMAT.write(entry));
        assertThat(LedgerEntry.FORMAT.read("ledger", GoldenCopies.read(name))).isEqualTo(entry);
    }

    @Test
    void snapshots_of_the_ledger_are_read_and_written_as_before() {
        String key = "00000000000000000512.jsonl";
        ObjectStore written = ObjectStore.inMemory();
        new LedgerSnapshots(written).write(512, files());
        GoldenCopies.assertWritten("ledger/" + key, written.readSmall(key));

        ObjectStore store = ObjectStore.inMemory();
        store.createIfAbsent(key, GoldenCopies.read("ledger/" + key));
        LedgerSnapshots snapshots = new LedgerSnapshots(store);
        List<IngestedFile> read = new ArrayList<>();
        assertThat(snapshots.newest()).hasValue(512);
        snapshots.read(512, read::add);
        assertThat(read).isEqualTo(files());
    }

    private static final String ALL_KEYS = """
            {"formats": [".csv", ".jsonl"], "number_files": 10, "data_sizes": 4096, "bytes_a_day": 1000000,
             "columns": ["a", {"name": "b \\"ü\\"", "type": "decimal(10,2)", "required": true},
                         {"name": "c", "type": "date", "required": false}],
             "app": "rows", "concurrency": 2, "attempts": 5, "time_limit_seconds": 60,
             "schedule": {"from": "22:00", "to": "06:30", "zone": "Europe/London"},
             "target": {"keyspace": "customer1", "table": "application"},
             "values": {"nulls": ["nan", ""], "dates": "dd.MM.uuuu", "timestamps": "dd.MM.uuuu HH:mm",
                        "times": "HH.mm", "zone": "Europe/Berlin", "decimal_point": ",", "group_separator": ".",
                        "true": ["ja"], "false": ["nein"]},
             "row_id": "id",
             "steps": [{"trim": ["a"]}, {"rename": {"a": "name"}}, {"retype": {"columns": {"name": "float64"},
                        "values": {"nulls": ["x"]}}}, {"default": {"c": "01.02.2026"}}, {"require": ["name"]},
                       {"filter": {"column": "name", "op": "ge", "value": 4.50}}, {"distinct": ["name"]},
                       {"limit": 10}, {"select": ["name"]}]}
            """;

    @Test
    void profiles_of_tenants_are_read_and_written_as_before() {
        check("profiles/all-keys.json", TenantProfile.parse(TENANT, ALL_KEYS));
        check("profiles/defaults.json", TenantProfile.builder(TENANT).build());
        check("profiles/names-only.json", TenantProfile.parse(TENANT, "{\"columns\": [\"a\", \"b\"]}"));
    }

    private static void check(String name, TenantProfile profile) {
        GoldenCopies.assertWritten(name, profile.toJson().getBytes(StandardCharsets.UTF_8));
        assertThat(TenantProfile.read(TENANT, GoldenCopies.path(name))).isEqualTo(profile);
    }

    @Test
    void users_and_their_passwords_are_read_as_before_and_stay_when_others_change(@TempDir Path directory)
            throws IOException {
        Path file = Files.write(directory.resolve("users.json"), GoldenCopies.read("users/users.json"));
        TenantUsers users = TenantUsers.file(file);

        assertThat(users.names()).containsExactly("customer-1", "customer-2");
        try (Secret first = Secret.of("password-1");
                Secret second = Secret.of("pässwörd 漢字")) {
            assertThat(users.matches("customer-1", first)).isTrue();
            assertThat(users.matches("customer-2", second)).isTrue();
            assertThat(users.matches("customer-2", first)).isFalse();
            users.put("customer-3", second);
        }
        users.remove("customer-3");
        GoldenCopies.assertWritten("users/users.json", Files.readAllBytes(file));
    }

    /** The digest in a state is of a file's inode and time, so that a copy gets that of the file that is there. */
    @Test
    void states_of_uploads_are_read_and_written_as_before(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("a.csv"), new byte[FetchStates.SMALLEST]);
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        URI upload = URI.create("https://localhost/ingest/uploads/0123456789abcdef?x=%22");
        FetchStates states = states(directory);

        states.keep(file, "a.csv", attributes, upload);
        Path state = stateFile(directory);
        String written = Files.readString(state);
        String digest = written.replaceAll(".*\"file\":\"([0-9a-f]{64})\".*", "$1");
        GoldenCopies.assertWritten(
                "uploads/fetch-state.json",
                written.replace(digest, "0".repeat(64)).getBytes(StandardCharsets.UTF_8));

        Files.writeString(state, GoldenCopies.text("uploads/fetch-state.json").replace("0".repeat(64), digest));
        assertThat(states(directory).find(file, "a.csv", attributes)).contains(upload);
        Files.write(state, GoldenCopies.read("uploads/fetch-state.json"));
        assertThat(states(directory).find(file, "a.csv", attributes))
                .as("of another file")
                .isEmpty();
    }

    private static FetchStates states(Path directory) {
        FetchSettings settings = FetchData.builder(URI.create("https://localhost/ingest"), TENANT, Secret.of("right"))
                .directory(directory)
                .settings();
        return new FetchStates(settings, new FetchServer(settings));
    }

    private static Path stateFile(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(FetchData.Builder.STATE_DIRECTORY))) {
            return files.findFirst().orElseThrow();
        }
    }
}
