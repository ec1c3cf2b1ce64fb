package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The types of fields for one run of a query: an object is described once, however many of its fields are selected. */
final class FieldTypes {
    /** The most relationships of a path; the service takes five. */
    private static final int MOST_STEPS = 10;

    private final SalesforceCalls calls;
    private final SalesforceDescribe describe;
    private final Map<String, SalesforceDescription> described = new HashMap<>();

    FieldTypes(SalesforceCalls calls, SalesforceDescribe describe, Optional<SalesforceDescription> known) {
        this.calls = calls;
        this.describe = describe;
        known.ifPresent(object -> described.put(object.name().toLowerCase(Locale.ROOT), object));
    }

    /** The column type of a path such as {@code Account.Owner.Name}. */
    ColumnType of(String object, String path) {
        String[] steps = path.split("\\.", -1);
        List<String> candidates = List.of(object);
        for (int i = 0; i < Math.min(steps.length - 1, MOST_STEPS); i++) {
            List<String> parents = new ArrayList<>();
            for (String candidate : candidates) {
                parents.addAll(parents(candidate, steps[i], candidates.size() > 1));
            }
            if (parents.size() > 1) {
                // What a relationship to several objects leads to has the fields of the object Name.
                parents.add(0, "Name");
            }
            candidates = parents;
        }
        for (String candidate : candidates) {
            Optional<SalesforceField> field =
                    find(candidate, candidates.size() > 1).flatMap(known -> known.findField(steps[steps.length - 1]));
            if (field.isPresent() && steps.length <= MOST_STEPS) {
                return columnType(field.get().type());
            }
        }
        throw new KeywharfException(
                "salesforce.bad_query",
                calls.subject(object),
                "There is no field '" + path + "' that the user may see; correct the name, or give the user's profile"
                        + " access to the field");
    }

    private List<String> parents(String object, String relationship, boolean mayBeHidden) {
        return find(object, mayBeHidden).stream()
                .flatMap(known -> known.fields().stream())
                .filter(field -> field.relationshipName()
                        .filter(relationship::equalsIgnoreCase)
                        .isPresent())
                .flatMap(field -> field.referenceTo().stream())
                .toList();
    }

    /** The fields that {@code FIELDS(ALL)}, {@code STANDARD} or {@code CUSTOM} stands for. */
    List<SalesforceField> fields(String object, String which) {
        return described(object).fields().stream()
                .filter(field -> which.equals("ALL") || field.custom() == which.equals("CUSTOM"))
                .toList();
    }

    /** An object; empty when it is one of several, and the user may not see it. */
    private Optional<SalesforceDescription> find(String object, boolean mayBeHidden) {
        try {
            return Optional.of(described(object));
        } catch (KeywharfException e) {
            if (mayBeHidden && e.code().equals(SalesforceErrors.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private SalesforceDescription described(String object) {
        return described.computeIfAbsent(object.toLowerCase(Locale.ROOT), any -> describe.object(object));
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
}
