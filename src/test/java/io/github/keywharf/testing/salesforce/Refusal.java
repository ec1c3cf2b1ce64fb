package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpResponse;
import java.util.List;

/** An error of the service: status, errorCode, message and fields (REST API Developer Guide, "Status Codes and Error Responses"). */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String errorCode;
    private final transient List<String> fields;

    Refusal(int status, String errorCode, String message, String... fields) {
        super(message, null, false, false);
        this.status = status;
        this.errorCode = errorCode;
        this.fields = List.of(fields);
    }

    static Refusal notFound() {
        return new Refusal(404, "NOT_FOUND", "The requested resource does not exist");
    }

    static Refusal malformedQuery(String message) {
        return new Refusal(400, "MALFORMED_QUERY", message);
    }

    int status() {
        return status;
    }

    String errorCode() {
        return errorCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }

    /** The error as it stands in the array of a failed request. */
    ObjectNode json() {
        ObjectNode error = Json.object().put("message", text()).put("errorCode", errorCode);
        if (!fields.isEmpty()) {
            ArrayNode names = error.putArray("fields");
            fields.forEach(names::add);
        }
        return error;
    }

    /** The error as it stands in the result of one record of a collection, where the code is named statusCode. */
    ObjectNode recordJson() {
        ObjectNode error = Json.object().put("statusCode", errorCode).put("message", text());
        ArrayNode names = error.putArray("fields");
        fields.forEach(names::add);
        return error;
    }

    /** Like a row of a bulk job's failed results says it: {@code CODE:message:fields --}. */
    String bulkText() {
        return errorCode + ":" + text() + ":" + String.join(",", fields) + " --";
    }

    HttpResponse response() {
        return Json.response(status, Json.array().add(json()));
    }
}
