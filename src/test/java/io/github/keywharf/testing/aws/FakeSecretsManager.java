package io.github.keywharf.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Secrets Manager's {@code GetSecretValue} with the secrets a test puts in. It refuses what the real one refuses.
 * docs/reference/fake-secrets-manager.md says what it does not prove. Thread-safe.
 */
public final class FakeSecretsManager extends FakeAwsService {
    /** The one operation. */
    public static final String GET = "GetSecretValue";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_+=.@:!-]{1,2048}");

    /** A secret; text and bytes in Base64 exclude each other. */
    private record Entry(@Nullable String text, @Nullable String base64, int version, boolean deleted) {}

    private final Map<String, Entry> secrets = new HashMap<>();

    /** A service without secrets in eu-west-1, with the keys of {@link AwsKeys}. */
    public FakeSecretsManager() {
        super("secretsmanager", "eu-west-1", "Message", new AwsKeys(), InstantSource.system());
    }

    /** Puts a secret, or a new version of it. */
    public synchronized void put(String name, String text) {
        secrets.put(name, new Entry(text, null, version(name), false));
    }

    /** Puts a binary secret. */
    public synchronized void putBinary(String name, byte[] bytes) {
        secrets.put(name, new Entry(null, Base64.getEncoder().encodeToString(bytes), version(name), false));
    }

    /** Marks a secret for deletion, as the console does. */
    public synchronized void markDeleted(String name) {
        secrets.computeIfPresent(name, (n, entry) -> new Entry(entry.text, entry.base64, entry.version, true));
    }

    private int version(String name) {
        Entry before = secrets.get(name);
        return before == null ? 1 : before.version + 1;
    }

    @Override
    String operation(HttpRequest request) {
        if (!request.header("X-Amz-Target").orElse("").equals("secretsmanager." + GET)) {
            throw new AwsRefusal(400, "UnknownOperationException", "");
        }
        return GET;
    }

    @Override
    ObjectNode answer(String operation, JsonNode request) {
        String name = request.path("SecretId")
                .asText("")
                .replaceFirst("^arn:aws:secretsmanager:[^:]*:[^:]*:secret:(.*)-[A-Za-z0-9]{6}$", "$1");
        if (!NAME.matcher(name).matches()) {
            throw new AwsRefusal(400, "ValidationException", "Invalid name. Must be a valid name.");
        }
        Entry entry = secrets.get(name);
        if (entry == null) {
            throw new AwsRefusal(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        }
        if (entry.deleted) {
            throw new AwsRefusal(
                    400,
                    "InvalidRequestException",
                    "You can't perform this operation on the secret because it was marked for deletion.");
        }
        ObjectNode answer = object().put(
                        "ARN", "arn:aws:secretsmanager:eu-west-1:000000000000:secret:" + name + "-AbCdEf")
                .put("Name", name)
                .put("VersionId", new UUID(0x4000L, 0x8000_0000_0000_0000L | entry.version).toString());
        answer.putArray("VersionStages").add("AWSCURRENT");
        return entry.base64 == null ? answer.put("SecretString", entry.text) : answer.put("SecretBinary", entry.base64);
    }

    @Override
    HttpResponse response(int status, String error, ObjectNode body) {
        return HttpResponse.of(status)
                .withHeader("Content-Type", "application/x-amz-json-1.1")
                .withBody(body(error.isEmpty() ? body : body.deepCopy().put("__type", error)));
    }

    @Override
    public String toString() {
        return "FakeSecretsManager[" + secrets.size() + " secrets]";
    }
}
