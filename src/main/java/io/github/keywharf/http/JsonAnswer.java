package io.github.keywharf.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.internal.Cut;
import java.io.IOException;

/**
 * A service's answer in JSON. Prints without its content, which may have secrets.
 *
 * @param json content; a missing node if it is empty, a null node if it is not JSON
 */
public record JsonAnswer(int status, JsonNode json) {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAX_CODE = 80;
    private static final int MAX_TEXT = 400;

    /**
     * Reads a response, and closes it.
     *
     * @param maxBytes maximum number of bytes
     * @throws io.github.keywharf.KeywharfException {@code http.too_large} beyond the limit; {@code http.broken} when reading fails
     */
    public static JsonAnswer read(HttpResponse response, int maxBytes) {
        try (response) {
            return new JsonAnswer(response.status(), parsed(response.body().bytes(maxBytes)));
        }
    }

    /** Parses JSON; returns a missing node for no content, a null node for content that is not JSON. */
    public static JsonNode parsed(byte[] content) {
        try {
            return JSON.readTree(content);
        } catch (IOException e) {
            // Not a cause of any error: its message quotes the answer, which may have a token.
            return JSON.nullNode();
        }
    }

    /** Returns true if the status is from 200 to 299. */
    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /**
     * The service's error for messages: {@code (404 NOT_FOUND): There is no such table}. Shortened, on one line, and without a
     * full stop at its end.
     *
     * @param code error code of the service; blank if it sent none
     * @param text error message of the service; blank if it sent none
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
