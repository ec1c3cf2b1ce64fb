package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A query over one object that was checked, with what it selects and the rows that it found. */
final class SoqlRun {
    private static final int MOST_FIELDS_ROWS = 200;

    private final FakeOrg org;
    private final FakeObject object;
    private final Soql query;
    private final boolean deletedToo;
    private final List<SoqlColumn> columns = new ArrayList<>();
    private final Map<String, Soql> children = new LinkedHashMap<>();

    SoqlRun(FakeOrg org, FakeObject object, Soql query, boolean deletedToo) {
        this.org = org;
        this.object = object;
        this.query = query;
        this.deletedToo = deletedToo || query.allRows();
        for (Soql.Item item : query.items()) {
            add(item);
        }
    }

    /** Checks a whole query; an object that is not there is INVALID_TYPE. */
    static SoqlRun of(FakeOrg org, Soql query, boolean deletedToo) {
        FakeObject object = org.find(query.object())
                .orElseThrow(() -> new Refusal(
                        400,
                        "INVALID_TYPE",
                        "sObject type '" + query.object() + "' is not supported. If you are attempting to use a custom"
                                + " object, be sure to append the '__c' after the entity name. Please reference your"
                                + " WSDL or the describe call for the appropriate names."));
        return new SoqlRun(org, object, query, deletedToo);
    }

    private void add(Soql.Item item) {
        if (item instanceof Soql.Path path) {
            columns.add(SoqlColumn.of(org, object, path.path()));
        } else if (item instanceof Soql.Aliased aliased) {
            columns.add(SoqlColumn.of(org, object, aliased.path()));
        } else if (item instanceof Soql.Aggregate aggregate && aggregate.path() != null) {
            aggregated(aggregate);
        } else if (item instanceof Soql.Children inner) {
            child(inner.query().object());
            children.put(inner.query().object(), inner.query());
            childRun(inner.query(), null);
        } else if (item instanceof Soql.Fields fields) {
            if (!fields.kind().equals("STANDARD") && (query.limit() < 0 || query.limit() > MOST_FIELDS_ROWS)) {
                throw Refusal.malformedQuery("The SOQL FIELDS function must have a LIMIT of at most 200");
            }
            for (FakeField field : object.fields()) {
                if (fields.kind().equals("ALL") || fields.kind().equals("CUSTOM") == field.isCustom()) {
                    columns.add(new SoqlColumn(List.of(), field));
                }
            }
        }
    }

    private SoqlColumn aggregated(Soql.Aggregate aggregate) {
        SoqlColumn column = SoqlColumn.of(org, object, String.valueOf(aggregate.path()));
        boolean sums =
                aggregate.function().equals("SUM") || aggregate.function().equals("AVG");
        if ((sums && !column.field().isNumber()) || column.field().isCompound()) {
            throw Refusal.malformedQuery(
                    "field " + column.field().name() + " does not support aggregate operator " + aggregate.function());
        }
        return column;
    }

    Soql query() {
        return query;
    }

    FakeObject object() {
        return object;
    }

    List<SoqlColumn> columns() {
        return columns;
    }

    boolean hasChildren() {
        return !children.isEmpty();
    }

    /** The rows of a query without aggregates. */
    List<FakeRecord> rows() {
        List<FakeRecord> sorted = ordered(matching().toList());
        int from = Math.min(query.offset(), sorted.size());
        int to = query.limit() < 0 ? sorted.size() : (int) Math.min((long) from + query.limit(), sorted.size());
        return sorted.subList(from, to);
    }

    private Stream<FakeRecord> matching() {
        Predicate<FakeRecord> where =
                query.where() == null ? row -> true : new SoqlFilter(org, object).of(query.where());
        return object.records().stream().filter(row -> (deletedToo || !row.isDeleted()) && where.test(row));
    }

    private List<FakeRecord> ordered(List<FakeRecord> rows) {
        List<FakeRecord> sorted = new ArrayList<>(rows);
        Comparator<FakeRecord> order = null;
        for (Soql.Order each : query.orderBy()) {
            if (!(each.item() instanceof Soql.Path path)) {
                throw Refusal.malformedQuery("Ordered field must be grouped or aggregated");
            }
            SoqlColumn column = SoqlColumn.of(org, object, path.path());
            Comparator<FakeRecord> next = (a, b) -> order(column.value(org, a), column.value(org, b), each);
            order = order == null ? next : order.thenComparing(next);
        }
        if (order != null) {
            sorted.sort(order);
        }
        return sorted;
    }

    /** Nulls come first unless NULLS LAST is said ("ORDER BY"). */
    private static int order(@Nullable Object one, @Nullable Object other, Soql.Order order) {
        if (one == null || other == null) {
            int nulls = one == other ? 0 : one == null ? -1 : 1;
            return order.nullsLast() ? -nulls : nulls;
        }
        int compared = SoqlFilter.order(one, other);
        return order.descending() ? -compared : compared;
    }

    long count() {
        return rows().size();
    }

    /** The groups of an aggregate query as AggregateResult: unnamed aggregates are expr0, expr1 ("GROUP BY"). */
    List<ObjectNode> groups() {
        Map<List<Object>, List<FakeRecord>> groups = new LinkedHashMap<>();
        List<SoqlColumn> keys = query.groupBy().stream()
                .map(path -> SoqlColumn.of(org, object, path))
                .toList();
        if (keys.isEmpty()) {
            groups.put(List.of(), new ArrayList<>());
        }
        matching().forEach(row -> {
            List<Object> key = new ArrayList<>();
            keys.forEach(each -> key.add(String.valueOf(each.value(org, row))));
            groups.computeIfAbsent(key, any -> new ArrayList<>()).add(row);
        });
        List<List<FakeRecord>> sorted = new ArrayList<>(groups.values());
        List<Soql.Order> orders = new ArrayList<>(query.orderBy());
        Collections.reverse(orders);
        for (Soql.Order each : orders) {
            sorted.sort((a, b) -> order(ordering(each, a), ordering(each, b), each));
        }
        List<ObjectNode> results = new ArrayList<>();
        sorted.forEach(rows -> results.add(group(rows)));
        int from = Math.min(query.offset(), results.size());
        return results.subList(
                from, query.limit() < 0 ? results.size() : Math.min(from + query.limit(), results.size()));
    }

    private @Nullable Object ordering(Soql.Order order, List<FakeRecord> rows) {
        if (order.item() instanceof Soql.Aggregate aggregate) {
            return aggregate(aggregate, rows);
        }
        return order.item() instanceof Soql.Path path && !rows.isEmpty()
                ? SoqlColumn.of(org, object, path.path()).value(org, rows.get(0))
                : null;
    }

    private ObjectNode group(List<FakeRecord> rows) {
        ObjectNode result = Json.object();
        result.putObject("attributes").put("type", "AggregateResult");
        int unnamed = 0;
        for (Soql.Item item : query.items()) {
            if (item instanceof Soql.Aggregate aggregate) {
                String name = aggregate.alias() == null ? "expr" + unnamed++ : aggregate.alias();
                FieldValues.put(result, name, aggregate(aggregate, rows));
            } else {
                String path = item instanceof Soql.Path plain ? plain.path() : ((Soql.Aliased) item).path();
                SoqlColumn column = SoqlColumn.of(org, object, path);
                String name = item instanceof Soql.Aliased aliased
                        ? aliased.alias()
                        : column.field().name();
                FieldValues.put(result, name, column.value(org, rows.get(0)));
            }
        }
        return result;
    }

    private @Nullable Object aggregate(Soql.Aggregate aggregate, List<FakeRecord> rows) {
        SoqlColumn column = aggregated(aggregate);
        List<Object> values = rows.stream()
                .map(row -> column.value(org, row))
                .filter(value -> value != null)
                .map(Object.class::cast)
                .toList();
        return switch (aggregate.function()) {
            case "COUNT" -> (long) values.size();
            case "COUNT_DISTINCT" ->
                values.stream().map(String::valueOf).distinct().count();
            case "MAX" -> values.stream().max(SoqlFilter::order).orElse(null);
            case "MIN" -> values.stream().min(SoqlFilter::order).orElse(null);
            default -> {
                double sum = values.stream()
                        .mapToDouble(value -> ((Number) value).doubleValue())
                        .sum();
                yield values.isEmpty() ? null : aggregate.function().equals("AVG") ? sum / values.size() : sum;
            }
        };
    }

    /** Where the pages of a child subquery are kept, as they have cursors of their own. */
    interface ChildPages {
        ObjectNode first(SoqlRun run, List<FakeRecord> rows);
    }

    /** One record of a page, with attributes, parents and the first pages of children; no children are null. */
    ObjectNode json(FakeRecord row, String root, ChildPages pages) {
        ObjectNode json = Json.object();
        attributes(json, row, root);
        columns.forEach(column -> column.put(org, row, json, root));
        children.forEach((name, inner) -> {
            SoqlRun run = childRun(inner, row.id());
            List<FakeRecord> rows = run.rows();
            if (rows.isEmpty()) {
                json.putNull(name);
            } else {
                json.set(name, pages.first(run, rows));
            }
        });
        return json;
    }

    static void attributes(ObjectNode json, FakeRecord row, String root) {
        json.putObject("attributes")
                .put("type", row.object().name())
                .put("url", root + "/sobjects/" + row.object().name() + "/" + row.id());
    }

    private SoqlRun childRun(Soql inner, @Nullable String parent) {
        Map.Entry<FakeObject, FakeField> child = child(inner.object());
        Soql.Condition own = new Soql.Compare(
                child.getValue().name(),
                "=",
                new Soql.Literal(parent == null ? "null" : "string", String.valueOf(parent)));
        Soql.Condition where = inner.where() == null ? own : new Soql.All(List.of(own, inner.where()));
        Soql bound = new Soql(
                inner.items(),
                child.getKey().name(),
                where,
                inner.groupBy(),
                inner.orderBy(),
                inner.limit(),
                inner.offset(),
                inner.allRows());
        return new SoqlRun(org, child.getKey(), bound, deletedToo);
    }

    private Map.Entry<FakeObject, FakeField> child(String relationship) {
        for (FakeObject other : org.objects()) {
            for (FakeField field : other.fields()) {
                if (object.name().equals(field.referenceTo())
                        && relationship.equalsIgnoreCase(field.childRelationship())) {
                    return Map.entry(other, field);
                }
            }
        }
        throw new Refusal(
                400,
                "INVALID_TYPE",
                "Didn't understand relationship '" + relationship
                        + "' in FROM part of query call. If you are attempting"
                        + " to use a custom relationship, be sure to append the '__r' after the custom relationship name.");
    }
}
