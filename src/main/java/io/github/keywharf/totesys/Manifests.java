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
import java.util.TreeMap;

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
        batch.reconciled().ifPresent(time -> root.put("reconciled", time.toString()));
        root.set("files", files(batch.files()));
        ObjectNode positions = root.putObject("positions");
        new TreeMap<>(batch.positions()).forEach((table, position) -> positions.set(table, position(position)));
        ObjectNode stopped = root.putObject("stopped");
        new TreeMap<>(batch.stopped()).forEach(stopped::put);
        return bytes(root);
    }

    static byte[] write(ProcessedBatch batch) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("batch", batch.number());
        root.put("attempt", batch.attempt()).put("rejected", batch.rejected()).put("rejects", batch.rejects());
        root.set("files", files(batch.files()));
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
                        Optional.ofNullable(root.get("reconciled"))
                                .map(JsonNode::asText)
                                .map(LocalDateTime::parse)));
    }

    static ProcessedBatch readProcessed(byte[] content) {
        return parsed(
                content,
                root -> new ProcessedBatch(
                        root.required("batch").asLong(),
                        root.required("attempt").asInt(),
                        files(root.required("files")),
                        root.required("rejected").asLong(),
                        root.required("rejects").asText()));
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
        return JSON.createObjectNode()
                .put("system", position.system())
                .put("snapshot", position.snapshot())
                .put("time", position.time().toString());
    }

    private static SnapshotPosition position(JsonNode node) {
        return new SnapshotPosition(
                node.required("system").asText(),
                node.required("snapshot").asText(),
                LocalDateTime.parse(node.required("time").asText()));
    }

    private static Map<String, SnapshotPosition> positions(JsonNode node) {
        Map<String, SnapshotPosition> positions = new TreeMap<>();
        node.properties().forEach(field -> positions.put(field.getKey(), position(field.getValue())));
        return positions;
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
