package io.github.keywharf.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.internal.Cut;
import java.io.IOException;

/**
 * A service's answer in JSON. Prints without its content, which may have secrets.
 *
 * @param json the content; a missing node when there is none, a null node when it is not JSON
 */
public record JsonAnswer(int status, JsonNode json) {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAX_CODE = 80;
    private static final int MAX_TEXT = 400;

    /**
     * Reads a response, and closes it.
     *
     * @param maxBytes the most bytes that are accepted
     * @throws io.github.keywharf.KeywharfException {@code http.too_large} beyond the limit; {@code http.broken} when reading fails
     */
    public static JsonAnswer read(HttpResponse response, int maxBytes) {
        try (response) {
            return new JsonAnswer(response.status(), parsed(response.body().bytes(maxBytes)));
        }
    }

    /** A text as JSON; a missing node when it is empty, a null node when it is not JSON. */
    public static JsonNode parsed(byte[] content) {
        try {
            return JSON.readTree(content);
        } catch (IOException e) {
            // Not passed on: its message quotes the answer, and with it perhaps a token.
            return JSON.nullNode();
        }
    }

    /** Whether the status is from 200 to 299. */
    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /**
     * What the service says is wrong, as messages show it: {@code (404 NOT_FOUND): There is no such table}. Cut, on one line, and
     * without a full stop at its end.
     *
     * @param code the service's code; may be empty
     * @param text the service's message; may be empty
     */
    public String said(String code, String text) {
        return "(" + status + (code.isBlank() ? "" : " " + Cut.printable(code.strip(), MAX_CODE)) + ")"
                + (text.isBlank() ? "" : ": " + Cut.printable(text.strip().replaceFirst("[.]+$", ""), MAX_TEXT));
    }

    @Override
    public String toString() {
        return "JsonAnswer[" + status + "]";
    }
}
