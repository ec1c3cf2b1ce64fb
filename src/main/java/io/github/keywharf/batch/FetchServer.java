package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.Loopback;
import io.github.keywharf.http.RetryFilter;
import io.github.keywharf.http.upload.UploadClient;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.key.AccessKey;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The server as its client sees it. */
final class FetchServer {
    private static final int MAX_ANSWER = 1024 * 1024;
    private static final int MAX_DETAIL = 1_000;
    private static final String UNRESERVED = "-._~";

    private final URI uri;
    private final HttpHandler http;
    private final HttpHeaders credentials;
    private final UploadClient uploads;

    private FetchServer(FetchData.Builder settings, HttpHandler client) {
        uri = settings.server;
        http = client.with(RetryFilter.builder()
                .time(settings.clock, settings.pause)
                .events(settings.listener)
                .build());
        uploads = UploadClient.builder(client)
                .time(settings.clock, settings.pause)
                .sliceBytes(settings.sliceBytes)
                .build();
        String secret = settings.password.reveal();
        boolean isKey = secret.startsWith(AccessKey.PREFIX) && secret.length() == AccessKey.LENGTH;
        String pair = settings.tenant + ":" + secret;
        credentials = HttpHeaders.none()
                .with(
                        "Authorization",
                        isKey
                                ? "Bearer " + secret
                                : "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
    }

    /** The server, which nobody on the way can listen to, unless that was asked for. */
    static FetchServer of(FetchData.Builder settings) {
        URI uri = settings.server;
        if (!"https".equalsIgnoreCase(uri.getScheme()) && !settings.plainHttp && !Loopback.isLoopback(uri.getHost())) {
            throw new KeywharfException(
                    "batch.plain_http",
                    uri.getHost(),
                    "The password would be sent in plain text, which anyone on the way can read; use https, or"
                            + " plainHttp(true) (--plain-http) if that is meant");
        }
        return new FetchServer(settings, settings.client());
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
        StringBuilder path = new StringBuilder("files/");
        for (byte b : name.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || UNRESERVED.indexOf(c) >= 0) {
                path.append(c);
            } else {
                path.append(String.format("%%%02X", b & 0xff));
            }
        }
        return uri.resolve(path.toString());
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
        try (HttpResponse response =
                http.handle(HttpRequest.get(uri.resolve("customer")).withHeaders(credentials))) {
            return switch (response.status()) {
                case 200 -> constraints(response.body().bytes(MAX_ANSWER));
                case 401 ->
                    throw new KeywharfException(
                            "batch.login_refused", subject(), "The user or the password is wrong; check both");
                case 403 ->
                    throw new KeywharfException(
                            "batch.login_refused",
                            subject(),
                            "The server does not let this user upload: "
                                    + detail(response.body().bytes(MAX_ANSWER)));
                case 429 ->
                    throw new KeywharfException(
                            "batch.too_many_logins",
                            subject(),
                            "Too many logins have failed; wait some minutes, then try again");
                default -> throw bad("its status is " + response.status());
            };
        }
    }

    /** The detail of a problem document, in the server's words. */
    private static String detail(byte[] content) {
        String unknown = "it does not say why; ask who runs it";
        try {
            return Cut.printable(
                    ProfileJson.JSON.readTree(content).path("detail").asText(unknown), MAX_DETAIL);
        } catch (IOException e) {
            return unknown;
        }
    }

    private FileConstraints constraints(byte[] content) {
        try {
            JsonNode json = ProfileJson.JSON.readTree(content);
            List<String> columns = new ArrayList<>();
            for (JsonNode column : json.path("columns")) {
                columns.add(
                        column.isTextual()
                                ? column.textValue()
                                : column.path("name").asText());
            }
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
        } catch (IOException | IllegalArgumentException e) {
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
