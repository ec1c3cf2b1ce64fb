package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.format.delta.DeltaChange;
import io.github.keywharf.format.delta.DeltaFile;
import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.format.delta.DeltaSnapshot;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.HttpRouter;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A server of the open protocol as its document has it, with the share {@code acme}, its schema {@code usage} and Delta tables
 * of one store. It filters nothing, and does as it is set: which format, how many files on a page, what goes wrong.
 */
final class ScriptedShare implements HttpHandler {

    private static final JsonMapper JSON = new JsonMapper();

    final ObjectStore store = ObjectStore.inMemory();

    /** Method, path and body of the requests to the protocol's own routes. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    /** All requests, those for files included. */
    final List<HttpRequest> requests = new CopyOnWriteArrayList<>();

    /** How often a file was sent, by its key. */
    final Map<String, AtomicInteger> sent = new ConcurrentHashMap<>();

    private final Map<String, DeltaTable> tables = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final HttpHandler routes;

    volatile boolean delta;
    volatile boolean endPromised = true;
    volatile boolean refreshes = true;
    volatile int filesOnPage = Integer.MAX_VALUE;
    volatile Optional<Duration> life = Optional.empty();
    volatile UnaryOperator<String> lines = text -> text;
    volatile UnaryOperator<HttpResponse> answer = response -> response;
    volatile UnaryOperator<HttpResponse> file = response -> response;

    /** Addresses of a smaller number are refused. */
    final AtomicInteger generation = new AtomicInteger();

    ScriptedShare(InstantSource clock) {
        this.clock = clock;
        String table = "/api/shares/{share}/schemas/{schema}/tables/{table}";
        routes = HttpRouter.builder()
                .get("/api/shares", request -> list(request, "acme", "other share"))
                .get("/api/shares/{share}/schemas", request -> list(request, "usage"))
                .get("/api/shares/{share}/all-tables", this::listTables)
                .get("/api/shares/{share}/schemas/{schema}/tables", this::listTables)
                .get(
                        table + "/version",
                        request -> HttpResponse.of(200)
                                .withHeader(
                                        "Delta-Table-Version",
                                        "" + table(request).snapshot().version()))
                .get(table + "/metadata", request -> lines(table(request).snapshot(), Stream.of(), List.of()))
                .post(table + "/query", this::query)
                .get(table + "/changes", this::changes)
                .get("/files/{generation}/{key}", this::file)
                .build();
    }

    /** Adds an empty folder of the store as a table. */
    DeltaTable table(String name) {
        return tables.computeIfAbsent(name, folder -> DeltaTable.at(store, folder));
    }

    /** Takes a table out of the share. */
    void remove(String name) {
        tables.remove(name);
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        requests.add(request);
        if (request.path().startsWith("/files/")) {
            return routes.handle(request);
        }
        String body = request.body().text(1_000_000);
        String query = request.uri().getRawQuery();
        calls.add(request.method() + " " + request.path() + (query == null ? "" : "?" + query) + " " + body);
        return answer.apply(routes.handle(request.withBody(HttpBody.of(body))));
    }

    /** One item on a page, with an empty page before each. */
    private HttpResponse list(HttpRequest request, String... names) {
        int page = Integer.parseInt(request.query("pageToken").orElse("0"));
        ObjectNode node = JSON.createObjectNode();
        if (page % 2 == 1) {
            node.putArray("items").addObject().put("name", names[page / 2]).put("extra", 1);
        }
        node.put("nextPageToken", page + 1 < names.length * 2 ? "" + (page + 1) : "");
        return HttpResponse.json(200, node.toString());
    }

    private HttpResponse listTables(HttpRequest request) {
        ObjectNode node = JSON.createObjectNode();
        var items = node.putArray("items");
        tables.keySet().stream()
                .sorted()
                .forEach(name -> items.addObject()
                        .put("name", name)
                        .put("schema", "usage")
                        .put("share", "acme"));
        return HttpResponse.json(200, node.toString());
    }

    private DeltaTable table(HttpRequest request) {
        return tables.get(request.part("table"));
    }

    private HttpResponse query(HttpRequest request) {
        if (!tables.containsKey(request.part("table"))) {
            return HttpResponse.json(
                    404, "{\"errorCode\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"table not found\"}");
        }
        JsonNode body = json(request.body().text(1_000_000));
        DeltaTable table = table(request);
        DeltaSnapshot snapshot = body.has("refreshToken")
                ? table.snapshot(Long.parseLong(body.get("refreshToken").asText()))
                : body.has("version") ? table.snapshot(body.get("version").asLong()) : table.snapshot();
        List<ObjectNode> files = snapshot.files()
                .map(file -> line("file", "add", file, snapshot.version(), snapshot.timestamp()))
                .toList();
        return lines(
                snapshot,
                Stream.of(body.path("pageToken").asText("")),
                files,
                refreshes && body.has("includeRefreshToken"));
    }

    private HttpResponse changes(HttpRequest request) {
        DeltaTable table = table(request);
        DeltaSnapshot snapshot = table.snapshot();
        long from = request.query("startingVersion").map(Long::parseLong).orElse(0L);
        long to = request.query("endingVersion").map(Long::parseLong).orElse(snapshot.version());
        List<ObjectNode> files = table.changes(from, to)
                .map(change -> line(
                        change.kind() == DeltaChange.Kind.CDC
                                ? "cdf"
                                : change.kind() == DeltaChange.Kind.ADD ? "add" : "remove",
                        change.kind() == DeltaChange.Kind.CDC
                                ? "cdc"
                                : change.kind() == DeltaChange.Kind.ADD ? "add" : "remove",
                        change.file(),
                        change.version(),
                        change.timestamp()))
                .toList();
        return lines(snapshot, request.query("pageToken").stream(), files);
    }

    private ObjectNode line(String parquetKind, String deltaKind, DeltaFile file, long version, Instant timestamp) {
        String id = Sha256.hexOf(file.key()).substring(0, 12);
        ObjectNode about = JSON.createObjectNode();
        about.put("id", id).put("version", version).put("timestamp", timestamp.toEpochMilli());
        life.ifPresent(time ->
                about.put("expirationTimestamp", clock.instant().plus(time).toEpochMilli()));
        ObjectNode action = delta ? JSON.createObjectNode() : about;
        action.put(delta ? "path" : "url", address(file.key())).put("size", file.size());
        ObjectNode values = action.putObject("partitionValues");
        file.partitionValues().forEach(values::put);
        file.stats().ifPresent(stats -> action.put("stats", stats));
        ObjectNode line = JSON.createObjectNode();
        if (!delta) {
            line.set(parquetKind, about);
            return line;
        }
        file.deletionVector().ifPresent(vector -> {
            boolean stored = vector.storageType().equals("p");
            ObjectNode node = action.putObject("deletionVector")
                    .put("storageType", vector.storageType())
                    .put("pathOrInlineDv", stored ? address(vector.pathOrInlineDv()) : vector.pathOrInlineDv())
                    .put("sizeInBytes", vector.sizeInBytes())
                    .put("cardinality", vector.cardinality());
            vector.offset().ifPresent(offset -> node.put("offset", offset));
        });
        about.putObject("deltaSingleAction").set(deltaKind, action);
        line.set("file", about);
        return line;
    }

    private String address(String key) {
        return "http://" + host() + "/files/" + generation.get() + "/"
                + Base64.getUrlEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)) + "?signature=hush";
    }

    private String host() {
        HttpRequest last = requests.get(requests.size() - 1);
        return last.uri().getHost() + ":" + last.uri().getPort();
    }

    private HttpResponse lines(DeltaSnapshot snapshot, Stream<String> page, List<ObjectNode> files) {
        return lines(snapshot, page, files, false);
    }

    private HttpResponse lines(
            DeltaSnapshot snapshot, Stream<String> page, List<ObjectNode> files, boolean refreshToken) {
        int from = page.filter(token -> !token.isEmpty())
                .findFirst()
                .map(Integer::parseInt)
                .orElse(0);
        int to = (int) Math.min(files.size(), (long) from + filesOnPage);
        StringBuilder text = new StringBuilder();
        text.append(protocol(snapshot))
                .append('\n')
                .append(metadata(snapshot.metadata()))
                .append('\n');
        files.subList(from, to).forEach(file -> text.append(file).append('\n'));
        ObjectNode end = JSON.createObjectNode();
        if (refreshToken) {
            end.put("refreshToken", "" + snapshot.version());
        }
        if (to < files.size()) {
            end.put("nextPageToken", "" + to);
        }
        text.append("{\"endStreamAction\":").append(end).append("}\n");
        HttpResponse response = HttpResponse.of(200)
                .withHeader("Content-Type", "application/x-ndjson; charset=utf-8")
                .withHeader("Delta-Table-Version", "" + snapshot.version())
                .withBody(HttpBody.of(lines.apply(text.toString())));
        String format = "responseformat=" + (delta ? "delta" : "parquet");
        return response.withHeader(
                "Delta-Sharing-Capabilities", endPromised ? format + ";IncludeEndStreamAction=true" : format);
    }

    private String protocol(DeltaSnapshot snapshot) {
        if (!delta) {
            return "{\"protocol\":{\"minReaderVersion\":1}}";
        }
        ObjectNode node = JSON.createObjectNode();
        ObjectNode protocol = node.putObject("protocol").putObject("deltaProtocol");
        protocol.put("minReaderVersion", snapshot.protocol().minReaderVersion());
        protocol.put("minWriterVersion", snapshot.protocol().minWriterVersion());
        var features = protocol.putArray("readerFeatures");
        snapshot.protocol().readerFeatures().forEach(features::add);
        return node.toString();
    }

    private String metadata(DeltaMetadata metadata) {
        ObjectNode line = JSON.createObjectNode();
        ObjectNode node = line.putObject("metaData");
        if (delta) {
            node.put("version", 1).put("size", 5);
            node = node.putObject("deltaMetadata");
        }
        node.put("id", metadata.id()).put("schemaString", metadata.schemaJson());
        node.putObject("format").put("provider", "parquet");
        var columns = node.putArray("partitionColumns");
        metadata.partitionColumns().forEach(columns::add);
        ObjectNode configuration = node.putObject("configuration");
        metadata.configuration().forEach(configuration::put);
        return line.toString();
    }

    private HttpResponse file(HttpRequest request) {
        if (Integer.parseInt(request.part("generation")) < generation.get()) {
            return HttpResponse.text(
                    403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>");
        }
        String key = new String(Base64.getUrlDecoder().decode(request.part("key")), StandardCharsets.UTF_8);
        sent.computeIfAbsent(key, any -> new AtomicInteger()).incrementAndGet();
        byte[] bytes = bytes(key);
        Optional<String> range = request.header("Range");
        if (range.isPresent()) {
            String[] ends = range.get().substring("bytes=".length()).split("-", 2);
            bytes = Arrays.copyOfRange(bytes, Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1);
        }
        return file.apply(HttpResponse.of(range.isPresent() ? 206 : 200).withBody(HttpBody.of(bytes)));
    }

    private byte[] bytes(String key) {
        return store.readSmall(tables.keySet().stream()
                .map(name -> name + "/" + key)
                .filter(full -> store.list(full).findAny().isPresent())
                .findFirst()
                .orElseThrow());
    }

    /** The response without its last bytes, though it promises them. */
    static HttpResponse cut(HttpResponse response) {
        byte[] bytes = response.body().bytes(10_000_000);
        return response.withBody(HttpBody.stream(new ByteArrayInputStream(bytes, 0, bytes.length / 2), bytes.length));
    }

    /** The calls whose path ends so. */
    List<String> calls(String end) {
        return new ArrayList<>(calls.stream()
                .filter(call -> call.split(" ", 3)[1].contains(end))
                .toList());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.isEmpty() ? "{}" : text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
