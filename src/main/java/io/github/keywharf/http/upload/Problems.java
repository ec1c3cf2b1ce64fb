package io.github.keywharf.http.upload;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;

/** Refusals as {@code application/problem+json} (RFC 9457), with a stable {@code code} for programs. */
final class Problems {
    static final String MEDIA_TYPE = "application/problem+json";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TYPES = "https://iana.org/assignments/http-problem-types";
    static final String COMPLETED = "#completed-upload";
    private static final String NO_TYPE = "about:blank";

    private Problems() {}

    static HttpResponse of(UploadRefused refusal) {
        ObjectNode problem = problem(
                typeOf(refusal.reason()),
                refusal.status(),
                refusal.reason(),
                "The upload is refused",
                refusal.detail());
        refusal.constraint().ifPresent(constraint -> problem.put("constraint", constraint));
        return response(refusal.status(), problem);
    }

    /** The same for an upload that is unknown, another owner's or expired. */
    static HttpResponse notFound() {
        return of(UploadRefused.of(404, "upload.not_found", "There is no such upload; begin another one"));
    }

    static HttpResponse wrongOffset(long expected, long provided) {
        ObjectNode problem = problem(
                        TYPES + "#mismatching-upload-offset",
                        409,
                        "upload.mismatching_offset",
                        "The offset is not the upload's",
                        "The upload has " + expected + " bytes; go on there")
                .put("expected-offset", expected)
                .put("provided-offset", provided);
        return response(409, problem)
                .withHeader(UploadHeaders.OFFSET, Long.toString(expected))
                .withHeader(UploadHeaders.COMPLETE, UploadHeaders.FALSE);
    }

    static HttpResponse busy() {
        return response(
                        503,
                        problem(
                                NO_TYPE,
                                503,
                                "upload.busy",
                                "The upload is busy",
                                "Another request for this upload has not ended; wait, then ask again"))
                .withHeader("Retry-After", "1");
    }

    static UploadRefused inconsistentLength(String detail) {
        return UploadRefused.of(400, "upload.inconsistent_length", detail);
    }

    private static String typeOf(String reason) {
        return switch (reason) {
            case "upload.inconsistent_length" -> TYPES + "#inconsistent-upload-length";
            case "upload.completed" -> TYPES + COMPLETED;
            default -> NO_TYPE;
        };
    }

    private static ObjectNode problem(String type, int status, String code, String title, String detail) {
        return JSON.createObjectNode()
                .put("type", type)
                .put("title", title)
                .put("status", status)
                .put("code", code)
                .put("detail", detail);
    }

    private static HttpResponse response(int status, ObjectNode problem) {
        return HttpResponse.of(status).withHeader("Content-Type", MEDIA_TYPE).withBody(HttpBody.of(problem.toString()));
    }
}
