package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything below {@code /sobjects} (REST API Developer Guide, "sObject Basic Information" and the pages after it). */
final class RecordRoutes {
    private static final Duration DELETED_BACK = Duration.ofDays(15);
    private static final Duration UPDATED_BACK = Duration.ofDays(30);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxx").withZone(ZoneOffset.UTC);

    private final FakeOrg org;
    private Instant deletedSince = Instant.EPOCH;

    RecordRoutes(FakeOrg org) {
        this.org = org;
    }

    /** Purges the log of deletions, as the service does when it grows too large; the recycle bin stays. */
    void purgeDeletions() {
        org.objects().forEach(object -> object.deletions().clear());
        deletedSince = org.now();
    }

    HttpResponse answer(HttpRequest request, String root, List<String> path) {
        String method = request.method();
        if (path.isEmpty()) {
            return global(root);
        }
        FakeObject object = org.resource(path.get(0));
        if (path.size() == 1) {
            return method.equals("POST")
                    ? create(request, object)
                    : only(method, "GET", () -> {
                        ObjectNode basic = Json.object();
                        basic.set("objectDescribe", object.summary(root));
                        basic.putArray("recentItems");
                        return Json.response(200, basic);
                    });
        }
        if (path.size() == 2) {
            return switch (path.get(1)) {
                case "describe" -> describe(request, root, object);
                case "deleted" -> deleted(request, object);
                case "updated" -> updated(request, object);
                default -> byId(request, root, object, path.get(1));
            };
        }
        if (path.size() == 3) {
            return byExternalId(request, root, object, path.get(1), path.get(2));
        }
        throw Refusal.notFound();
    }

    private HttpResponse global(String root) {
        ObjectNode global = Json.object().put("encoding", "UTF-8").put("maxBatchSize", 200);
        ArrayNode list = global.putArray("sobjects");
        org.objects().forEach(object -> list.add(object.summary(root)));
        return Json.response(200, global);
    }

    /** Answers 304 to If-Modified-Since when no field changed since then ("Conditional Request Headers"). */
    private HttpResponse describe(HttpRequest request, String root, FakeObject object) {
        Optional<String> since = request.header("If-Modified-Since");
        Instant described = object.described().truncatedTo(ChronoUnit.SECONDS);
        if (since.isPresent()
                && !described.isAfter(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(since.get())))) {
            return HttpResponse.of(304);
        }
        return Json.response(200, object.describe(root, org.objects()))
                .withHeader(
                        "Last-Modified",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                ZonedDateTime.ofInstant(described, ZoneOffset.UTC)));
    }

    private HttpResponse create(HttpRequest request, FakeObject object) {
        FakeRecord created = org.insert(object, org.values(object, Json.body(request)));
        return Json.response(201, done(created.id()));
    }

    static ObjectNode done(@Nullable String id) {
        ObjectNode done = Json.object();
        if (id != null) {
            done.put("id", id);
        }
        done.put("success", true);
        done.putArray("errors");
        return done;
    }

    private HttpResponse byId(HttpRequest request, String root, FakeObject object, String text) {
        String id = SalesforceIds.normal(text);
        switch (request.method()) {
            case "GET" -> {
                return Json.response(200, record(request, root, org.existing(object, id)));
            }
            case "PATCH" -> {
                org.update(object, id, org.values(object, Json.body(request)));
                return HttpResponse.of(204);
            }
            case "DELETE" -> {
                org.delete(object, id);
                return HttpResponse.of(204);
            }
            default -> throw notAllowed(request.method());
        }
    }

    private ObjectNode record(HttpRequest request, String root, FakeRecord found) {
        FakeObject object = found.object();
        ObjectNode json = Json.object();
        SoqlRun.attributes(json, found, root);
        Set<String> names = new LinkedHashSet<>();
        request.query("fields").ifPresent(list -> names.addAll(List.of(list.split("\\s*,\\s*"))));
        if (names.isEmpty()) {
            object.fields().forEach(field -> names.add(field.name()));
        }
        names.forEach(name -> SoqlColumn.of(org, object, name).put(org, found, json, root));
        if (!json.has("Id")) {
            json.put("Id", found.id());
        }
        return json;
    }

    /**
     * Get, upsert or delete by an external id. Several records with that value are 300 with their addresses; an upsert answers 201
     * when it created, else 200 ("sObject Rows by External ID").
     */
    private HttpResponse byExternalId(
            HttpRequest request, String root, FakeObject object, String fieldName, String value) {
        FakeField field = object.field(fieldName)
                .filter(each -> each.externalId() || each.type().equals("id"))
                .orElseThrow(() -> new Refusal(
                        404,
                        "NOT_FOUND",
                        "Provided external ID field does not exist or is not accessible: " + fieldName));
        List<FakeRecord> found = matches(object, field, value);
        if (found.size() > 1) {
            ArrayNode urls = Json.array();
            found.forEach(each -> urls.add(root + "/sobjects/" + object.name() + "/" + each.id()));
            request.body().close();
            return Json.response(300, urls);
        }
        FakeRecord one = found.isEmpty() ? null : found.get(0);
        switch (request.method()) {
            case "GET" -> {
                return Json.response(200, record(request, root, present(one)));
            }
            case "DELETE" -> {
                org.delete(object, present(one).id());
                return HttpResponse.of(204);
            }
            case "PATCH" -> {
                ObjectNode body = Json.body(request);
                if (body.has(field.name())) {
                    throw new Refusal(
                            400,
                            "INVALID_FIELD",
                            "The " + field.name() + " field should not be specified in the sobject data.",
                            field.name());
                }
                return upserted(object, field, value, org.values(object, body), one);
            }
            default -> throw notAllowed(request.method());
        }
    }

    private static FakeRecord present(@Nullable FakeRecord found) {
        if (found == null) {
            throw Refusal.notFound();
        }
        return found;
    }

    List<FakeRecord> matches(FakeObject object, FakeField field, String value) {
        if (field.type().equals("id")) {
            return List.of(org.existing(object, value));
        }
        return object.withExternalId(field, value);
    }

    private HttpResponse upserted(
            FakeObject object, FakeField field, String value, Map<String, Object> values, @Nullable FakeRecord old) {
        boolean created = old == null;
        String id;
        if (old == null) {
            Object key = FieldValues.ofText(field, value);
            if (key != null) {
                values.put(field.name(), key);
            }
            id = org.insert(object, values).id();
        } else {
            id = org.update(object, old.id(), values).id();
        }
        return Json.response(created ? 201 : 200, done(id).put("created", created));
    }

    /**
     * Up to 15 days back, a window of more than a minute, seconds ignored, from a log that may have been purged ("sObject Get
     * Deleted").
     */
    private HttpResponse deleted(HttpRequest request, FakeObject object) {
        Window window = Window.of(request, org.now(), DELETED_BACK);
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("deletedRecords");
        object.deletions().forEach((id, when) -> {
            if (window.has(when)) {
                list.addObject().put("deletedDate", STAMP.format(when)).put("id", id);
            }
        });
        Instant earliest = deletedSince.equals(Instant.EPOCH) ? org.now().minus(DELETED_BACK) : deletedSince;
        answer.put("earliestDateAvailable", STAMP.format(earliest));
        answer.put("latestDateCovered", STAMP.format(window.to()));
        return Json.response(200, answer);
    }

    /** Up to 30 days back ("sObject Get Updated"). */
    private HttpResponse updated(HttpRequest request, FakeObject object) {
        Window window = Window.of(request, org.now(), UPDATED_BACK);
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("ids");
        for (FakeRecord each : object.records()) {
            if (!each.isDeleted() && each.value("SystemModstamp") instanceof Instant when && window.has(when)) {
                list.add(each.id());
            }
        }
        answer.put("latestDateCovered", STAMP.format(window.to()));
        return Json.response(200, answer);
    }

    private record Window(Instant from, Instant to) {
        static Window of(HttpRequest request, Instant now, Duration back) {
            Instant from = time(request, "start");
            Instant to = time(request, "end");
            if (!to.isAfter(from)) {
                throw new Refusal(400, "INVALID_REPLICATION_DATE", "endDate before startDate");
            }
            if (Duration.between(from, to).compareTo(Duration.ofMinutes(1)) <= 0) {
                throw new Refusal(
                        400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate");
            }
            if (from.isBefore(now.minus(back))) {
                throw new Refusal(
                        400,
                        "INVALID_REPLICATION_DATE",
                        "startDate cannot be more than " + back.toDays() + " days ago");
            }
            return new Window(from, to.isAfter(now) ? now : to);
        }

        private static Instant time(HttpRequest request, String name) {
            String text = request.query(name).orElse("");
            try {
                return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MINUTES);
            } catch (DateTimeParseException e) {
                throw new Refusal(400, "INVALID_REPLICATION_DATE", "invalid " + name + " date: " + text);
            }
        }

        boolean has(Instant when) {
            return !when.isBefore(from) && !when.isAfter(to);
        }
    }

    private interface Answer {
        HttpResponse make();
    }

    private static HttpResponse only(String method, String allowed, Answer answer) {
        if (!method.equals(allowed)) {
            throw notAllowed(method);
        }
        return answer.make();
    }

    static Refusal notAllowed(String method) {
        return new Refusal(405, "METHOD_NOT_ALLOWED", "HTTP Method '" + method + "' not allowed");
    }
}
