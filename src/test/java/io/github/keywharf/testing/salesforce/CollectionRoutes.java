package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Up to 200 records in one call (REST API Developer Guide, "sObject Collections"). */
final class CollectionRoutes {
    private static final int MOST = 200;

    private final FakeOrg org;

    CollectionRoutes(FakeOrg org) {
        this.org = org;
    }

    HttpResponse answer(HttpRequest request, String root, List<String> path) {
        String method = request.method();
        if (path.isEmpty() && method.equals("DELETE")) {
            return delete(request);
        }
        if (path.size() == 1) {
            return retrieve(request, root, org.resource(path.get(0)));
        }
        if (path.size() > 2 || (path.isEmpty() && !method.equals("POST") && !method.equals("PATCH"))) {
            throw Refusal.notFound();
        }
        if (path.size() == 2 && !method.equals("PATCH")) {
            throw RecordRoutes.notAllowed(method);
        }
        ObjectNode body = Json.body(request);
        JsonNode records = body.path("records");
        limit(records.size());
        List<Change> changes = new ArrayList<>();
        for (JsonNode each : records) {
            changes.add(() -> change(method, path, each));
        }
        return all(changes, body.path("allOrNone").asBoolean(false));
    }

    private interface Change {
        ObjectNode make();
    }

    private ObjectNode change(String method, List<String> path, JsonNode each) {
        String type = each.path("attributes").path("type").asText();
        if (!(each instanceof ObjectNode json) || type.isEmpty()) {
            throw new Refusal(400, "INVALID_INPUT", "attributes.type must be specified");
        }
        FakeObject object = org.find(type)
                .orElseThrow(() -> new Refusal(400, "INVALID_TYPE", "sObject type '" + type + "' is not supported."));
        Map<String, Object> values = org.values(object, json);
        Object id = values.remove("Id");
        if (path.size() == 2) {
            return upsert(path, object, values);
        }
        if (method.equals("POST")) {
            if (id != null) {
                throw new Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", "Id");
            }
            return RecordRoutes.done(org.insert(object, values).id());
        }
        if (!(id instanceof String given)) {
            throw new Refusal(400, "MISSING_ARGUMENT", "Id not specified in an update call", "Id");
        }
        return RecordRoutes.done(org.update(object, given, values).id());
    }

    private ObjectNode upsert(List<String> path, FakeObject object, Map<String, Object> values) {
        if (!object.name().equalsIgnoreCase(path.get(0))) {
            throw new Refusal(400, "INVALID_INPUT", "The record is not of the object " + path.get(0));
        }
        FakeField field = object.field(path.get(1))
                .filter(FakeField::externalId)
                .orElseThrow(() -> new Refusal(
                        404,
                        "NOT_FOUND",
                        "Provided external ID field does not exist or is not accessible: " + path.get(1)));
        FakeRecord old = org.byExternalId(object, field, values);
        FakeRecord changed = old == null ? org.insert(object, values) : org.update(object, old.id(), values);
        return RecordRoutes.done(changed.id()).put("created", old == null);
    }

    private HttpResponse delete(HttpRequest request) {
        List<String> ids = List.of(request.query("ids").orElse("").split(",", -1));
        limit(ids.size());
        List<Change> changes = new ArrayList<>();
        for (String id : ids) {
            changes.add(() -> {
                String normal = SalesforceIds.normal(id);
                org.delete(org.byId(normal), normal);
                return RecordRoutes.done(normal);
            });
        }
        return all(changes, request.query("allOrNone").orElse("false").equals("true"));
    }

    /** One result for each record, in order. With allOrNone one that fails rolls all back; else the others stay. */
    private HttpResponse all(List<Change> changes, boolean allOrNone) {
        ArrayNode results = Json.array();
        FakeOrg.Transaction transaction = org.begin();
        boolean failed = false;
        for (Change each : changes) {
            try {
                results.add(each.make());
            } catch (Refusal e) {
                failed = true;
                results.add(failure(e));
            }
        }
        if (failed && allOrNone) {
            transaction.rollBack();
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i).path("success").asBoolean()) {
                    results.set(
                            i,
                            failure(new Refusal(
                                    400,
                                    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                                    "Record rolled back because not all records were valid and the request was using"
                                            + " AllOrNone header")));
                }
            }
        }
        transaction.close();
        return Json.response(200, results);
    }

    private static ObjectNode failure(Refusal refusal) {
        ObjectNode result = Json.object().put("success", false);
        result.putArray("errors").add(refusal.recordJson());
        return result;
    }

    /** Records by id in the order that was asked; null for one that is not there ("Get Records with sObject Collections"). */
    private HttpResponse retrieve(HttpRequest request, String root, FakeObject object) {
        List<String> ids = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        if (request.method().equals("POST")) {
            ObjectNode body = Json.body(request);
            body.path("ids").forEach(id -> ids.add(id.asText()));
            body.path("fields").forEach(field -> fields.add(field.asText()));
        } else {
            RestRoutes.get(request);
            ids.addAll(List.of(request.query("ids").orElse("").split(",", -1)));
            fields.addAll(List.of(request.query("fields").orElse("Id").split(",", -1)));
        }
        if (ids.size() > 2_000) {
            throw new Refusal(400, "EXCEEDED_ID_LIMIT", "cannot retrieve more than 2000 records in this request");
        }
        ArrayNode found = Json.array();
        for (String id : ids) {
            FakeRecord each = object.find(SalesforceIds.normal(id));
            if (each == null || each.isDeleted()) {
                found.addNull();
            } else {
                ObjectNode json = found.addObject();
                SoqlRun.attributes(json, each, root);
                fields.forEach(field -> SoqlColumn.of(org, object, field).put(org, each, json, root));
            }
        }
        return Json.response(200, found);
    }

    private static void limit(int count) {
        if (count > MOST) {
            throw new Refusal(
                    400,
                    "EXCEEDED_ID_LIMIT",
                    "record limit reached. cannot submit more than 200 records in this request");
        }
    }
}
