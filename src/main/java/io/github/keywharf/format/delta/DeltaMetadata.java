package io.github.keywharf.format.delta;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a table is.
 *
 * @param id a UUID that the table keeps
 * @param name as a person gave it
 * @param description as a person gave it
 * @param schemaJson the columns as the log has them
 * @param partitionColumns the columns whose value is the same in all rows of a file, in order
 * @param configuration properties of the table
 * @param createdTime when the metadata was written
 */
public record DeltaMetadata(
        String id,
        Optional<String> name,
        Optional<String> description,
        String schemaJson,
        List<String> partitionColumns,
        Map<String, String> configuration,
        Optional<Instant> createdTime) {

    /** How columns are found in files. */
    enum Mapping {
        NONE,
        NAME
    }

    static DeltaMetadata of(Fields fields) {
        fields.group("format")
                .flatMap(format -> format.optionalText("provider"))
                .ifPresent(provider -> {
                    if (!provider.equals("parquet")) {
                        throw DeltaErrors.unsupported(
                                fields.subject(),
                                "has files of the format '" + provider + "', but only parquet is read");
                    }
                });
        return new DeltaMetadata(
                fields.text("id"),
                fields.optionalText("name"),
                fields.optionalText("description"),
                fields.text("schemaString"),
                fields.list("partitionColumns").orElse(List.of()),
                fields.presentTexts("configuration"),
                fields.optionalNumber("createdTime").map(Instant::ofEpochMilli));
    }

    Mapping mapping(String table) {
        String mode = configuration.getOrDefault("delta.columnMapping.mode", "none");
        return switch (mode) {
            case "none" -> Mapping.NONE;
            case "name" -> Mapping.NAME;
            default ->
                throw DeltaErrors.unsupported(
                        table,
                        "maps columns by '" + mode + "'; only the modes name and none are read, so rewrite the table"
                                + " with delta.columnMapping.mode = name");
        };
    }

    boolean hasInCommitTimestamps() {
        return Boolean.parseBoolean(configuration.get("delta.enableInCommitTimestamps"));
    }

    /** A property that is a whole number. */
    int number(String property, int otherwise) {
        try {
            return Integer.parseInt(configuration.getOrDefault(property, "" + otherwise));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** Refuses what an append would have to check or to make. */
    void checkWritable(String table, DeltaTypes types) {
        String inUse = mapping(table) != Mapping.NONE
                ? "column mapping"
                : configuration.keySet().stream().anyMatch(key -> key.startsWith("delta.constraints."))
                        ? "CHECK constraints"
                        : types.unwritable()
                                .or(() -> partitionColumns.stream()
                                        .filter(name -> types.logical().contains(name)
                                                && !PartitionText.isPartitionType(types.logical()
                                                        .column(name)
                                                        .type()))
                                        .map(name -> "the partition column '" + name + "' of bytes")
                                        .findFirst())
                                .orElse("");
        if (!inUse.isEmpty()) {
            throw DeltaErrors.unsupported(
                    table, "has " + inUse + ", which an append by this library would not keep; write by Spark");
        }
    }

    @Override
    public String toString() {
        return "DeltaMetadata[" + id
                + name.map(text -> ", " + text).orElse("")
                + description.map(text -> ", " + text).orElse("")
                + createdTime.map(time -> ", of " + time).orElse("") + ", partitioned by " + partitionColumns + ", "
                + configuration + ", " + schemaJson + "]";
    }

    Map<String, Object> toAction() {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("id", id);
        name.ifPresent(value -> action.put("name", value));
        description.ifPresent(value -> action.put("description", value));
        action.put("format", Map.of("provider", "parquet", "options", Map.of()));
        action.put("schemaString", schemaJson);
        action.put("partitionColumns", partitionColumns);
        action.put("configuration", configuration);
        createdTime.ifPresent(value -> action.put("createdTime", value.toEpochMilli()));
        return action;
    }
}
