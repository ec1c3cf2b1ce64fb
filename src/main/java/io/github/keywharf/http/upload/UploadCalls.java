package io.github.keywharf.http.upload;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.jspecify.annotations.Nullable;

/** Sends the requests of one upload, and waits after failures that may pass. */
final class UploadCalls {
    /** Bytes of an answer that are kept, 1 MiB. */
    private static final int MAX_ANSWER = 1024 * 1024;

    private final UploadClient.Settings settings;
    private final HttpHeaders headers;
    private final String subject;
    private final String origin;
    private int failures;

    /**
     * Creates calls with headers that go to one origin.
     *
     * @throws IllegalArgumentException if the URI is not one of HTTP
     */
    UploadCalls(UploadClient.Settings settings, HttpHeaders headers, URI uri) {
        this.settings = settings;
        this.headers = headers;
        this.origin = HttpRequest.of("HEAD", uri).origin();
        this.subject = origin.substring(origin.indexOf("//") + 2);
    }

    /** Answer to a request. */
    record Answer(int status, HttpHeaders headers, String body) {
        boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        /** Returns true if the server has the whole content, so that this is the final answer. */
        boolean isLast() {
            return headers.all(UploadHeaders.COMPLETE).equals(List.of(UploadHeaders.TRUE));
        }
    }

    /** Sends a request once; returns empty after a failure that may pass, and after waiting for that. */
    Optional<Answer> once(HttpRequest request) {
        KeywharfException failure;
        Duration retryAfter = null;
        try (HttpResponse response = settings.http().handle(request);
                InputStream body = response.body().open()) {
            Answer answer = new Answer(
                    response.status(),
                    response.headers(),
                    new String(body.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8));
            if (answer.isLast() || (answer.status() != 429 && answer.status() < 500)) {
                return Optional.of(answer);
            }
            retryAfter = response.retryAfter(settings.clock().instant()).orElse(null);
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
        waitAfter(failure, retryAfter);
        return Optional.empty();
    }

    /**
     * Sends a request, which may be sent several times, until it succeeds.
     *
     * @throws UploadRefused if the server refuses it
     */
    Answer answer(HttpRequest request) {
        while (true) {
            Optional<Answer> answer = once(request);
            if (answer.isPresent()) {
                if (!request.method().equals("POST")) {
                    requireFound(answer.get());
                }
                if (!answer.get().isSuccess()) {
                    throw refused(answer.get());
                }
                return answer.get();
            }
        }
    }

    /** Notes progress: failures before it do not count. */
    void progressed() {
        failures = 0;
    }

    /**
     * Waits after a failure.
     *
     * @param retryAfter time that the server asks to wait, or null
     * @throws KeywharfException {@code http.upload_interrupted} if that is too long, or this was the last attempt
     */
    void waitAfter(KeywharfException failure, @Nullable Duration retryAfter) {
        failures++;
        Duration asked = retryAfter == null ? Duration.ZERO : retryAfter;
        boolean tooLong = asked.compareTo(UploadClient.RETRY_AFTER_CAP) > 0;
        if (failures >= settings.attempts() || tooLong) {
            String problem = tooLong
                    ? "The server asks to wait for " + asked
                    : "The upload got no further in " + failures + " attempts";
            throw KeywharfException.retryable(
                    UploadClient.INTERRUPTED,
                    subject,
                    problem + "; what has arrived stays, so resume it by its URI later",
                    failure);
        }
        Duration pause = settings.backoff().pause(failures);
        settings.pause().of(asked.compareTo(pause) > 0 ? asked : pause, subject);
    }

    long sliceBytes() {
        return settings.sliceBytes();
    }

    HttpRequest request(String method, URI uri, HttpBody body) {
        return HttpRequest.of(method, uri).withHeaders(headers).withBody(body);
    }

    /** Returns the URI of an upload that was created. */
    URI location(URI target, Answer created) {
        String location = created.headers().find("Location").orElseThrow(() -> badAnswer("it has no Location"));
        try {
            URI upload = target.resolve(location);
            String found = HttpRequest.of("HEAD", upload).origin();
            if (found.equals(origin)) {
                return upload;
            }
            throw new KeywharfException(
                    "http.upload_elsewhere",
                    subject,
                    "The server wants the content at another origin, " + found
                            + ", which may not see the credentials; upload to that origin yourself if you trust it");
        } catch (IllegalArgumentException e) {
            throw badAnswer("its Location is not a URI of HTTP");
        }
    }

    /** Returns the offset that an answer has to contain, from 0 to the size of the file. */
    long offset(Answer answer, long size) {
        long offset = UploadHeaders.number(
                        answer.headers().find(UploadHeaders.OFFSET).orElse(""))
                .orElse(Long.MAX_VALUE);
        if (offset > size) {
            throw badAnswer("its " + UploadHeaders.OFFSET + " is missing, not a number, or beyond the file");
        }
        return offset;
    }

    private KeywharfException badAnswer(String why) {
        return KeywharfException.retryable(
                HttpClients.BAD_RESPONSE,
                subject,
                "The answer is not one of a resumable upload: " + why + "; ask who runs the service");
    }

    /** Throws if the server does not have the upload. */
    void requireFound(Answer answer) {
        if ((answer.status() == 404 || answer.status() == 410) && !answer.isLast()) {
            throw KeywharfException.retryable(
                    UploadClient.GONE,
                    subject,
                    "The server does not have this upload, or no longer; upload the file from its beginning");
        }
    }

    /** Returns an answer as a refusal, with the texts of a problem document. */
    UploadRefused refused(Answer answer) {
        JsonNode problem = JsonAnswer.parsed(answer.body().getBytes(StandardCharsets.UTF_8));
        String detail = problem.path("detail").asText("");
        return UploadRefused.received(
                subject,
                answer.status(),
                problem.path("code").asText(""),
                detail.isEmpty() ? problem.path("title").asText("") : detail,
                problem.path("constraint").textValue());
    }
}
