package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.JsonAnswer;
import io.github.keywharf.http.upload.UploadClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The server as its client sees it. */
final class FetchServer {
    private static final int MAX_ANSWER = 1024 * 1024;

    private final URI uri;
    private final HttpHandler http;
    private final HttpHeaders credentials;
    private final UploadClient uploads;

    /** The server, which no one on the way can listen to, unless that is allowed. */
    FetchServer(FetchSettings settings) {
        uri = settings.login().server();
        settings.transport().check(uri);
        HttpHandler client = settings.transport().open();
        http = settings.transport().repeating(client, settings.events());
        uploads = settings.transport().uploads(client);
        credentials = HttpHeaders.none().with("Authorization", settings.login().authorization());
    }

    UploadClient uploads() {
        return uploads;
    }

    /** The headers that log in. */
    HttpHeaders credentials() {
        return credentials;
    }

    /** Where uploads of a file begin. */
    URI target(String name) {
        return uri.resolve("files/" + HttpRequest.encoded(name));
    }

    /** Whether a URI is at the server, so that it may see the password. */
    boolean owns(URI upload) {
        try {
            return HttpRequest.get(upload).origin().equals(HttpRequest.get(uri).origin());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    String subject() {
        return uri.getHost();
    }

    /** What the tenant may send. */
    FileConstraints constraints() {
        JsonAnswer answer = JsonAnswer.read(
                http.handle(HttpRequest.get(uri.resolve("customer")).withHeaders(credentials)), MAX_ANSWER);
        return switch (answer.status()) {
            case 200 -> constraints(answer.json());
            case 401 ->
                throw new KeywharfException(
                        "batch.login_refused", subject(), "The user or the password is wrong; check both");
            case 403 ->
                throw new KeywharfException(
                        "batch.login_refused",
                        subject(),
                        "The server does not let this user upload "
                                + answer.said("", answer.json().path("detail").asText(""))
                                + "; ask who runs it");
            case 429 ->
                throw KeywharfException.retryable(
                        "batch.too_many_logins",
                        subject(),
                        "Too many logins have failed; wait some minutes, then try again");
            default -> throw bad("its status is " + answer.status());
        };
    }

    private FileConstraints constraints(JsonNode json) {
        try {
            List<String> columns = new ArrayList<>();
            json.path("columns")
                    .forEach(column -> columns.add(column.path("name").asText(column.asText())));
            List<String> formats = ProfileObject.texts("formats", json.path("formats"), FileConstraints.MAX_FORMATS);
            JsonNode number = json.path("number_files");
            JsonNode sizes = json.path("data_sizes");
            JsonNode bytes = json.path("bytes_a_day");
            if (!number.canConvertToInt() || !sizes.isIntegralNumber()) {
                throw bad("it has no number_files or no data_sizes");
            }
            return new FileConstraints(
                    formats,
                    number.intValue(),
                    sizes.longValue(),
                    bytes.isIntegralNumber() ? bytes.longValue() : FileConstraints.MAX_BYTES_A_DAY,
                    columns);
        } catch (IllegalArgumentException e) {
            throw bad(ProfileText.shown(String.valueOf(e.getMessage())));
        }
    }

    private KeywharfException bad(String why) {
        return new KeywharfException(
                "batch.bad_answer",
                subject(),
                "The answer to GET " + uri.resolve("customer").getRawPath() + " is not a tenant's constraints: " + why
                        + "; check the address");
    }
}
