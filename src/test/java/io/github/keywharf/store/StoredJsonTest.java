package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.github.keywharf.KeywharfException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredJsonTest {
    private enum Colour {
        RED,
        GREEN
    }

    private record Name(String text) {}

    private record Part(String name, long rows, boolean whole) {
        Part {
            if (rows < 0) {
                throw new IllegalArgumentException("rows are " + rows + ", and cannot be negative");
            }
        }

        /** Not a member, although it is named as one of a bean. */
        @SuppressWarnings({"UnusedMethod", "EffectivelyPrivate"}) // Jackson calls public methods only.
        public boolean isEmpty() {
            return rows == 0;
        }
    }

    private record Times(Instant at, Duration took, LocalDateTime local) {}

    private record Sample(
            Name owner,
            @JsonProperty("colour_of") Colour colour,
            UUID id,
            List<Part> parts,
            Map<String, Part> named,
            Optional<Times> times,
            @Nullable String note,
            @JsonInclude(JsonInclude.Include.ALWAYS) Optional<Long> size,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Long> counts) {}

    private static final StoredJson<Sample> FORMAT = StoredJson.of(
                    Sample.class, "sample", "test.bad_sample", "restore it")
            .version("version", 1)
            .storing(Name.class, String.class, Name::text, Name::new);

    private static final Part PART = new Part("ü \"1\"", 1L << 40, true);
    private static final UUID ID = UUID.fromString("5d5a6b2e-2222-4000-8000-000000000002");
    private static final Sample FULL = new Sample(
            new Name("me"),
            Colour.GREEN,
            ID,
            List.of(PART, new Part("", 0, false)),
            Map.of("b", PART, "a.x", PART),
            Optional.of(
                    new Times(Instant.parse("2026-01-01T00:00:00.000001Z"), Duration.ofMillis(5), LocalDateTime.MIN)),
            "n",
            Optional.of(5L),
            Map.of("x", Long.MAX_VALUE));
    private static final Sample BARE = new Sample(
            new Name(""), Colour.RED, ID, List.of(), Map.of(), Optional.empty(), null, Optional.empty(), Map.of());
    private static final String BARE_JSON = "{\"version\":1,\"owner\":\"\",\"colour_of\":\"RED\",\"id\":\"" + ID
            + "\",\"parts\":[],\"named\":{},\"note\":null,\"size\":null}";

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void what_was_written_is_read() {
        assertThat(FORMAT.read("s", FORMAT.write(FULL))).isEqualTo(FULL);
        assertThat(FORMAT.read("s", FORMAT.indented().write(FULL))).isEqualTo(FULL);
        assertThat(FORMAT.read("s", FORMAT.write(BARE))).isEqualTo(BARE);
    }

    @Test
    void members_are_in_the_order_of_components_and_maps_in_that_of_keys() {
        assertThat(FORMAT.write(BARE)).asString(StandardCharsets.UTF_8).isEqualTo(BARE_JSON);
        assertThat(FORMAT.write(FULL))
                .asString(StandardCharsets.UTF_8)
                .contains("\"named\":{\"a.x\":")
                .contains("\"parts\":[{\"name\":\"ü \\\"1\\\"\",\"rows\":1099511627776,\"whole\":true},")
                .contains("\"times\":{\"at\":\"2026-01-01T00:00:00.000001Z\",\"took\":\"PT0.005S\",");
        assertThat(FORMAT.indented().write(BARE))
                .asString(StandardCharsets.UTF_8)
                .startsWith("{\n  \"version\" : 1,\n  \"owner\"");
    }

    @Test
    void a_member_that_was_added_may_be_missing_and_is_written() {
        StoredJson<Sample> format = FORMAT.added("owner", new Name("nobody")).added("parts", List.of(PART));
        Sample nobody = new Sample(
                new Name("nobody"),
                Colour.RED,
                ID,
                List.of(PART),
                Map.of(),
                Optional.empty(),
                null,
                Optional.empty(),
                Map.of());
        byte[] before = bytes(BARE_JSON.replace("\"owner\":\"\",", "").replace("\"parts\":[],", ""));

        assertThat(format.read("s", before)).isEqualTo(nobody);
        assertThat(format.read("s", bytes(BARE_JSON))).isEqualTo(BARE);
        assertThat(format.write(BARE)).asString(StandardCharsets.UTF_8).isEqualTo(BARE_JSON);
        assertThatThrownBy(() -> format.read("s", bytes(BARE_JSON.replace("\"owner\":\"\"", "\"owner\":null"))))
                .hasMessageContaining("its member 'owner' is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"owner\":\"\"       | \"owner\":\"\",\"x\":1           | its member 'x' is not known",
                "\"owner\":\"\",      |                                  | its member 'owner' is missing",
                "\"owner\":\"\"       | \"owner\":null                   | its member 'owner' is missing",
                "\"owner\":\"\"       | \"owner\":5                      | its member 'owner' is not a valid String",
                "\"owner\":\"\"       | \"owner\":true                   | its member 'owner' is not a valid String",
                "\"owner\":\"\"       | \"owner\":\"\",\"owner\":\"\"    | it is not JSON, or repeats a member (line 1,",
                "\"RED\"              | \"BLUE\"                         | its member 'colour_of' is not a valid Colour",
                "\"RED\"              | 0                                | its member 'colour_of' is not a valid Colour",
                "\"RED\"              | \"\"                             | its member 'colour_of' is not a valid Colour",
                "\"parts\":[]         | \"parts\":{}                     | its member 'parts' is not",
                "\"parts\":[]         | \"parts\":[null]                 | its member 'parts",
                "\"parts\":[]         | \"parts\":[{}]                   | its member 'parts[0].name' is missing",
                "\"named\":{}         | \"named\":{\"k\":{\"name\":\"\",\"rows\":1,\"whole\":true,\"z\":0}} | its member 'named.k.z' is not known",
                "\"named\":{}         | \"named\":{\"k\":{\"name\":\"\",\"rows\":\"1\",\"whole\":true}} | its member 'named.k.rows' is not a valid long",
                "\"named\":{}         | \"named\":{\"k\":{\"name\":\"\",\"rows\":1.5,\"whole\":true}} | its member 'named.k.rows' is not a valid long",
                "\"named\":{}         | \"named\":{\"k\":{\"name\":\"\",\"rows\":null,\"whole\":true}} | its member 'named.k.rows' is missing",
                "\"named\":{}         | \"named\":{\"k\":{\"name\":\"\",\"rows\":1,\"whole\":\"true\"}} | its member 'named.k.whole' is not a valid boolean",
                "\"named\":{}         | \"named\":{\"k\":{\"name\":\"\",\"rows\":1,\"whole\":1}} | its member 'named.k.whole' is not a valid boolean",
                "\"named\":{}         | \"named\":{\"k\":{\"name\":\"\",\"rows\":-1,\"whole\":true}} | its member 'named.k' is refused: rows are -1",
                "\"note\":null        | \"times\":null                   | its member 'times' is",
                "\"note\":null        | \"times\":{\"at\":\"soon\",\"took\":\"PT0S\",\"local\":\"x\"} | its member 'times.at' is refused",
                "\"note\":null        | \"counts\":{\"x\":null}          | its member 'counts",
                ",\"note\":null       |                                  | its member 'note' is missing",
                ",\"size\":null       |                                  | its member 'size' is missing",
                "\"size\":null        | \"size\":\"5\"               | its member 'size' is not a valid",
                "\"version\":1        | \"version\":2                    | is of version 2, and this library reads 1",
                "\"version\":1        | \"version\":\"1\"                | is of version ?, and this library reads 1",
                "\"version\":1,       |                                  | is of version ?, and this library reads 1",
                "null}                | null}{}                          | it is not JSON",
                "null}                | null                             | it is not JSON"
            })
    void anything_else_is_refused_with_the_path_of_the_member(String what, @Nullable String by, String reason) {
        String json = BARE_JSON.replace(what, by == null ? "" : by);
        assertThat(json).isNotEqualTo(BARE_JSON);

        assertThatThrownBy(() -> FORMAT.read("bucket/key", bytes(json)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("test.bad_sample"))
                .hasMessageStartingWith("[bucket/key] The sample ")
                .hasMessageContaining(reason)
                .hasMessageContaining("; restore it");
    }

    @Test
    void what_is_not_an_object_or_too_deep_is_refused() {
        for (String json :
                List.of("", "[]", "null", "5", "[".repeat(40), "{\"version\":1,\"parts\":" + "[".repeat(40))) {
            assertThatThrownBy(() -> FORMAT.read("s", bytes(json)))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("test.bad_sample"));
        }
    }

    @Test
    void no_value_is_in_a_message_or_in_a_cause_of_the_parser() {
        for (String value : List.of("\"s3cret\"", "[\"s3cret\"]", "s3cret", "{\"a\":\"s3cret\"}")) {
            assertThatThrownBy(() -> FORMAT.read("s", bytes(BARE_JSON.replace("\"RED\"", value))))
                    .hasMessageNotContaining("s3cret")
                    .hasNoCause();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "s3cret,PT0S,2026-01-01T00:00",
        "2026-01-01T00:00:00Z,s3cret,2026-01-01T00:00",
        "2026-01-01T00:00:00Z,PT0S,s3cret"
    })
    void what_is_not_a_time_is_quoted_neither_in_the_message_nor_in_a_cause(String at, String took, String local) {
        String times = "\"times\":{\"at\":\"" + at + "\",\"took\":\"" + took + "\",\"local\":\"" + local + "\"}";

        assertThatThrownBy(() -> FORMAT.read("s", bytes(BARE_JSON.replace("\"note\"", times + ",\"note\""))))
                .hasMessageContaining(" is refused: it is not a time of ISO 8601;")
                .hasMessageNotContaining("s3cret")
                .cause()
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    void what_a_record_says_of_a_value_is_cut_and_on_one_line() {
        StoredJson<Sample> refusing = FORMAT.storing(Name.class, String.class, Name::text, text -> {
            throw new IllegalArgumentException("not " + text);
        });

        for (String json : List.of(
                BARE_JSON.replace("\"owner\":\"\"", "\"owner\":\"a\\nb" + "c".repeat(100_000) + "\""),
                BARE_JSON.replace("\"version\":1", "\"version\":" + "9".repeat(900)))) {
            assertThatThrownBy(() -> refusing.read("s", bytes(json)))
                    .extracting(Throwable::getMessage)
                    .asString()
                    .hasSizeLessThan(500)
                    .doesNotContain("\n");
        }
    }

    private record End(
            Optional<Instant> until,
            @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> by) {}

    private record Span(Instant from, @JsonUnwrapped End end) {}

    private record Task(String name, @JsonUnwrapped Span span) {}

    private record Tasks(List<Task> tasks) {}

    private static final StoredJson<Tasks> TASKS = StoredJson.of(Tasks.class, "tasks", "test.bad_tasks", "restore them")
            .version("version", 1);

    @Test
    void members_of_an_unwrapped_component_stand_beside_the_others() {
        Tasks tasks = new Tasks(List.of(
                new Task("load", new Span(Instant.EPOCH, new End(Optional.empty(), Optional.empty())))));

        String text = new String(TASKS.write(tasks), StandardCharsets.UTF_8);

        assertThat(text).contains("{\"name\":\"load\",\"from\":\"1970-01-01T00:00:00Z\",\"by\":null}");
        assertThat(TASKS.read("tasks/1", text.getBytes(StandardCharsets.UTF_8))).isEqualTo(tasks);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"name\":\"a\",\"from\":\"1970-01-01T00:00:00Z\",\"by\":null,\"frm\":1', frm",
        "'\"name\":\"a\",\"from\":\"1970-01-01T00:00:00Z\",\"by\":null,\"span\":{}', span",
        "'\"name\":\"a\",\"from\":\"1970-01-01T00:00:00Z\",\"by\":null,\"end\":{}', end",
        "'\"name\":\"a\",\"from\":\"1970-01-01T00:00:00Z\"', by",
        "'\"name\":\"a\",\"by\":null', from",
        "'\"name\":\"a\",\"from\":null,\"by\":null', from",
        "'\"name\":\"a\",\"from\":\"MCMLXX\",\"by\":null', from",
        "'\"name\":\"a\",\"from\":\"1970-01-01T00:00:00Z\",\"by\":null,\"by\":null', repeats a member",
        "'\"from\":\"1970-01-01T00:00:00Z\",\"by\":null', name"
    })
    void a_record_with_an_unwrapped_component_is_read_as_strictly(String members, String named) {
        byte[] content = ("{\"version\":1,\"tasks\":[{" + members + "}]}").getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> TASKS.read("tasks/1", content))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("tasks/1")
                .hasMessageContaining(named);
    }

    private record Place(String house, String room) {}

    private record House(String name, List<Place> rooms, Map<String, Integer> years) {}

    private record Houses(List<House> houses) {}

    @Test
    void a_member_that_repeats_one_of_an_outer_object_is_not_stored() {
        StoredJson<Houses> format = StoredJson.of(Houses.class, "houses", "test.bad_houses", "restore them")
                .inherited("house", "houses", "name");
        Houses houses = new Houses(List.of(
                new House("a", List.of(new Place("a", "hall")), Map.of("built", 1900)),
                new House("b", List.of(new Place("b", "hall"), new Place("b", "attic")), Map.of())));

        String text = new String(format.write(houses), StandardCharsets.UTF_8);

        assertThat(text).startsWith("{\"houses\":[{\"name\":\"a\",\"rooms\":[{\"room\":\"hall\"}],");
        assertThat(format.read("houses", text.getBytes(StandardCharsets.UTF_8))).isEqualTo(houses);
        assertThatThrownBy(() -> format.read(
                        "houses", text.replaceFirst("\"name\":\"b\",", "").getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("'houses[1].name' is missing");
    }
}
