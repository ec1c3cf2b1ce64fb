package io.github.keywharf.azure.functions;

import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatusType;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A handler's requests and responses as those of a function with an HTTP trigger.
 *
 * @param handler whose routes begin with {@code root}
 * @param root what comes before it in a path is the route prefix of the function app, which the handler does not see
 */
record FunctionsHandler(HttpHandler handler, String root) {
    /** The most bytes of an answer, which a function returns whole. */
    private static final int MAX_ANSWER = 1024 * 1024;

    HttpResponseMessage handle(HttpRequestMessage<Optional<String>> message) {
        HttpRequest request;
        try {
            request = request(message);
        } catch (IllegalArgumentException e) {
            return message.createResponseBuilder(HttpStatusType.custom(400)).build();
        }
        try (HttpResponse response = handler.handle(request)) {
            HttpResponseMessage.Builder builder =
                    message.createResponseBuilder(HttpStatusType.custom(response.status()));
            for (HttpHeaders.Field field : response.headers().fields()) {
                builder.header(field.name(), field.value());
            }
            byte[] body = response.body().bytes(MAX_ANSWER);
            return body.length == 0 ? builder.build() : builder.body(body).build();
        }
    }

    private HttpRequest request(HttpRequestMessage<Optional<String>> message) {
        List<HttpHeaders.Field> fields = new ArrayList<>();
        for (Map.Entry<String, String> header : message.getHeaders().entrySet()) {
            fields.add(new HttpHeaders.Field(header.getKey(), header.getValue()));
        }
        HttpRequest request = HttpRequest.of(message.getHttpMethod().name(), withoutPrefix(message.getUri()))
                .withHeaders(HttpHeaders.of(fields))
                .withBody(message.getBody().map(HttpBody::of).orElse(HttpBody.empty()));
        return peer(request).map(request::withPeer).orElse(request);
    }

    private URI withoutPrefix(URI uri) {
        String path = String.valueOf(uri.getRawPath());
        int begin = path.indexOf(root);
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + path.substring(Math.max(0, begin)) + query);
    }

    /** What the platform's front end adds at the end; what stands before it anybody can have written. */
    private static Optional<String> peer(HttpRequest request) {
        return request.header("X-Forwarded-For")
                .map(list -> list.substring(list.lastIndexOf(',') + 1).strip())
                .map(peer -> peer.replaceFirst("^\\[(.*)](:\\d+)?$", "$1").replaceFirst("^([0-9.]+):\\d+$", "$1"))
                .filter(peer -> !peer.isEmpty());
    }
}
