package io.github.keywharf.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads and writes profiles as JSON. */
final class ProfileJson {
    static final String CODE = "batch.bad_profile";

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final Set<String> KEYS = Set.of(
            "formats",
            "number_files",
            "data_sizes",
            "bytes_a_day",
            "columns",
            "app",
            "concurrency",
            "attempts",
            "time_limit_seconds",
            "schedule",
            "target",
            "values",
            "row_id",
            "steps");

    private ProfileJson() {}

    static TenantProfile parse(Organisation tenant, String subject, byte[] content) {
        try {
            if (content.length > TenantProfile.MAX_BYTES) {
                throw new IllegalArgumentException(
                        "has " + content.length + " bytes; up to " + TenantProfile.MAX_BYTES + " are allowed");
            }
            return profile(tenant, JSON.readTree(content));
        } catch (JsonProcessingException e) {
            throw bad(subject, "is not JSON: " + ProfileText.shown(e.getOriginalMessage()) + place(e), e);
        } catch (IOException | IllegalArgumentException e) {
            throw bad(subject, String.valueOf(e.getMessage()), e);
        }
    }

    private static KeywharfException bad(String subject, String problem, Exception cause) {
        return new KeywharfException(CODE, subject, problem, cause);
    }

    static String place(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }

    /** A part of a profile that is given as text. */
    static JsonNode tree(String key, String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    key + " is not JSON: " + ProfileText.shown(e.getOriginalMessage()) + place(e), e);
        }
    }

    private static TenantProfile profile(Organisation tenant, JsonNode node) {
        ProfileObject json = new ProfileObject("", node, KEYS);
        TenantProfile.Builder profile = TenantProfile.builder(tenant);
        json.texts("formats", FileConstraints.MAX_FORMATS)
                .ifPresent(ends -> profile.formats(ends.toArray(String[]::new)));
        json.whole("number_files", 0, FileConstraints.MAX_NUMBER_FILES)
                .ifPresent(most -> profile.numberFiles(most.intValue()));
        json.whole("data_sizes", 0, FileConstraints.MAX_DATA_SIZES).ifPresent(profile::dataSizes);
        json.whole("bytes_a_day", 0, FileConstraints.MAX_BYTES_A_DAY).ifPresent(profile::bytesADay);
        json.find("columns").ifPresent(columns -> columns(columns, profile));
        json.text("app").ifPresent(profile::app);
        json.whole("concurrency", 1, TenantProfile.Builder.MAX_PARALLELISM)
                .ifPresent(files -> profile.parallelism(files.intValue()));
        json.whole("attempts", 1, TenantProfile.Builder.MAX_ATTEMPTS)
                .ifPresent(most -> profile.attempts(most.intValue()));
        json.whole("time_limit_seconds", 1, TenantProfile.Builder.MAX_TIME_LIMIT.toSeconds())
                .ifPresent(seconds -> profile.timeLimit(Duration.ofSeconds(seconds)));
        json.find("schedule").ifPresent(schedule -> schedule(schedule, profile));
        json.find("target").ifPresent(target -> {
            ProfileObject object = new ProfileObject("target.", target, Set.of("keyspace", "table"));
            profile.target(
                    ProfileObject.text("target.keyspace", object.required("keyspace", "a name")),
                    ProfileObject.text("target.table", object.required("table", "a name")));
        });
        json.find("values").ifPresent(values -> profile.values(values.toString()));
        json.text("row_id").ifPresent(profile::rowId);
        json.find("steps").ifPresent(steps -> profile.steps(steps.toString()));
        return profile.build();
    }

    private static void columns(JsonNode node, TenantProfile.Builder profile) {
        List<Column> columns = new ArrayList<>();
        boolean typed = false;
        for (JsonNode element : ProfileObject.list("columns", node, FileConstraints.MAX_COLUMNS)) {
            if (element.isTextual()) {
                String name = ProfileText.name("columns", ProfileObject.text("columns", element));
                columns.add(Column.nullable(name, ColumnType.STRING));
                continue;
            }
            typed = true;
            ProfileObject column = new ProfileObject("columns.", element, Set.of("name", "type", "required"));
            String name = ProfileText.name(
                    "columns", ProfileObject.text("columns.name", column.required("name", "the name of a column")));
            JsonNode required =
                    column.find("required").orElse(JSON.getNodeFactory().booleanNode(false));
            if (!required.isBoolean()) {
                throw ProfileObject.wrong("columns.required", required, "true or false");
            }
            columns.add(new Column(
                    name,
                    type("columns", name, column.required("type", "the type of the column")),
                    !required.booleanValue()));
        }
        if (typed) {
            profile.schema(Schema.of(columns));
        } else {
            profile.columns(columns.stream().map(Column::name).toList());
        }
    }

    /** The type that a profile names. */
    static ColumnType type(String key, String column, JsonNode value) {
        try {
            ColumnType type = ColumnType.parse(ProfileObject.text(key, value));
            if (type.toString().equals(value.textValue())) {
                return type;
            }
        } catch (IllegalArgumentException e) {
            // Said below, with the types that there are.
        }
        throw ProfileObject.wrong(
                key + ", the type of " + ProfileText.shown(column),
                value,
                "boolean, int32, int64, float32, float64, decimal(precision,scale), string, json, bytes, uuid, date, time,"
                        + " timestamp or timestamp_utc");
    }

    /** Refuses a column that the JSON cannot name. */
    static void checkType(Column column) {
        type(
                "columns",
                column.name(),
                JSON.getNodeFactory().textNode(column.type().toString()));
    }

    private static void schedule(JsonNode node, TenantProfile.Builder profile) {
        ProfileObject schedule = new ProfileObject("schedule.", node, Set.of("from", "to", "zone"));
        LocalTime from = time(schedule, "from");
        LocalTime to = time(schedule, "to");
        String zone = schedule.text("zone").orElse("UTC");
        try {
            profile.schedule(from, to, ZoneId.of(zone));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "schedule.zone is '" + ProfileText.shown(zone) + "'; it must be a time zone, such as Europe/Berlin",
                    e);
        }
    }

    private static LocalTime time(ProfileObject schedule, String key) {
        JsonNode value = schedule.required(key, "a time of day, such as 22:30");
        try {
            return LocalTime.parse(ProfileObject.text(schedule.path(key), value));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    schedule.path(key) + " is " + ProfileText.shown(value.toString())
                            + "; it must be a time of day, such as 22:30",
                    e);
        }
    }

    static String write(TenantProfile profile) {
        FileConstraints constraints = profile.constraints();
        ObjectNode json =
                constraints(constraints, profile.schema().map(Schema::columns).orElse(List.of()));
        json.put("app", profile.app())
                .put("concurrency", profile.parallelism())
                .put("attempts", profile.attempts())
                .put("time_limit_seconds", profile.timeLimit().toSeconds());
        profile.schedule()
                .ifPresent(schedule -> json.putObject("schedule")
                        .put("from", schedule.from().toString())
                        .put("to", schedule.to().toString())
                        .put("zone", schedule.zone().getId()));
        if (!profile.table().isEmpty()) {
            json.putObject("target").put("keyspace", profile.keyspace()).put("table", profile.table());
        }
        if (!profile.profileValues().json().isEmpty()) {
            json.set("values", profile.profileValues().json());
        }
        profile.rowId().ifPresent(column -> json.put("row_id", column));
        if (!profile.profileSteps().json().isEmpty()) {
            json.set("steps", profile.profileSteps().json());
        }
        return json.toPrettyString();
    }

    /** What a client needs to know, with the keys of a profile. */
    static ObjectNode constraints(FileConstraints constraints, List<Column> typed) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode formats = json.putArray("formats");
        constraints.formats().forEach(formats::add);
        json.put("number_files", constraints.numberFiles())
                .put("data_sizes", constraints.dataSizes())
                .put("bytes_a_day", constraints.bytesADay());
        if (!constraints.columns().isEmpty()) {
            ArrayNode columns = json.putArray("columns");
            if (typed.isEmpty()) {
                constraints.columns().forEach(columns::add);
            }
            for (Column column : typed) {
                ObjectNode object = columns.addObject()
                        .put("name", column.name())
                        .put("type", column.type().toString());
                if (!column.nullable()) {
                    object.put("required", true);
                }
            }
        }
        return json;
    }
}
