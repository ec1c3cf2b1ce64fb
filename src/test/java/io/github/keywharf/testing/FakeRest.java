package io.github.keywharf.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.HttpRouter;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What fakes of REST services with JSON have in common: routes, faults, and what was called. Thread-safe. */
public abstract class FakeRest implements HttpHandler {
    /** Reads and writes JSON. */
    protected static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAX_REQUEST = 1 << 20;

    private final List<Call> calls = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private @Nullable HttpRouter router;

    /** For subclasses. */
    protected FakeRest() {}

    /**
     * A call that came in.
     *
     * @param operation such as {@code PUT /secrets/{name}}
     * @param request with its body read
     * @param status of the answer
     */
    public record Call(String operation, HttpRequest request, int status) {}

    /**
     * What goes wrong at the next calls of an operation.
     *
     * @param operation such as {@code PUT /secrets/{name}}
     * @param times how many calls it meets
     * @param answer in place of doing it; null to do it and drop the connection before the answer
     */
    public record Fault(
            String operation, int times, @Nullable HttpResponse answer) {

        /** Answers with a status and an empty object. */
        public static Fault status(String operation, int times, int status) {
            return new Fault(operation, times, HttpResponse.json(status, "{}"));
        }

        /** Does it, and drops the connection before the answer. */
        public static Fault lostAnswer(String operation, int times) {
            return new Fault(operation, times, null);
        }
    }

    /** An answer that ends a call. */
    protected static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient HttpResponse response;

        /** An error answer. */
        public Refusal(HttpResponse response) {
            super(null, null, false, false);
            this.response = response;
        }
    }

    /** The operations, such as {@code PUT /secrets/{name}}; each is called under the lock of this. */
    protected abstract Map<String, HttpHandler> routes();

    /** Adds a fault; of several the first one that meets a call happens. */
    public final synchronized void fault(Fault fault) {
        faults.add(fault);
    }

    /** Removes all faults. */
    public final synchronized void heal() {
        faults.clear();
    }

    /** The calls, in order, but for those that no operation has. */
    public final synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** How many calls of an operation there were, those with a fault and those refused included. */
    public final synchronized int calls(String operation) {
        return (int) calls.stream()
                .filter(each -> each.operation().equals(operation))
                .count();
    }

    @Override
    public final synchronized HttpResponse handle(HttpRequest request) {
        if (router == null) {
            HttpRouter.Builder builder = HttpRouter.builder();
            routes().forEach((operation, handler) -> {
                String[] parts = operation.split(" ", 2);
                builder.route(parts[0], parts[1], sent -> answer(operation, handler, sent));
            });
            router = builder.build();
        }
        byte[] body = request.body().bytes(MAX_REQUEST);
        return router.handle(trimmed(request).withBody(HttpBody.of(body)));
    }

    /** Some SDKs end a path with a slash where the last part is empty. */
    private static HttpRequest trimmed(HttpRequest request) {
        String text = request.uri().toString().replaceFirst("/(?=$|\\?)", "");
        return request.path().length() > 1 && request.path().endsWith("/")
                ? request.withUri(URI.create(text))
                : request;
    }

    private HttpResponse answer(String operation, HttpHandler handler, HttpRequest request) {
        Fault fault = takeFault(operation);
        HttpResponse response;
        if (fault != null && fault.answer() != null) {
            response = fault.answer();
        } else {
            try {
                response = handler.handle(request);
            } catch (Refusal e) {
                response = e.response;
            }
        }
        calls.add(new Call(operation, request, response.status()));
        if (fault != null && fault.answer() == null) {
            throw new DroppedConnection(operation);
        }
        return response;
    }

    private @Nullable Fault takeFault(String operation) {
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            if (fault.operation().equals(operation) && fault.times() > 0) {
                faults.set(i, new Fault(operation, fault.times() - 1, fault.answer()));
                return fault;
            }
        }
        return null;
    }

    /** The body of a request, or null when it is not a JSON object. */
    protected static @Nullable JsonNode json(HttpRequest request) {
        try {
            JsonNode tree = JSON.readTree(request.body().bytes(MAX_REQUEST));
            return tree.isObject() ? tree : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** An empty object. */
    protected static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** An answer. */
    protected static HttpResponse json(int status, JsonNode body) {
        try {
            return HttpResponse.json(status, JSON.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
