package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.store.StoredJson;
import java.util.List;

/**
 * The last answer of an upload, kept for clients that lost it. Prints without its content, which may have secrets.
 *
 * @param headers name and value of each, in order
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record KeptAnswer(int status, byte[] body, List<List<String>> headers) {
    static final StoredJson<KeptAnswer> FORMAT =
            StoredJson.of(KeptAnswer.class, "answer that was kept", "http.upload_storage", "upload the file again");

    /** Reads the body, and closes it. */
    static KeptAnswer of(HttpResponse response) {
        return new KeptAnswer(
                response.status(),
                response.body().bytes(UploadServer.MAX_ANSWER_BYTES),
                response.headers().fields().stream()
                        .map(field -> List.of(field.name(), field.value()))
                        .toList());
    }

    HttpResponse response() {
        return HttpResponse.of(status)
                .withHeaders(HttpHeaders.of(headers.stream()
                        .map(field -> new HttpHeaders.Field(field.get(0), field.get(1)))
                        .toList()))
                .withBody(HttpBody.of(body));
    }

    @Override
    public String toString() {
        return "KeptAnswer[" + status + "]";
    }
}
