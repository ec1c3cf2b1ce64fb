package io.github.keywharf.testing.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.DroppedConnection;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the fakes of services with JSON have in common: signatures, faults, and what was called. Thread-safe. */
abstract class FakeAwsService implements HttpHandler {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MAX_REQUEST = 1 << 20;

    final InstantSource clock;
    private final String service;
    private final String region;
    private final String messageMember;
    private final AwsKeys keys;
    private final List<AwsExchange> exchanges = new ArrayList<>();
    private final List<AwsFault> faults = new ArrayList<>();

    /** @param messageMember the member of an error that has its message, in the service's spelling */
    FakeAwsService(String service, String region, String messageMember, AwsKeys keys, InstantSource clock) {
        this.service = service;
        this.region = region;
        this.messageMember = messageMember;
        this.keys = keys;
        this.clock = clock;
    }

    /** The operation of a request; refuses one that the service does not have. */
    abstract String operation(HttpRequest request);

    /** Does it, under the lock of this. */
    abstract ObjectNode answer(String operation, JsonNode request);

    /** The form of the service's answers. */
    abstract HttpResponse response(int status, String error, ObjectNode body);

    /** Adds a fault; of several the first one that meets a call happens. */
    public final void fault(AwsFault fault) {
        synchronized (this) {
            faults.add(fault);
        }
    }

    /** Removes all faults. */
    public final synchronized void heal() {
        faults.clear();
    }

    /** The calls that named an operation, in order. */
    public final synchronized List<AwsExchange> exchanges() {
        return List.copyOf(exchanges);
    }

    /** How many calls of an operation there were, those with a fault and those refused included. */
    public final synchronized int calls(String operation) {
        return (int) exchanges.stream()
                .filter(each -> each.operation().equals(operation))
                .count();
    }

    @Override
    public final synchronized HttpResponse handle(HttpRequest request) {
        byte[] body = request.body().bytes(MAX_REQUEST);
        String operation = "";
        JsonNode sent = JsonNodeFactory.instance.objectNode();
        AwsFault fault = null;
        ObjectNode answer;
        int status = 200;
        String error = "";
        try {
            operation = operation(request);
            fault = fault(operation);
            sent = parsed(body);
            if (fault != null && fault.failure() != null) {
                throw new AwsRefusal(
                        fault.failure().status(),
                        fault.failure().type(),
                        fault.failure().message());
            }
            AwsSignature.check(request, body, service, region, keys, clock.instant());
            answer = answer(operation, sent);
        } catch (AwsRefusal e) {
            status = e.status();
            error = e.type();
            answer = object().put(messageMember, e.getMessage());
        }
        if (!operation.isEmpty()) {
            exchanges.add(new AwsExchange(service, operation, sent, status, error, answer));
        }
        if (fault != null && fault.failure() == null) {
            throw new DroppedConnection(service + " " + operation);
        }
        HttpResponse response = response(status, error, answer);
        return fault != null && fault.retryAfter() != null
                ? response.withHeader("Retry-After", Integer.toString(fault.retryAfter()))
                : response;
    }

    private @Nullable AwsFault fault(String operation) {
        for (int i = 0; i < faults.size(); i++) {
            AwsFault fault = faults.get(i);
            if (fault.operation().equals(operation) && fault.times() > 0) {
                faults.set(i, fault.once());
                return fault;
            }
        }
        return null;
    }

    private static JsonNode parsed(byte[] body) {
        try {
            JsonNode parsed = JSON.readTree(body);
            if (parsed != null && parsed.isObject()) {
                return parsed;
            }
        } catch (IOException e) {
            throw new AwsRefusal(400, "SerializationException", "The body is not JSON");
        }
        throw new AwsRefusal(400, "SerializationException", "The body is not a JSON object");
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static HttpBody body(JsonNode json) {
        try {
            return HttpBody.of(JSON.writeValueAsBytes(json));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
