package io.github.keywharf.http.upload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;

/** Refusals as {@code application/problem+json} (RFC 9457), with a stable {@code code} for programs. */
final class Problems {
    /** End of the type of a problem whose upload is completed. */
    static final String COMPLETED = "#completed-upload";

    private static final String TYPES = "https://iana.org/assignments/http-problem-types";

    private Problems() {}

    static HttpResponse of(UploadRefused refusal) {
        ObjectNode problem = problem(refusal.status(), refusal.reason(), "The upload is refused", refusal.detail());
        refusal.constraint().ifPresent(constraint -> problem.put("constraint", constraint));
        return response(problem);
    }

    /** Answer for an upload that is unknown, another owner's or expired. */
    static HttpResponse notFound() {
        return of(UploadRefused.of(404, "upload.not_found", "There is no such upload; begin another one"));
    }

    static HttpResponse wrongOffset(long expected, long provided) {
        ObjectNode problem = problem(
                        409,
                        "upload.mismatching_offset",
                        "The offset is not the upload's",
                        "The upload has " + expected + " bytes; continue there")
                .put("expected-offset", expected)
                .put("provided-offset", provided);
        return response(problem)
                .withHeader(UploadHeaders.OFFSET, Long.toString(expected))
                .withHeader(UploadHeaders.COMPLETE, UploadHeaders.FALSE);
    }

    static HttpResponse busy() {
        return response(problem(
                        503,
                        "upload.busy",
                        "The upload is busy",
                        "Another request for this upload has not ended; wait, then ask again"))
                .withHeader("Retry-After", "1");
    }

    static UploadRefused inconsistentLength(String detail) {
        return UploadRefused.of(400, "upload.inconsistent_length", detail);
    }

    static UploadRefused tooLarge(long most) {
        return UploadRefused.of(
                413,
                "upload.too_large",
                "The file has more than " + most + " bytes, which are the most; send a smaller one",
                "max-size");
    }

    private static ObjectNode problem(int status, String code, String title, String detail) {
        String type = switch (code) {
            case "upload.inconsistent_length" -> TYPES + "#inconsistent-upload-length";
            case "upload.completed" -> TYPES + COMPLETED;
            case "upload.mismatching_offset" -> TYPES + "#mismatching-upload-offset";
            default -> "about:blank";
        };
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", type)
                .put("title", title)
                .put("status", status)
                .put("code", code)
                .put("detail", detail);
    }

    private static HttpResponse response(ObjectNode problem) {
        return HttpResponse.of(problem.path("status").intValue())
                .withHeader("Content-Type", "application/problem+json")
                .withBody(HttpBody.of(problem.toString()));
    }
}
