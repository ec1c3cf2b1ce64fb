package io.github.keywharf.testing.databricks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.FakeRest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A workspace of Databricks: its OAuth server, and the shares, recipients, grants and activations of its Unity Catalog. It
 * refuses what the real one refuses. docs/reference/fake-databricks.md says what it does not prove.
 */
public final class FakeUnityCatalog extends FakeRest {
    /** The service principal. */
    public static final String CLIENT_ID = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

    /** Its OAuth secret. */
    public static final String CLIENT_SECRET = "dose0123456789abcdef+/=";

    /** A personal access token. */
    public static final String PERSONAL_TOKEN = "dapi00112233445566778899aabbccddeeff";

    /** How long a recipient's token lives that is asked for without a time, and each token of a rotation. */
    public static final Duration TOKEN_LIFE = Duration.ofDays(90);

    /** The operation that logs in. */
    public static final String LOGIN = "POST /oidc/v1/token";

    /** The operation that makes a share. */
    public static final String CREATE_SHARE = "POST /api/2.1/unity-catalog/shares";

    /** The operation that changes a share's tables. */
    public static final String UPDATE_SHARE = "PATCH /api/2.1/unity-catalog/shares/{name}";

    /** The operation that reads a share. */
    public static final String GET_SHARE = "GET /api/2.1/unity-catalog/shares/{name}";

    /** The operation that lists shares. */
    public static final String LIST_SHARES = "GET /api/2.1/unity-catalog/shares";

    /** The operation that grants shares. */
    public static final String GRANT = "PATCH /api/2.1/unity-catalog/shares/{name}/permissions";

    /** The operation that makes a recipient. */
    public static final String CREATE_RECIPIENT = "POST /api/2.1/unity-catalog/recipients";

    /** The operation that reads a recipient. */
    public static final String GET_RECIPIENT = "GET /api/2.1/unity-catalog/recipients/{name}";

    /** The operation that changes a recipient. */
    public static final String UPDATE_RECIPIENT = "PATCH /api/2.1/unity-catalog/recipients/{name}";

    /** The operation that rotates a recipient's token. */
    public static final String ROTATE = "POST /api/2.1/unity-catalog/recipients/{name}/rotate-token";

    /** The operation that hands a recipient's token out, once. */
    public static final String ACTIVATE = "GET /api/2.1/unity-catalog/public/data_sharing_activation/{code}";

    private static final String API = "/api/2.1/unity-catalog";
    private static final int MAX_UPDATES = 100;
    private static final int MAX_ADDRESSES = 100;
    private static final Duration LOGIN_LIFE = Duration.ofHours(1);

    private record Login(String scope, Instant expires) {}

    private static final class Token {
        private final String id;
        private final String value;
        private final long created;
        private long expires;
        private String code;

        Token(String id, String value, long created, long expires, String code) {
            this.id = id;
            this.value = value;
            this.created = created;
            this.expires = expires;
            this.code = code;
        }
    }

    private static final class Recipient {
        private final ObjectNode info;
        private final List<Token> tokens = new ArrayList<>();

        Recipient(ObjectNode info) {
            this.info = info;
        }
    }

    private static final class Share {
        private final ObjectNode info;
        private final Map<String, ObjectNode> objects = new TreeMap<>();
        private final Set<String> granted = new TreeSet<>();

        Share(ObjectNode info) {
            this.info = info;
        }
    }

    private final InstantSource clock;
    private final Map<String, Set<String>> tables = new HashMap<>();
    private final Map<String, Share> shares = new TreeMap<>();
    private final Map<String, Recipient> recipients = new TreeMap<>();
    private final Map<String, Login> logins = new HashMap<>();
    private Set<String> scopes = Set.of("sharing", "all-apis");
    private boolean sharingSuffices = true;
    private boolean isoExpiry;
    private boolean emptyFirst;
    private int page = 10;
    private int quota = Integer.MAX_VALUE;
    private int made;
    private long lastTime;

    /** A metastore without tables. */
    public FakeUnityCatalog(InstantSource clock) {
        this.clock = clock;
    }

    /** Adds a table, {@code catalog.schema.table}, with its partition columns. */
    public synchronized void table(String name, String... partitionColumns) {
        tables.put(
                key(name),
                Arrays.stream(partitionColumns).map(FakeUnityCatalog::key).collect(Collectors.toSet()));
    }

    /** Which scopes the service principal's secret may be used for; {@code sharing} and {@code all-apis} unless set. */
    public synchronized void scopes(String... allowed) {
        scopes = Set.of(allowed);
    }

    /** Whether a token of the scope {@code sharing} suffices; it does unless set. */
    public synchronized void sharingSuffices(boolean does) {
        sharingSuffices = does;
    }

    /** How many items a page of a list has at most; 10 unless set. */
    public synchronized void pages(int items) {
        page = items;
    }

    /** Whether the first page of each list is empty, as any page may be; it is not unless set. */
    public synchronized void emptyFirstPage(boolean empty) {
        emptyFirst = empty;
    }

    /** How many shares, and how many recipients, there may be. */
    public synchronized void quota(int most) {
        quota = most;
    }

    /** Whether activations say when a token ends in ISO 8601, in place of milliseconds. */
    public synchronized void isoExpiry(boolean iso) {
        isoExpiry = iso;
    }

    /** Ends all logins. */
    public synchronized void endLogins() {
        logins.clear();
    }

    /** Puts an object into a share as somebody else would. */
    public synchronized void put(String share, String json) {
        try {
            ObjectNode object = (ObjectNode) JSON.readTree(json);
            shares.get(key(share)).objects.put(objectKey(object), object);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Makes a recipient of another workspace, which has no token. */
    public synchronized void recipientOfAnotherWorkspace(String name) {
        recipients.put(
                key(name), new Recipient(object().put("name", key(name)).put("authentication_type", "DATABRICKS")));
    }

    /** Whether a recipient may read with a bearer token now. */
    public synchronized boolean opens(String bearer) {
        return recipients.values().stream()
                .flatMap(recipient -> recipient.tokens.stream())
                .anyMatch(token -> token.value.equals(bearer) && token.code.isEmpty() && token.expires > millis());
    }

    /** The names of what there is, for a test that counts. */
    public synchronized Set<String> shareNames() {
        return Set.copyOf(shares.keySet());
    }

    /** The names of what there is, for a test that counts. */
    public synchronized Set<String> recipientNames() {
        return Set.copyOf(recipients.keySet());
    }

    @Override
    protected Map<String, HttpHandler> routes() {
        Map<String, HttpHandler> routes = new HashMap<>();
        routes.put(LOGIN, this::login);
        routes.put(
                "GET /.well-known/databricks-config",
                request -> json(
                        200,
                        object().put("oidc_endpoint", base(request) + "/oidc").put("workspace_id", "1")));
        routes.put(
                "GET /oidc/.well-known/oauth-authorization-server",
                request -> json(
                        200,
                        object().put("token_endpoint", base(request) + "/oidc/v1/token")
                                .put("authorization_endpoint", base(request) + "/oidc/v1/authorize")
                                .put("issuer", base(request) + "/oidc")));
        routes.put(ACTIVATE, this::activate);
        secured(routes, CREATE_SHARE, this::createShare);
        secured(routes, LIST_SHARES, request -> page(request, "shares", shares.values(), share -> share.info));
        secured(routes, GET_SHARE, request -> json(200, shareInfo(share(request), request)));
        secured(routes, UPDATE_SHARE, this::updateShare);
        secured(routes, "DELETE " + API + "/shares/{name}", request -> {
            shares.remove(key(share(request).info.path("name").asText()));
            return json(200, object());
        });
        secured(routes, GRANT, this::grant);
        secured(routes, "GET " + API + "/shares/{name}/permissions", this::permissions);
        secured(routes, CREATE_RECIPIENT, this::createRecipient);
        secured(
                routes,
                "GET " + API + "/recipients",
                request -> page(request, "recipients", recipients.values(), each -> recipientInfo(each, request)));
        secured(routes, GET_RECIPIENT, request -> json(200, recipientInfo(recipient(request), request)));
        secured(routes, UPDATE_RECIPIENT, this::updateRecipient);
        secured(routes, "DELETE " + API + "/recipients/{name}", this::deleteRecipient);
        secured(routes, ROTATE, this::rotate);
        secured(routes, "GET " + API + "/recipients/{name}/share-permissions", this::sharePermissions);
        return routes;
    }

    private void secured(Map<String, HttpHandler> routes, String operation, HttpHandler handler) {
        routes.put(operation, request -> {
            String bearer = request.header("Authorization").orElse("").replaceFirst("^Bearer ", "");
            Login login = bearer.equals(PERSONAL_TOKEN) ? new Login("all-apis", Instant.MAX) : logins.get(bearer);
            if (login == null || !clock.instant().isBefore(login.expires)) {
                return error(
                        401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type for this API.");
            }
            if (login.scope.equals("sharing") && !sharingSuffices) {
                return error(
                        403, "PERMISSION_DENIED", "Provided OAuth token does not have required scopes: unity-catalog");
            }
            return handler.handle(request);
        });
    }

    private HttpResponse login(HttpRequest request) {
        Map<String, String> form = new HashMap<>();
        for (String pair : request.body().text(1 << 16).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            form.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        String basic = request.header("Authorization").orElse("").replaceFirst("^Basic ", "");
        String given = basic.isEmpty()
                ? form.get("client_id") + ":" + form.get("client_secret")
                : new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
        if (!given.equals(CLIENT_ID + ":" + CLIENT_SECRET)) {
            return json(
                    401,
                    object().put("error", "invalid_client").put("error_description", "Client authentication failed"));
        }
        if (!"client_credentials".equals(form.get("grant_type"))) {
            return json(400, object().put("error", "unsupported_grant_type"));
        }
        String scope = form.getOrDefault("scope", "");
        if (!scopes.contains(scope)) {
            return json(
                    400,
                    object().put("error", "access_denied")
                            .put("error_description", "Scopes '" + scope + "' are not assigned to the client"));
        }
        String token = "workspace-token-" + ++made;
        logins.put(token, new Login(scope, clock.instant().plus(LOGIN_LIFE)));
        return json(
                200,
                object().put("access_token", token)
                        .put("token_type", "Bearer")
                        .put("scope", scope)
                        .put("expires_in", LOGIN_LIFE.toSeconds()));
    }

    private HttpResponse createShare(HttpRequest request) {
        JsonNode body = body(request);
        String name = name(body);
        if (shares.containsKey(name)) {
            return error(400, "SHARE_ALREADY_EXISTS", "Share '" + name + "' already exists");
        }
        if (shares.size() >= quota) {
            return error(
                    403, "RESOURCE_QUOTA_EXCEEDED", "Cannot create 1 share: the limit of " + quota + " is reached.");
        }
        Share share =
                new Share(object().put("name", name).put("owner", CLIENT_ID).put("created_at", time()));
        shares.put(name, share);
        return json(200, share.info);
    }

    private HttpResponse updateShare(HttpRequest request) {
        Share share = share(request);
        JsonNode updates = body(request).path("updates");
        if (updates.size() > MAX_UPDATES) {
            return error(400, "INVALID_PARAMETER_VALUE", "The number of updates exceeds " + MAX_UPDATES);
        }
        Map<String, ObjectNode> objects = new TreeMap<>(share.objects);
        for (JsonNode update : updates) {
            apply(update.path("action").asText(""), (ObjectNode) update.path("data_object"), objects);
        }
        share.objects.clear();
        share.objects.putAll(objects);
        ObjectNode info = share.info.deepCopy();
        info.putArray("objects").addAll(share.objects.values());
        return json(200, info);
    }

    private void apply(String action, ObjectNode object, Map<String, ObjectNode> objects) {
        String key = objectKey(object);
        boolean known = objects.containsKey(key);
        switch (action) {
            case "REMOVE" -> {
                if (!known) {
                    throw new Refusal(error(404, "RESOURCE_DOES_NOT_EXIST", "The share has no object " + key));
                }
                objects.remove(key);
            }
            case "ADD", "UPDATE" -> {
                if (action.equals("ADD") == known) {
                    throw new Refusal(
                            known
                                    ? error(400, "RESOURCE_ALREADY_EXISTS", key + " already exists in the share")
                                    : error(404, "RESOURCE_DOES_NOT_EXIST", "The share has no object " + key));
                }
                checkTable(object);
                objects.put(key, object.deepCopy().put("added_at", time()).put("status", "ACTIVE"));
            }
            default -> throw new Refusal(error(400, "INVALID_PARAMETER_VALUE", "Unknown action " + action));
        }
    }

    private void checkTable(ObjectNode object) {
        String name = object.path("name").asText("");
        Set<String> columns = tables.get(key(name));
        if (!object.path("data_object_type").asText("").equals("TABLE") || columns == null) {
            throw new Refusal(error(404, "TABLE_DOES_NOT_EXIST", "Table '" + name + "' does not exist."));
        }
        if (!object.path("shared_as").asText("").matches("\\w+\\.\\w+")) {
            throw new Refusal(error(400, "INVALID_PARAMETER_VALUE", "shared_as is not a valid name"));
        }
        if (!Set.of("ENABLED", "DISABLED")
                .contains(object.path("history_data_sharing_status").asText("DISABLED"))) {
            throw new Refusal(error(400, "INVALID_PARAMETER_VALUE", "history_data_sharing_status is not valid"));
        }
        for (JsonNode partition : object.path("partitions")) {
            for (JsonNode value : partition.path("values")) {
                boolean valid =
                        Set.of("EQUAL", "LIKE").contains(value.path("op").asText(""))
                                && value.has("value") != value.has("recipient_property_key")
                                && columns.contains(key(value.path("name").asText("")));
                if (!valid) {
                    throw new Refusal(error(
                            400,
                            "INVALID_PARAMETER_VALUE",
                            "Partition column " + value.path("name").asText("") + " is not one of " + name));
                }
            }
        }
    }

    private HttpResponse grant(HttpRequest request) {
        Share share = share(request);
        for (JsonNode change : body(request).path("changes")) {
            String principal = key(change.path("principal").asText(""));
            if (!recipients.containsKey(principal)) {
                return error(404, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name " + principal);
            }
            change.path("add").forEach(privilege -> share.granted.add(principal));
            change.path("remove").forEach(privilege -> share.granted.remove(principal));
        }
        return permissions(request);
    }

    private HttpResponse permissions(HttpRequest request) {
        ObjectNode answer = object();
        ArrayNode assignments = answer.putArray("privilege_assignments");
        for (String principal : share(request).granted) {
            assignments
                    .addObject()
                    .put("principal", principal)
                    .putArray("privileges")
                    .add("SELECT");
        }
        return json(200, answer);
    }

    private HttpResponse sharePermissions(HttpRequest request) {
        String name = recipient(request).info.path("name").asText();
        List<Share> granted = shares.values().stream()
                .filter(share -> share.granted.contains(name))
                .toList();
        return page(request, "permissions_out", granted, share -> {
            ObjectNode permission =
                    object().put("share_name", share.info.path("name").asText());
            permission
                    .putArray("privilege_assignments")
                    .addObject()
                    .put("principal", name)
                    .putArray("privileges")
                    .add("SELECT");
            return permission;
        });
    }

    private HttpResponse createRecipient(HttpRequest request) {
        JsonNode body = body(request);
        String name = name(body);
        if (recipients.containsKey(name)) {
            return error(400, "RECIPIENT_ALREADY_EXISTS", "Recipient '" + name + "' already exists");
        }
        if (recipients.size() >= quota) {
            return error(
                    403,
                    "RESOURCE_QUOTA_EXCEEDED",
                    "Cannot create 1 recipient: the limit of " + quota + " is reached.");
        }
        if (!body.path("authentication_type").asText("").equals("TOKEN")) {
            return error(400, "INVALID_PARAMETER_VALUE", "authentication_type must be TOKEN here");
        }
        long expires = body.path("expiration_time")
                .asLong(clock.instant().plus(TOKEN_LIFE).toEpochMilli());
        if (expires <= millis()) {
            return error(400, "INVALID_PARAMETER_VALUE", "expiration_time is in the past");
        }
        Recipient recipient = new Recipient(object().put("name", name)
                .put("authentication_type", "TOKEN")
                .put("owner", CLIENT_ID)
                .put("created_at", time()));
        change(recipient, body);
        recipient.tokens.add(token(expires));
        recipients.put(name, recipient);
        return json(200, recipientInfo(recipient, request));
    }

    private HttpResponse updateRecipient(HttpRequest request) {
        Recipient recipient = recipient(request);
        change(recipient, body(request));
        return json(200, recipientInfo(recipient, request));
    }

    private void change(Recipient recipient, JsonNode body) {
        JsonNode addresses = body.path("ip_access_list").path("allowed_ip_addresses");
        if (addresses.size() > MAX_ADDRESSES) {
            throw new Refusal(error(400, "INVALID_PARAMETER_VALUE", "At most 100 addresses are allowed"));
        }
        if (body.has("ip_access_list")) {
            recipient.info.set("ip_access_list", body.get("ip_access_list"));
        }
        if (body.has("properties_kvpairs")) {
            JsonNode properties = body.path("properties_kvpairs").path("properties");
            properties.fieldNames().forEachRemaining(property -> {
                if (property.startsWith("databricks.")) {
                    throw new Refusal(error(400, "INVALID_PARAMETER_VALUE", property + " is reserved"));
                }
            });
            recipient.info.putObject("properties_kvpairs").set("properties", properties);
        }
        ObjectNode properties = recipient.info.withObject("/properties_kvpairs/properties");
        properties.put("databricks.name", recipient.info.path("name").asText());
    }

    private HttpResponse deleteRecipient(HttpRequest request) {
        String name = recipient(request).info.path("name").asText();
        recipients.remove(name);
        shares.values().forEach(share -> share.granted.remove(name));
        return json(200, object());
    }

    private HttpResponse rotate(HttpRequest request) {
        Recipient recipient = recipient(request);
        long grace = body(request).path("existing_token_expire_in_seconds").asLong(-1);
        if (grace < 0) {
            return error(400, "INVALID_PARAMETER_VALUE", "existing_token_expire_in_seconds must not be negative");
        }
        recipient.tokens.removeIf(token -> token.expires <= millis());
        if (recipient.tokens.size() > 1) {
            return error(
                    400,
                    "INVALID_STATE",
                    "Recipient has a token that was rotated and has not expired; wait, or expire it");
        }
        for (Token token : recipient.tokens) {
            token.expires = Math.min(token.expires, millis() + Math.min(grace, 1L << 40) * 1000);
        }
        recipient.tokens.add(token(clock.instant().plus(TOKEN_LIFE).toEpochMilli()));
        return json(200, recipientInfo(recipient, request));
    }

    private Token token(long expires) {
        int number = ++made;
        return new Token("token-" + number, "share-token-" + number, time(), expires, "act_" + number + "-x");
    }

    private HttpResponse activate(HttpRequest request) {
        String code = request.part("code");
        for (Recipient recipient : recipients.values()) {
            for (Token token : recipient.tokens) {
                if (!code.isEmpty() && token.code.equals(code) && token.expires > millis()) {
                    token.code = "";
                    return json(
                            200,
                            object().put("shareCredentialsVersion", 1)
                                    .put("bearerToken", token.value)
                                    .put("endpoint", base(request) + "/api/2.0/delta-sharing/metastores/1")
                                    .put(
                                            "expirationTime",
                                            isoExpiry
                                                    ? Instant.ofEpochMilli(token.expires)
                                                            .toString()
                                                    : Long.toString(token.expires)));
                }
            }
        }
        return error(404, "RESOURCE_DOES_NOT_EXIST", "The activation link was used, or does not exist.");
    }

    private <T> HttpResponse page(HttpRequest request, String member, Iterable<T> all, Function<T, ObjectNode> shown) {
        int most = request.query("max_results").map(Integer::parseInt).orElse(Integer.MAX_VALUE);
        if (most < 0) {
            return error(400, "INVALID_PARAMETER_VALUE", "max_results must not be negative");
        }
        List<T> items = new ArrayList<>();
        all.forEach(items::add);
        Optional<String> token = request.query("page_token");
        int from = token.map(text -> Integer.parseInt(text.substring(1))).orElse(0);
        int size = most == Integer.MAX_VALUE ? most : Math.min(most == 0 ? page : most, page);
        int to = emptyFirst && token.isEmpty() ? 0 : (int) Math.min(items.size(), from + (long) size);
        ObjectNode answer = object();
        items.subList(Math.min(from, to), to)
                .forEach(item -> answer.withArray(member).add(shown.apply(item)));
        return json(200, to < items.size() ? answer.put("next_page_token", "p" + to) : answer);
    }

    private Share share(HttpRequest request) {
        Share share = shares.get(key(request.part("name")));
        if (share == null) {
            throw new Refusal(
                    error(404, "SHARE_DOES_NOT_EXIST", "Share '" + request.part("name") + "' does not exist."));
        }
        return share;
    }

    private ObjectNode shareInfo(Share share, HttpRequest request) {
        ObjectNode info = share.info.deepCopy();
        if (request.query("include_shared_data").orElse("").equals("true")) {
            info.putArray("objects").addAll(share.objects.values());
        }
        return info;
    }

    private Recipient recipient(HttpRequest request) {
        Recipient recipient = recipients.get(key(request.part("name")));
        if (recipient == null) {
            throw new Refusal(
                    error(404, "RECIPIENT_DOES_NOT_EXIST", "Recipient '" + request.part("name") + "' does not exist."));
        }
        return recipient;
    }

    private ObjectNode recipientInfo(Recipient recipient, HttpRequest request) {
        ObjectNode info = recipient.info.deepCopy();
        for (Token token : recipient.tokens) {
            ObjectNode shown = info.withArray("tokens")
                    .addObject()
                    .put("id", token.id)
                    .put("created_at", token.created)
                    .put("created_by", CLIENT_ID)
                    .put("expiration_time", token.expires);
            if (!token.code.isEmpty()) {
                shown.put("activation_url", base(request) + "/delta_sharing/retrieve-config.html?" + token.code);
            }
        }
        return info;
    }

    private static JsonNode body(HttpRequest request) {
        JsonNode body = json(request);
        if (body == null) {
            throw new Refusal(error(400, "MALFORMED_REQUEST", "The body is not a JSON object"));
        }
        return body;
    }

    private static String name(JsonNode body) {
        String name = body.path("name").asText("");
        if (name.isEmpty() || name.length() > 255 || name.matches(".*[\\s./\\p{Cntrl}].*")) {
            throw new Refusal(error(400, "INVALID_PARAMETER_VALUE", "The name is not valid"));
        }
        return key(name);
    }

    private static String objectKey(JsonNode object) {
        return key(object.path("shared_as").asText(object.path("name").asText("")));
    }

    private long millis() {
        return clock.instant().toEpochMilli();
    }

    /** Later than any before, so that what was made has an order. */
    private long time() {
        lastTime = Math.max(lastTime + 1, millis());
        return lastTime;
    }

    private static HttpResponse error(int status, String code, String message) {
        return json(status, object().put("error_code", code).put("message", message));
    }

    private static String base(HttpRequest request) {
        return request.uri().getScheme() + "://" + request.uri().getRawAuthority();
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "FakeUnityCatalog[" + shares.size() + " shares, " + recipients.size() + " recipients]";
    }
}
