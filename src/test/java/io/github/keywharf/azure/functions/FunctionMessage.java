package io.github.keywharf.azure.functions;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatus;
import com.microsoft.azure.functions.HttpStatusType;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A request as the Functions host hands it over. */
record FunctionMessage(HttpMethod getHttpMethod, URI getUri, Map<String, String> getHeaders, Optional<String> getBody)
        implements HttpRequestMessage<Optional<String>> {

    static FunctionMessage of(String method, String uri, Map<String, String> headers) {
        return new FunctionMessage(HttpMethod.value(method), URI.create(uri), headers, Optional.empty());
    }

    @Override
    public Map<String, String> getQueryParameters() {
        return Map.of();
    }

    @Override
    public HttpResponseMessage.Builder createResponseBuilder(HttpStatus status) {
        return new Answer(status, new HashMap<>(), new byte[0]);
    }

    @Override
    public HttpResponseMessage.Builder createResponseBuilder(HttpStatusType status) {
        return new Answer(status, new HashMap<>(), new byte[0]);
    }

    /** An answer, and what builds it. */
    record Answer(HttpStatusType getStatus, Map<String, String> headers, Object getBody)
            implements HttpResponseMessage, HttpResponseMessage.Builder {
        @Override
        public HttpResponseMessage.Builder status(HttpStatusType other) {
            return new Answer(other, headers, getBody);
        }

        @Override
        public HttpResponseMessage.Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        @Override
        public HttpResponseMessage.Builder body(Object body) {
            return new Answer(getStatus, headers, body);
        }

        @Override
        public HttpResponseMessage build() {
            return this;
        }

        @Override
        public String getHeader(String name) {
            return headers.get(name);
        }
    }
}
