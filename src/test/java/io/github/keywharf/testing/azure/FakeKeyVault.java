package io.github.keywharf.testing.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.FakeRest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a Key Vault with soft deletion. It refuses what the real one refuses. docs/reference/fake-keyvault.md says
 * what it does not prove.
 */
public final class FakeKeyVault extends FakeRest {
    /** Whom its tokens must be for. */
    public static final String RESOURCE = "https://vault.azure.net";

    /** The operation that puts a secret. */
    public static final String SET = "PUT /secrets/{name}";

    /** The operation that reads a secret. */
    public static final String GET = "GET /secrets/{name}";

    /** The operation that removes a secret. */
    public static final String DELETE = "DELETE /secrets/{name}";

    /** The operation that lists secrets. */
    public static final String LIST = "GET /secrets";

    /** The operation that takes a removed secret back. */
    public static final String RECOVER = "POST /deletedsecrets/{name}/recover";

    private static final Set<String> VERSIONS = Set.of("7.4", "7.5", "7.6", "2025-07-01");
    private static final Pattern NAME = Pattern.compile("[0-9a-zA-Z-]{1,127}");
    private static final int MAX_VALUE = 25 * 1024;
    private static final int MAX_PAGE = 25;
    private static final Duration KEPT = Duration.ofDays(7);

    private enum State {
        LIVE,
        DELETING,
        DELETED,
        RECOVERING
    }

    private record Version(
            String id, String value, @Nullable String contentType, JsonNode tags, boolean enabled, Instant created) {}

    private static final class Entry {
        private final String name;
        private final List<Version> versions = new ArrayList<>();
        private State state = State.LIVE;
        private int unsettled;
        private Instant deleted = Instant.EPOCH;

        Entry(String name) {
            this.name = name;
        }

        Version current() {
            return versions.get(versions.size() - 1);
        }

        /** Deleting and recovering take some calls. */
        void settle() {
            if (unsettled-- <= 0) {
                state = state == State.DELETING ? State.DELETED : state == State.RECOVERING ? State.LIVE : state;
            }
        }
    }

    private final FakeEntra entra;
    private final InstantSource clock;
    private final Map<String, Entry> entries = new TreeMap<>();
    private final Set<String> forbidden = new HashSet<>();
    private int settling;
    private int versions;

    /** A vault whose tokens come from this directory. */
    public FakeKeyVault(FakeEntra entra, InstantSource clock) {
        this.entra = entra;
        this.clock = clock;
    }

    /** This vault and its directory as one handler, as a test serves them on one port. */
    public HttpHandler withEntra() {
        return request ->
                request.path().startsWith("/secrets") || request.path().startsWith("/deletedsecrets")
                        ? handle(request)
                        : entra.handle(request);
    }

    /** How many calls that meet a secret find it still being deleted, or recovered; none unless set. */
    public synchronized void settleAfter(int calls) {
        settling = calls;
    }

    /** Takes a permission away: get, set, delete, list, recover, purge. */
    public synchronized void forbid(String permission) {
        forbidden.add(permission);
    }

    /** Puts a secret as another program would. */
    public synchronized void put(String name, String value, boolean enabled) {
        entries.computeIfAbsent(key(name), key -> new Entry(name))
                .versions
                .add(version(value, null, object(), enabled));
    }

    /** Deletes a secret as another program would, so that it can be recovered. */
    public synchronized void delete(String name) {
        Entry entry = entries.get(key(name));
        if (entry != null && entry.state == State.LIVE) {
            delete(entry);
        }
    }

    private void delete(Entry entry) {
        entry.state = settling > 0 ? State.DELETING : State.DELETED;
        entry.unsettled = settling;
        entry.deleted = clock.instant();
    }

    /** The values of a secret that there ever were, live or deleted, oldest first. */
    public synchronized List<String> history(String name) {
        Entry entry = entries.get(key(name));
        return entry == null
                ? List.of()
                : entry.versions.stream().map(Version::value).toList();
    }

    @Override
    protected Map<String, HttpHandler> routes() {
        return Map.of(
                SET,
                request -> set(checked(request, "set")),
                GET,
                request -> get(checked(request, "get")),
                "GET /secrets/{name}/{version}",
                request -> get(checked(request, "get")),
                DELETE,
                request -> delete(checked(request, "delete")),
                LIST,
                request -> list(checked(request, "list")),
                "GET /deletedsecrets/{name}",
                request -> deleted(checked(request, "get")),
                RECOVER,
                request -> recover(checked(request, "recover")),
                "DELETE /deletedsecrets/{name}",
                request -> purge(checked(request, "purge")));
    }

    private HttpRequest checked(HttpRequest request, String permission) {
        String bearer = request.header("Authorization").orElse("").replaceFirst("^Bearer ", "");
        if (!entra.accepts(bearer, RESOURCE)) {
            String base = base(request);
            throw new Refusal(error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.", "")
                    .withHeader(
                            "WWW-Authenticate",
                            "Bearer authorization=\"" + base + "/" + FakeEntra.TENANT + "\", resource=\"" + RESOURCE
                                    + "\""));
        }
        if (!VERSIONS.contains(request.query("api-version").orElse(""))) {
            throw new Refusal(error(400, "BadParameter", "The specified version is not recognized.", ""));
        }
        if (forbidden.contains(permission)) {
            throw new Refusal(error(
                    403,
                    "Forbidden",
                    "The user, group or application does not have secrets " + permission + " permission on key vault.",
                    "ForbiddenByPolicy"));
        }
        return request;
    }

    private HttpResponse set(HttpRequest request) {
        String name = name(request);
        JsonNode body = json(request);
        String value = body == null ? "" : body.path("value").asText("");
        if (body == null || !body.path("value").isTextual() || value.length() > MAX_VALUE) {
            return error(400, "BadParameter", "The value is missing, or longer than " + MAX_VALUE + " characters.", "");
        }
        Entry entry = entries.computeIfAbsent(key(name), key -> new Entry(name));
        State before = entry.state;
        entry.settle();
        switch (before) {
            case DELETING -> {
                return conflict(name, "is currently being deleted", "ObjectIsBeingDeleted");
            }
            case RECOVERING -> {
                return conflict(
                        name,
                        "is currently being recovered and cannot be re-created; retry later",
                        "ObjectIsBeingRecovered");
            }
            case DELETED -> {
                return conflict(
                        name,
                        "is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the"
                                + " secret can only be recovered or purged",
                        "ObjectIsDeletedButRecoverable");
            }
            case LIVE -> {}
        }
        entry.versions.add(version(
                value,
                body.path("contentType").asText(null),
                body.path("tags"),
                body.path("attributes").path("enabled").asBoolean(true)));
        return json(200, bundle(request, entry, entry.current()).put("value", value));
    }

    private HttpResponse get(HttpRequest request) {
        Entry entry = live(request);
        String asked = request.path().split("/", -1).length > 3 ? request.part("version") : "";
        Version version = entry.versions.stream()
                .filter(each -> each.id.equals(asked))
                .findFirst()
                .orElse(entry.current());
        if (!version.enabled) {
            return error(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
        }
        return json(200, bundle(request, entry, version).put("value", version.value));
    }

    private HttpResponse delete(HttpRequest request) {
        Entry entry = live(request);
        delete(entry);
        return json(200, deletedBundle(request, entry));
    }

    private HttpResponse deleted(HttpRequest request) {
        Entry entry = entries.get(key(name(request)));
        if (entry != null) {
            entry.settle();
        }
        return entry == null || entry.state != State.DELETED
                ? notFound(request)
                : json(200, deletedBundle(request, entry));
    }

    private HttpResponse recover(HttpRequest request) {
        Entry entry = entries.get(key(name(request)));
        if (entry == null || entry.state == State.LIVE) {
            return notFound(request);
        }
        if (entry.state != State.DELETED) {
            entry.settle();
            return conflict(entry.name, "is currently being changed", "ObjectIsBeingDeleted");
        }
        entry.state = settling > 0 ? State.RECOVERING : State.LIVE;
        entry.unsettled = settling;
        return json(200, bundle(request, entry, entry.current()));
    }

    private HttpResponse purge(HttpRequest request) {
        Entry entry = entries.get(key(name(request)));
        if (entry == null || entry.state != State.DELETED) {
            return notFound(request);
        }
        entries.remove(key(entry.name));
        return HttpResponse.of(204);
    }

    private HttpResponse list(HttpRequest request) {
        int most = request.query("maxresults").map(Integer::parseInt).orElse(MAX_PAGE);
        if (most < 1 || most > MAX_PAGE) {
            return error(400, "BadParameter", "maxresults must be between 1 and 25.", "");
        }
        String after = request.query("$skiptoken").orElse("");
        ObjectNode answer = object();
        String last = "";
        int given = 0;
        for (Map.Entry<String, Entry> each : entries.entrySet()) {
            Entry entry = each.getValue();
            if (entry.state != State.LIVE || each.getKey().compareTo(after) <= 0) {
                continue;
            }
            if (given == most) {
                answer.put(
                        "nextLink",
                        base(request) + "/secrets?api-version=2025-07-01&$skiptoken=" + last + "&maxresults=" + most);
                break;
            }
            ObjectNode item = bundle(request, entry, entry.current());
            answer.withArray("value").add(item.put("id", base(request) + "/secrets/" + entry.name));
            last = each.getKey();
            given++;
        }
        if (given == 0) {
            answer.putArray("value");
        }
        return json(200, answer);
    }

    private Entry live(HttpRequest request) {
        Entry entry = entries.get(key(name(request)));
        if (entry != null && entry.state == State.RECOVERING) {
            entry.settle();
        }
        if (entry == null || entry.state != State.LIVE) {
            throw new Refusal(notFound(request));
        }
        return entry;
    }

    private static String name(HttpRequest request) {
        String name = request.part("name");
        if (!NAME.matcher(name).matches()) {
            throw new Refusal(error(400, "BadParameter", "The request URI contains an invalid name: " + name, ""));
        }
        return name;
    }

    private Version version(String value, @Nullable String contentType, JsonNode tags, boolean enabled) {
        return new Version(String.format("%032x", ++versions), value, contentType, tags, enabled, clock.instant());
    }

    private ObjectNode bundle(HttpRequest request, Entry entry, Version version) {
        ObjectNode bundle = object().put("id", base(request) + "/secrets/" + entry.name + "/" + version.id);
        bundle.putObject("attributes")
                .put("enabled", version.enabled)
                .put("created", version.created.getEpochSecond())
                .put("updated", version.created.getEpochSecond())
                .put("recoveryLevel", "CustomizedRecoverable+Purgeable")
                .put("recoverableDays", KEPT.toDays());
        if (version.contentType != null) {
            bundle.put("contentType", version.contentType);
        }
        if (version.tags.isObject()) {
            bundle.set("tags", version.tags);
        }
        return bundle;
    }

    private ObjectNode deletedBundle(HttpRequest request, Entry entry) {
        return bundle(request, entry, entry.current())
                .put("recoveryId", base(request) + "/deletedsecrets/" + entry.name)
                .put("deletedDate", entry.deleted.getEpochSecond())
                .put("scheduledPurgeDate", entry.deleted.plus(KEPT).getEpochSecond());
    }

    private static HttpResponse notFound(HttpRequest request) {
        return error(
                404,
                "SecretNotFound",
                "A secret with (name/id) " + request.part("name") + " was not found in this key vault.",
                "");
    }

    private static HttpResponse conflict(String name, String state, String inner) {
        return error(409, "Conflict", "Secret " + name + " " + state + ".", inner);
    }

    private static HttpResponse error(int status, String code, String message, String inner) {
        ObjectNode answer = object();
        ObjectNode error = answer.putObject("error").put("code", code).put("message", message);
        if (!inner.isEmpty()) {
            error.putObject("innererror").put("code", inner);
        }
        return json(status, answer);
    }

    private static String base(HttpRequest request) {
        return request.uri().getScheme() + "://" + request.uri().getRawAuthority();
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "FakeKeyVault[" + entries.size() + " secrets]";
    }
}
