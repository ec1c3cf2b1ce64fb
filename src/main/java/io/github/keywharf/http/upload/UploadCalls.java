package io.github.keywharf.http.upload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.JsonAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends the requests of one upload, again where that may help. */
final class UploadCalls {
    /** The most bytes of an answer that are kept, 1 MiB. */
    private static final int MAX_ANSWER = 1024 * 1024;

    /** The most bytes of a problem that are read. */
    private static final int MAX_PROBLEM = 64 * 1024;

    private final UploadClient.Settings settings;
    private final HttpHeaders headers;
    private final String subject;
    private final String origin;
    private int failures;

    /**
     * Calls with these headers, which go to one origin.
     *
     * @throws IllegalArgumentException when the URI is not one of HTTP
     */
    UploadCalls(UploadClient.Settings settings, HttpHeaders headers, URI uri) {
        this.settings = settings;
        this.headers = headers;
        this.origin = HttpRequest.of("HEAD", uri).origin();
        this.subject = origin.substring(origin.indexOf("//") + 2);
    }

    /** What came of a request. */
    record Answer(int status, HttpHeaders headers, String body) {
        boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        /** Whether the server says that it has all content, so that this is its last word on it. */
        boolean isLast() {
            return headers.all(UploadHeaders.COMPLETE).equals(List.of(UploadHeaders.TRUE));
        }
    }

    /** Sends a request once; its failures are waited for, and then give nothing. */
    Optional<Answer> once(HttpRequest request) {
        KeywharfException failure;
        Optional<Duration> asked = Optional.empty();
        try (HttpResponse response = settings.http().handle(request)) {
            Answer answer = new Answer(response.status(), response.headers(), text(response));
            if (answer.isLast() || (answer.status() != 429 && answer.status() < 500)) {
                return Optional.of(answer);
            }
            asked = response.retryAfter(settings.clock().instant());
            failure = refused(answer);
        } catch (IOException e) {
            failure = KeywharfException.retryable(
                    HttpClients.BROKEN, subject, "The answer broke off before its end; it is asked for again", e);
        } catch (KeywharfException e) {
            if (!e.retryable()) {
                throw e;
            }
            failure = e;
        }
        waitAfter(failure, asked);
        return Optional.empty();
    }

    private static String text(HttpResponse response) throws IOException {
        try (InputStream body = response.body().open()) {
            return new String(body.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8);
        }
    }

    /**
     * Sends a request, which may be sent several times, until it succeeds.
     *
     * @throws UploadRefused when the server refuses it
     */
    Answer answer(HttpRequest request) {
        while (true) {
            Optional<Answer> answer = once(request);
            if (answer.isPresent()) {
                if (!request.method().equals("POST")) {
                    requireThere(answer.get());
                }
                if (!answer.get().isSuccess()) {
                    throw refused(answer.get());
                }
                return answer.get();
            }
        }
    }

    /** Something got further: failures before do not count. */
    void progressed() {
        failures = 0;
    }

    /**
     * Waits after a failure, longer each time.
     *
     * @param asked what the server asks to wait
     * @throws KeywharfException {@code http.upload_interrupted} when that is too long, or this was the last attempt
     */
    void waitAfter(KeywharfException failure, Optional<Duration> asked) {
        failures++;
        Duration wait = asked.orElse(Duration.ZERO);
        boolean tooLong = wait.compareTo(UploadClient.RETRY_AFTER_CAP) > 0;
        if (failures >= settings.attempts() || tooLong) {
            throw KeywharfException.retryable(
                    UploadClient.INTERRUPTED,
                    subject,
                    (tooLong
                                    ? "The server asks to wait for " + wait
                                    : "The upload got no further in " + failures + " attempts")
                            + "; what has arrived stays, so resume it by its URI later",
                    failure);
        }
        Duration own = settings.backoff().pause(failures);
        settings.pause().of(wait.compareTo(own) > 0 ? wait : own, subject);
    }

    long sliceBytes() {
        return settings.sliceBytes();
    }

    HttpRequest request(String method, URI uri, HttpBody body) {
        return HttpRequest.of(method, uri).withHeaders(headers).withBody(body);
    }

    /** Where an upload is that was created there. */
    URI location(URI target, Answer created) {
        String location = created.headers().find("Location").orElseThrow(() -> bad("it has no Location"));
        URI upload;
        String found;
        try {
            upload = target.resolve(location);
            found = HttpRequest.of("HEAD", upload).origin();
        } catch (IllegalArgumentException e) {
            throw bad("its Location is not a URI of HTTP");
        }
        if (!found.equals(origin)) {
            throw new KeywharfException(
                    "http.upload_elsewhere",
                    subject,
                    "The server wants the content at another origin, " + found
                            + ", which may not see the credentials; upload to that origin yourself if you trust it");
        }
        return upload;
    }

    /** How much has arrived, by an answer that has to say so. */
    long offset(Answer answer, long size) {
        try {
            long offset =
                    UploadHeaders.bytes(answer.headers(), UploadHeaders.OFFSET).orElse(-1);
            if (offset >= 0 && offset <= size) {
                return offset;
            }
        } catch (UploadRefused e) {
            throw bad("its " + UploadHeaders.OFFSET + " is not a number");
        }
        throw bad("its " + UploadHeaders.OFFSET + " is missing or beyond the file");
    }

    KeywharfException bad(String why) {
        return KeywharfException.retryable(
                HttpClients.BAD_RESPONSE,
                subject,
                "The answer is not one of a resumable upload: " + why + "; ask who runs the service");
    }

    /** Throws when an answer says that there is no such upload. */
    void requireThere(Answer answer) {
        if ((answer.status() == 404 || answer.status() == 410) && !answer.isLast()) {
            throw KeywharfException.retryable(
                    UploadClient.GONE,
                    subject,
                    "The server does not have this upload, or no longer; upload the file from its beginning");
        }
    }

    /** An answer as a refusal; its texts come from a problem document, where it is one. */
    UploadRefused refused(Answer answer) {
        JsonNode problem = problem(answer);
        String detail = problem.path("detail").asText("");
        return UploadRefused.received(
                subject,
                answer.status(),
                problem.path("code").asText(""),
                detail.isEmpty() ? problem.path("title").asText("") : detail,
                problem.path("constraint").textValue());
    }

    /** Whether an answer says that the upload was completed before. */
    static boolean saysCompleted(Answer answer) {
        return answer.status() == 400 && problem(answer).path("type").asText("").endsWith(Problems.COMPLETED);
    }

    /** What is not a problem document leaves the status alone. */
    private static JsonNode problem(Answer answer) {
        return answer.body().length() > MAX_PROBLEM
                ? MissingNode.getInstance()
                : JsonAnswer.parsed(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}
