package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The types of an org's fields, by describe; each object is described once. Thread-safe. */
final class FieldTypes {
    /** The most relationships of a path: the service takes five. */
    private static final int MOST_STEPS = 10;

    private final SalesforceCalls calls;
    private final Map<String, Described> objects = new ConcurrentHashMap<>();

    FieldTypes(SalesforceCalls calls) {
        this.calls = calls;
    }

    /** An object's fields and relationships by name in lower case, in the org's order. */
    private record Described(Map<String, Field> fields, Map<String, List<String>> parents) {}

    /**
     * A field.
     *
     * @param name as the org writes it
     * @param custom whether the org added it
     */
    record Field(String name, String type, boolean custom) {}

    /** The column type of a path such as {@code Account.Owner.Name}. */
    ColumnType of(String object, String path) {
        String[] steps = path.split("\\.", -1);
        if (steps.length > MOST_STEPS) {
            throw unknown(object, path);
        }
        List<String> candidates = List.of(object);
        for (int i = 0; i < steps.length - 1; i++) {
            String step = steps[i].toLowerCase(Locale.ROOT);
            List<String> parents = new ArrayList<>();
            for (String candidate : candidates) {
                parents.addAll(described(candidate).parents().getOrDefault(step, List.of()));
            }
            // What a relationship to several objects leads to has the fields of the object Name.
            candidates = parents.size() > 1 ? withName(parents) : parents;
        }
        String last = steps[steps.length - 1].toLowerCase(Locale.ROOT);
        for (String candidate : candidates) {
            Field field = find(candidate, last, candidates.size() > 1);
            if (field != null) {
                return columnType(field.type());
            }
        }
        throw unknown(object, path);
    }

    private static List<String> withName(List<String> parents) {
        List<String> all = new ArrayList<>(List.of("Name"));
        all.addAll(parents);
        return all;
    }

    private @org.jspecify.annotations.Nullable Field find(String object, String field, boolean mayBeHidden) {
        try {
            return described(object).fields().get(field);
        } catch (KeywharfException e) {
            if (mayBeHidden && e.code().equals("salesforce.not_found")) {
                return null;
            }
            throw e;
        }
    }

    /** The fields that {@code FIELDS(ALL)}, {@code STANDARD} or {@code CUSTOM} stands for. */
    List<Field> fields(String object, String which) {
        return described(object).fields().values().stream()
                .filter(field -> which.equals("ALL") || field.custom() == which.equals("CUSTOM"))
                .toList();
    }

    private Described described(String object) {
        Described known = objects.get(object.toLowerCase(Locale.ROOT));
        if (known == null) {
            known = read(calls.getJson("sobjects/" + Soql.identifier(object) + "/describe"));
            objects.put(object.toLowerCase(Locale.ROOT), known);
        }
        return known;
    }

    private static Described read(JsonNode describe) {
        Map<String, Field> fields = new LinkedHashMap<>();
        Map<String, List<String>> parents = new LinkedHashMap<>();
        for (JsonNode node : describe.path("fields")) {
            String name = node.path("name").asText();
            fields.put(
                    name.toLowerCase(Locale.ROOT),
                    new Field(name, node.path("type").asText(), node.path("custom").asBoolean()));
            if (node.path("relationshipName").isTextual()) {
                List<String> objects = new ArrayList<>();
                node.path("referenceTo").forEach(object -> objects.add(object.asText()));
                parents.put(node.path("relationshipName").asText().toLowerCase(Locale.ROOT), objects);
            }
        }
        return new Described(fields, parents);
    }

    /** The column type of a field's type as describe names it. */
    static ColumnType columnType(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "boolean" -> ColumnType.BOOLEAN;
            case "int" -> ColumnType.INT32;
            case "long" -> ColumnType.INT64;
            case "double", "currency", "percent" -> ColumnType.FLOAT64;
            case "date" -> ColumnType.DATE;
            case "datetime" -> ColumnType.TIMESTAMP_UTC;
            case "time" -> ColumnType.TIME;
            case "address", "location", "complexvalue", "anytype" -> ColumnType.JSON;
            default -> ColumnType.STRING;
        };
    }

    private KeywharfException unknown(String object, String path) {
        return new KeywharfException(
                "salesforce.bad_query",
                calls.subject(object),
                "There is no field '" + path + "' that the user may see; correct the name, or give the user's profile"
                        + " access to the field");
    }
}
