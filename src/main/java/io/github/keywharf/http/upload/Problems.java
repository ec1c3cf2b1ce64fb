package io.github.keywharf.http.upload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;

/** Refusals as {@code application/problem+json} (RFC 9457), with a stable {@code code} for programs. */
final class Problems {
    private static final String TYPES = "https://iana.org/assignments/http-problem-types#";

    private Problems() {}

    static HttpResponse of(UploadRefused refusal) {
        ObjectNode problem = problem(refusal.status(), refusal.reason(), refusal.detail());
        refusal.constraint().ifPresent(constraint -> problem.put("constraint", constraint));
        return response(problem);
    }

    /** Answer for an upload that is unknown, another owner's or expired. */
    static HttpResponse notFound() {
        return response(problem(404, "upload.not_found", "There is no such upload; begin another one"));
    }

    static HttpResponse wrongOffset(long expected, long provided) {
        ObjectNode problem = problem(
                        409, "upload.mismatching_offset", "The upload has " + expected + " bytes; continue there")
                .put("expected-offset", expected)
                .put("provided-offset", provided);
        return response(problem)
                .withHeader(UploadHeaders.OFFSET, Long.toString(expected))
                .withHeader(UploadHeaders.COMPLETE, UploadHeaders.FALSE);
    }

    static HttpResponse busy() {
        String detail = "Another request for this upload has not ended; wait, then ask again";
        return response(problem(503, "upload.busy", detail)).withHeader("Retry-After", "1");
    }

    static UploadRefused inconsistentLength(String detail) {
        return UploadRefused.of(400, "upload.inconsistent_length", detail);
    }

    static UploadRefused tooLarge(long most) {
        String detail = "The file has more than " + most + " bytes, which are the most; send a smaller one";
        return UploadRefused.of(413, "upload.too_large", detail, "max-size");
    }

    private static ObjectNode problem(int status, String code, String detail) {
        String type = switch (code) {
            case "upload.inconsistent_length" -> TYPES + "inconsistent-upload-length";
            case "upload.completed" -> TYPES + "completed-upload";
            case "upload.mismatching_offset" -> TYPES + "mismatching-upload-offset";
            default -> "about:blank";
        };
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", type)
                .put("title", "The upload is refused")
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
