package io.github.keywharf.databricks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Shares as Unity Catalog has them, and what turns one into another. */
final class ShareUpdates {
    /** The most objects of one update. */
    static final int MAX_UPDATES = 100;

    private static final String TABLE = "TABLE";
    private static final Pattern SOURCE = Pattern.compile("[^.]+\\.[^.]+\\.[^.]+");
    private static final Pattern SHARED_AS = Pattern.compile("\\w+\\.\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private ShareUpdates() {}

    /** What Unity Catalog would refuse, with the reason. */
    static void check(Share share) {
        for (SharedTable table : share.tables()) {
            if (!SOURCE.matcher(table.source()).matches()) {
                throw refused(share, "The source '" + table.source() + "' is not catalog.schema.table");
            }
            if (!SHARED_AS.matcher(table.sharedAs()).matches()) {
                throw refused(
                        share,
                        "The name '" + table.sharedAs() + "' has more than letters, digits, underscores and one dot");
            }
        }
    }

    private static KeywharfException refused(Share share, String problem) {
        return new KeywharfException(
                "catalog.refused", "share " + share.name(), problem + ", as Databricks wants it; rename it");
    }

    /** The share with those of its tables that a {@link SharedTable} can describe. */
    static Share share(JsonNode json) {
        List<SharedTable> tables = new ArrayList<>();
        for (JsonNode object : json.path("objects")) {
            table(object).ifPresent(tables::add);
        }
        return new Share(json.path("name").asText(""), tables);
    }

    /** Empty for views and the like, for filters of several values, and for one by LIKE. */
    private static Optional<SharedTable> table(JsonNode object) {
        String[] as = object.path("shared_as").asText("").split("\\.", -1);
        JsonNode partitions = object.path("partitions");
        if (as.length != 2 || !object.path("data_object_type").asText("").equals(TABLE)) {
            return Optional.empty();
        }
        Optional<TenantFilter> filter = Optional.empty();
        if (!partitions.isEmpty()) {
            JsonNode values = partitions.path(0).path("values");
            JsonNode value = values.path(0);
            if (partitions.size() != 1
                    || values.size() != 1
                    || !value.path("op").asText("").equals("EQUAL")) {
                return Optional.empty();
            }
            filter = filter(value);
            if (filter.isEmpty()) {
                return Optional.empty();
            }
        }
        boolean history = object.path("history_data_sharing_status").asText("").equals("ENABLED");
        return Optional.of(
                new SharedTable(object.path("name").asText(""), new SharedTable.Name(as[0], as[1]), history, filter));
    }

    private static Optional<TenantFilter> filter(JsonNode value) {
        String column = value.path("name").asText("");
        String property = value.path("recipient_property_key").asText("");
        String text = value.path("value").asText("");
        return column.isEmpty() || property.isEmpty() == text.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        text.isEmpty()
                                ? TenantFilter.recipientProperty(column, property)
                                : TenantFilter.value(column, text));
    }

    /**
     * What is to be done first, in pieces of one call each. Objects are taken out before others get their names, by a call of
     * its own, so that nothing depends on the order within one.
     *
     * @return none when the share is as it is wanted
     */
    static List<ObjectNode> updates(JsonNode present, Share wanted) {
        Map<String, SharedTable> missing = new HashMap<>();
        wanted.tables().forEach(table -> missing.put(key(table.sharedAs()), table));
        List<ObjectNode> removed = new ArrayList<>();
        List<ObjectNode> others = new ArrayList<>();
        for (JsonNode object : present.path("objects")) {
            String as = object.path("shared_as").asText(object.path("name").asText(""));
            SharedTable table = missing.get(key(as));
            boolean sameSource = table != null
                    && object.path("data_object_type").asText("").equals(TABLE)
                    && key(object.path("name").asText("")).equals(key(table.source()));
            if (table == null || !sameSource) {
                removed.add(update("REMOVE", removed(object)));
                continue;
            }
            missing.remove(key(as));
            if (!table(object).filter(known -> isSame(known, table)).isPresent()) {
                others.add(update("UPDATE", object(table)));
            }
        }
        if (!removed.isEmpty()) {
            return removed;
        }
        wanted.tables().stream()
                .filter(table -> missing.containsKey(key(table.sharedAs())))
                .forEach(table -> others.add(update("ADD", object(table))));
        return others;
    }

    /** Unity Catalog ignores the case of names, and keeps that of values. */
    private static boolean isSame(SharedTable known, SharedTable wanted) {
        return known.history() == wanted.history()
                && known.filter()
                        .map(ShareUpdates::folded)
                        .equals(wanted.filter().map(ShareUpdates::folded));
    }

    private static ObjectNode folded(TenantFilter filter) {
        return partitionValue(filter).put("name", key(filter.column()));
    }

    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static ObjectNode update(String action, ObjectNode object) {
        ObjectNode update = DatabricksCalls.object().put("action", action);
        update.set("data_object", object);
        return update;
    }

    private static ObjectNode removed(JsonNode object) {
        ObjectNode removed = DatabricksCalls.object();
        for (String member : List.of("name", "data_object_type", "shared_as", "string_shared_as")) {
            if (object.path(member).isTextual()) {
                removed.set(member, object.get(member));
            }
        }
        return removed;
    }

    private static ObjectNode object(SharedTable table) {
        ObjectNode object = DatabricksCalls.object()
                .put("name", table.source())
                .put("data_object_type", TABLE)
                .put("shared_as", table.sharedAs())
                .put("history_data_sharing_status", table.history() ? "ENABLED" : "DISABLED");
        var partitions = object.putArray("partitions");
        table.filter()
                .ifPresent(filter -> partitions.addObject().putArray("values").add(partitionValue(filter)));
        return object;
    }

    private static ObjectNode partitionValue(TenantFilter filter) {
        ObjectNode value = DatabricksCalls.object().put("name", filter.column()).put("op", "EQUAL");
        return filter instanceof TenantFilter.RecipientProperty property
                ? value.put("recipient_property_key", property.recipientProperty())
                : value.put("value", ((TenantFilter.Value) filter).value());
    }
}
