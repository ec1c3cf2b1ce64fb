package io.github.keywharf.totesys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Manifests as JSON. The member {@code version} is 1; a reader refuses a version that it does not know. */
final class Manifests {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VERSION = 1;

    private Manifests() {}

    static byte[] write(Batch batch) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("batch", batch.number());
        root.put("kind", batch.kind().name()).put("format", batch.format().name());
        root.set("position", position(batch.position()));
        batch.feed().ifPresent(feed -> root.put("feed", feed));
        if (!batch.fed().isEmpty()) {
            ObjectNode fed = root.putObject("fed");
            new TreeMap<>(batch.fed()).forEach((table, state) -> fed.set(table, fed(state)));
        }
        batch.reconciled().ifPresent(time -> root.put("reconciled", time.toString()));
        root.set("files", files(batch.files()));
        ObjectNode positions = root.putObject("positions");
        new TreeMap<>(batch.positions()).forEach((table, position) -> positions.set(table, position(position)));
        ObjectNode stopped = root.putObject("stopped");
        new TreeMap<>(batch.stopped()).forEach(stopped::put);
        if (!batch.rejected().isEmpty()) {
            ObjectNode rejected = root.putObject("rejected");
            new TreeMap<>(batch.rejected()).forEach((table, rows) -> rejected.set(table, rejects(rows)));
        }
        if (!batch.counts().isEmpty()) {
            ObjectNode counts = root.putObject("counts");
            new TreeMap<>(batch.counts()).forEach(counts::put);
        }
        if (!batch.mayVanish().isEmpty()) {
            ArrayNode tables = root.putArray("mayVanish");
            new TreeSet<>(batch.mayVanish()).forEach(tables::add);
        }
        return bytes(root);
    }

    static byte[] write(ProcessedBatch batch) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("batch", batch.number());
        root.put("attempt", batch.attempt()).put("rejected", batch.rejected()).put("rejects", batch.rejects());
        root.set("files", files(batch.files()));
        ObjectNode keys = root.putObject("rejectedKeys");
        new TreeMap<>(batch.rejectedKeys()).forEach(keys::put);
        return bytes(root);
    }

    static Batch readBatch(byte[] content) {
        return parsed(
                content,
                root -> new Batch(
                        root.required("batch").asLong(),
                        BatchKind.valueOf(root.required("kind").asText()),
                        position(root.required("position")),
                        IngestionFormat.valueOf(root.required("format").asText()),
                        files(root.required("files")),
                        positions(root.required("positions")),
                        texts(root.required("stopped")),
                        Optional.ofNullable(root.get("feed")).map(JsonNode::asText),
                        fed(root.path("fed")),
                        Optional.ofNullable(root.get("reconciled"))
                                .map(JsonNode::asText)
                                .map(LocalDateTime::parse),
                        rejects(root.path("rejected")),
                        counts(root.path("counts")),
                        names(root.path("mayVanish"))));
    }

    private static Map<String, Long> counts(JsonNode node) {
        Map<String, Long> counts = new TreeMap<>();
        node.properties()
                .forEach(field -> counts.put(field.getKey(), field.getValue().asLong()));
        return counts;
    }

    private static Set<String> names(JsonNode array) {
        Set<String> names = new TreeSet<>();
        array.forEach(name -> names.add(name.asText()));
        return names;
    }

    private static ObjectNode rejects(BatchRejects rejected) {
        ObjectNode node = JSON.createObjectNode().put("rows", rejected.rows());
        node.put("keyColumn", rejected.keyColumn()).put("allKeys", rejected.allKeys());
        ArrayNode keys = node.putArray("keys");
        rejected.keys().forEach(keys::add);
        return node;
    }

    private static Map<String, BatchRejects> rejects(JsonNode node) {
        Map<String, BatchRejects> rejected = new TreeMap<>();
        node.properties().forEach(field -> {
            List<Integer> keys = new ArrayList<>();
            field.getValue().required("keys").forEach(key -> keys.add(key.asInt()));
            rejected.put(
                    field.getKey(),
                    new BatchRejects(
                            field.getValue().required("rows").asLong(),
                            field.getValue().required("keyColumn").asText(),
                            keys,
                            field.getValue().required("allKeys").asBoolean()));
        });
        return rejected;
    }

    static ProcessedBatch readProcessed(byte[] content) {
        return parsed(
                content,
                root -> new ProcessedBatch(
                        root.required("batch").asLong(),
                        root.required("attempt").asInt(),
                        files(root.required("files")),
                        root.required("rejected").asLong(),
                        root.required("rejects").asText(),
                        texts(root.path("rejectedKeys"))));
    }

    private static <T> T parsed(byte[] content, java.util.function.Function<JsonNode, T> reader) {
        try {
            JsonNode root = JSON.readTree(content);
            if (root.path("version").asInt() != VERSION) {
                throw damaged(
                        "is of version " + root.path("version").asText("?") + ", this library reads " + VERSION, null);
            }
            return reader.apply(root);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw damaged("cannot be read; restore it from the store's own versions", e);
        }
    }

    private static KeywharfException damaged(String problem, @org.jspecify.annotations.Nullable Exception cause) {
        return new KeywharfException("totesys.bad_manifest", "manifest", "The manifest " + problem, cause);
    }

    private static ArrayNode files(List<BatchFile> files) {
        ArrayNode array = JSON.createArrayNode();
        for (BatchFile file : files) {
            ObjectNode node = array.addObject().put("table", file.table()).put("key", file.key());
            node.put("rows", file.rows()).put("bytes", file.bytes());
            node.put("complete", file.complete()).put("deletions", file.deletions());
            ArrayNode columns = node.putArray("columns");
            for (Column column : file.schema()) {
                columns.addObject()
                        .put("name", column.name())
                        .put("type", column.type().toString())
                        .put("nullable", column.nullable());
            }
        }
        return array;
    }

    private static List<BatchFile> files(JsonNode array) {
        List<BatchFile> files = new ArrayList<>();
        for (JsonNode node : array) {
            List<Column> columns = new ArrayList<>();
            for (JsonNode column : node.required("columns")) {
                columns.add(new Column(
                        column.required("name").asText(),
                        ColumnType.parse(column.required("type").asText()),
                        column.required("nullable").asBoolean()));
            }
            files.add(new BatchFile(
                    node.required("table").asText(),
                    node.required("key").asText(),
                    node.required("rows").asLong(),
                    node.required("bytes").asLong(),
                    node.required("complete").asBoolean(),
                    node.required("deletions").asBoolean(),
                    Schema.of(columns)));
        }
        return files;
    }

    private static ObjectNode position(SnapshotPosition position) {
        ObjectNode node = JSON.createObjectNode()
                .put("system", position.system())
                .put("snapshot", position.snapshot())
                .put("time", position.time().toString());
        return position.table().isEmpty() ? node : node.put("table", position.table());
    }

    private static SnapshotPosition position(JsonNode node) {
        return new SnapshotPosition(
                node.required("system").asText(),
                node.required("snapshot").asText(),
                LocalDateTime.parse(node.required("time").asText()),
                node.path("table").asText(""));
    }

    private static Map<String, SnapshotPosition> positions(JsonNode node) {
        Map<String, SnapshotPosition> positions = new TreeMap<>();
        node.properties().forEach(field -> positions.put(field.getKey(), position(field.getValue())));
        return positions;
    }

    private static ObjectNode fed(FedTable state) {
        ObjectNode node = JSON.createObjectNode().put("identity", state.identity());
        state.awaited().ifPresent(mark -> node.put("awaited", mark));
        return node;
    }

    private static Map<String, FedTable> fed(JsonNode node) {
        Map<String, FedTable> fed = new TreeMap<>();
        node.properties()
                .forEach(field -> fed.put(
                        field.getKey(),
                        new FedTable(
                                field.getValue().required("identity").asText(),
                                Optional.ofNullable(field.getValue().get("awaited"))
                                        .map(JsonNode::asText))));
        return fed;
    }

    private static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new TreeMap<>();
        node.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    private static byte[] bytes(ObjectNode root) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
