package io.github.keywharf.testing.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of Secrets Manager, put by a test or by its API. It refuses what the real one refuses.
 * docs/reference/fake-secrets-manager.md says what it does not prove. Thread-safe.
 */
public final class FakeSecretsManager extends FakeAwsService {
    /** Reads a secret. */
    public static final String GET = "GetSecretValue";

    /** Makes a secret. */
    public static final String CREATE = "CreateSecret";

    /** Gives a secret a new version. */
    public static final String PUT = "PutSecretValue";

    /** Marks a secret for deletion, or deletes it. */
    public static final String DELETE = "DeleteSecret";

    /** Takes a mark for deletion away. */
    public static final String RESTORE = "RestoreSecret";

    /** Lists secrets. */
    public static final String LIST = "ListSecrets";

    private static final Set<String> OPERATIONS = Set.of(GET, CREATE, PUT, DELETE, RESTORE, LIST);
    private static final int MAX_VALUE = 65_536;
    private static final int PAGE = 10;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_+=.@:!-]{1,2048}");

    /** A secret; text and bytes in Base64 exclude each other. */
    private record Entry(@Nullable String text, @Nullable String base64, int version, boolean deleted) {}

    private final Map<String, Entry> secrets = new TreeMap<>();
    private final Map<String, Integer> leaving = new HashMap<>();
    private final Set<String> managed = new HashSet<>();
    private int leavingCalls;

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

    /** Makes a secret one that another service manages, so that nobody else may change it. */
    public synchronized void managed(String name) {
        managed.add(name);
    }

    private int version(String name) {
        Entry before = secrets.get(name);
        return before == null ? 1 : before.version + 1;
    }

    /** How many calls find the name of a deleted secret still taken; none unless set. */
    public synchronized void takenAfterDeletion(int calls) {
        leavingCalls = calls;
    }

    @Override
    String operation(HttpRequest request) {
        String target = request.header("X-Amz-Target").orElse("").replaceFirst("^secretsmanager\\.", "");
        if (!OPERATIONS.contains(target)) {
            throw new AwsRefusal(400, "UnknownOperationException", "");
        }
        return target;
    }

    @Override
    ObjectNode answer(String operation, JsonNode request) {
        return switch (operation) {
            case LIST -> list(request);
            case CREATE -> create(request);
            case PUT -> put(request);
            case DELETE -> delete(request);
            case RESTORE -> restore(request);
            default -> get(request);
        };
    }

    private ObjectNode get(JsonNode request) {
        String name = name(request, "SecretId");
        Entry entry = live(name);
        ObjectNode answer = versioned(name, entry);
        return entry.base64 == null ? answer.put("SecretString", entry.text) : answer.put("SecretBinary", entry.base64);
    }

    private ObjectNode create(JsonNode request) {
        String name = name(request, "Name");
        String text = text(request);
        Entry entry = secrets.get(name);
        if (leaving.merge(name, -1, Integer::sum) >= 0 || (entry != null && entry.deleted)) {
            throw invalid(
                    "You can't create this secret because a secret with this name is already scheduled for deletion.");
        }
        if (entry != null) {
            throw new AwsRefusal(
                    400,
                    "ResourceExistsException",
                    "The operation failed because the secret " + name + " already exists.");
        }
        put(name, text);
        return object().put("ARN", arn(name)).put("Name", name).put("VersionId", version(secrets.get(name)));
    }

    private ObjectNode put(JsonNode request) {
        String name = name(request, "SecretId");
        String text = text(request);
        if (managed.contains(name)) {
            throw invalid("You can't perform this operation on a secret that is managed by another service.");
        }
        live(name);
        put(name, text);
        return versioned(name, secrets.get(name));
    }

    private ObjectNode delete(JsonNode request) {
        String name = name(request, "SecretId");
        Entry entry = secrets.get(name);
        if (entry == null) {
            throw notFound();
        }
        if (request.path("ForceDeleteWithoutRecovery").asBoolean(false)) {
            secrets.remove(name);
            leaving.put(name, leavingCalls);
        } else {
            live(name);
            markDeleted(name);
        }
        return named(name).put("DeletionDate", clock.instant().getEpochSecond());
    }

    private ObjectNode restore(JsonNode request) {
        String name = name(request, "SecretId");
        Entry entry = secrets.get(name);
        if (entry == null) {
            throw notFound();
        }
        secrets.put(name, new Entry(entry.text, entry.base64, entry.version, false));
        return named(name);
    }

    private ObjectNode list(JsonNode request) {
        int most = request.path("MaxResults").asInt(100);
        if (most < 1 || most > 100) {
            throw new AwsRefusal(400, "InvalidParameterException", "MaxResults must be from 1 to 100.");
        }
        String after = request.path("NextToken").asText("");
        List<String> names = secrets.entrySet().stream()
                .filter(each -> !each.getValue().deleted && each.getKey().compareTo(after) > 0)
                .map(Map.Entry::getKey)
                .toList();
        ObjectNode answer = object();
        ArrayNode list = answer.putArray("SecretList");
        int size = Math.min(names.size(), Math.min(most, PAGE));
        names.subList(0, size).forEach(name -> list.add(named(name)));
        return size < names.size() ? answer.put("NextToken", names.get(size - 1)) : answer;
    }

    private static String name(JsonNode request, String member) {
        String name = request.path(member)
                .asText("")
                .replaceFirst("^arn:aws:secretsmanager:[^:]*:[^:]*:secret:(.*)-[A-Za-z0-9]{6}$", "$1");
        if (!NAME.matcher(name).matches()) {
            throw new AwsRefusal(400, "ValidationException", "Invalid name. Must be a valid name.");
        }
        return name;
    }

    private static String text(JsonNode request) {
        String text = request.path("SecretString").asText("");
        boolean repeated = request.path("ClientRequestToken").asText("").length() >= 32;
        if (text.isEmpty() || text.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE || !repeated) {
            throw new AwsRefusal(400, "InvalidParameterException", "SecretString or ClientRequestToken is not valid.");
        }
        return text;
    }

    private Entry live(String name) {
        Entry entry = secrets.get(name);
        if (entry == null) {
            throw notFound();
        }
        if (entry.deleted) {
            throw invalid("You can't perform this operation on the secret because it was marked for deletion.");
        }
        return entry;
    }

    private static AwsRefusal notFound() {
        return new AwsRefusal(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }

    private static AwsRefusal invalid(String message) {
        return new AwsRefusal(400, "InvalidRequestException", message);
    }

    private static String arn(String name) {
        return "arn:aws:secretsmanager:eu-west-1:000000000000:secret:" + name + "-AbCdEf";
    }

    private static ObjectNode named(String name) {
        return object().put("ARN", arn(name)).put("Name", name);
    }

    private static String version(Entry entry) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L | entry.version).toString();
    }

    private static ObjectNode versioned(String name, Entry entry) {
        ObjectNode answer = named(name).put("VersionId", version(entry));
        answer.putArray("VersionStages").add("AWSCURRENT");
        return answer;
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
