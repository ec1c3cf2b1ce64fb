package io.github.keywharf.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.UnloadReport.UnloadedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** The objects of an unload's folder as JSON. The member {@code version} is 1; others are refused. */
final class UnloadJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VERSION = 1;

    private UnloadJson() {}

    static byte[] write(UnloadPlan plan) {
        ObjectNode root = root().put("table", plan.table())
                .put("id", plan.id().toString())
                .put("format", plan.format());
        ArrayNode columns = root.putArray("columns");
        plan.columns().forEach(it -> columns.addObject().put("name", it.name()).put("type", it.type()));
        root.set("parts", JSON.valueToTree(plan.parts()));
        return bytes(root);
    }

    static UnloadPlan readPlan(String folder, byte[] content) {
        return parsed(folder, content, root -> {
            List<UnloadPlan.PlanColumn> columns = new ArrayList<>();
            for (JsonNode column : root.required("columns")) {
                columns.add(new UnloadPlan.PlanColumn(text(column, "name"), text(column, "type")));
            }
            List<List<List<String>>> parts = new ArrayList<>();
            for (JsonNode part : root.required("parts")) {
                List<List<String>> spans = new ArrayList<>();
                part.forEach(span -> spans.add(
                        List.of(span.required(0).asText(), span.required(1).asText())));
                parts.add(spans);
            }
            return new UnloadPlan(
                    text(root, "table"), UUID.fromString(text(root, "id")), text(root, "format"), columns, parts);
        });
    }

    static byte[] attempt(int number) {
        return bytes(root().put("attempt", number));
    }

    static byte[] write(UnloadedFile file) {
        ObjectNode root = root();
        put(root, file);
        return bytes(root);
    }

    static UnloadedFile readFile(String folder, byte[] content) {
        return parsed(folder, content, UnloadJson::file);
    }

    static byte[] write(UnloadReport report) {
        ObjectNode root = root().put("table", report.table()).put("format", report.format());
        root.set("columns", JSON.valueToTree(report.columns()));
        ArrayNode files = root.putArray("files");
        report.files().forEach(file -> put(files.addObject(), file));
        root.put("rows", report.rows()).put("bytes", report.bytes()).put("ranges", report.ranges());
        root.put("resumedFiles", report.resumedFiles()).put("retries", report.retries());
        root.put("finished", report.finished().toString())
                .put("took", report.took().toString());
        return bytes(root);
    }

    static UnloadReport readReport(String folder, byte[] content) {
        return parsed(folder, content, root -> {
            List<String> columns = new ArrayList<>();
            root.required("columns").forEach(name -> columns.add(name.asText()));
            List<UnloadedFile> files = new ArrayList<>();
            root.required("files").forEach(node -> files.add(file(node)));
            return new UnloadReport(
                    text(root, "table"),
                    folder,
                    text(root, "format"),
                    columns,
                    files,
                    root.required("rows").asLong(),
                    root.required("bytes").asLong(),
                    root.required("ranges").asLong(),
                    root.required("resumedFiles").asInt(),
                    root.required("retries").asLong(),
                    Instant.parse(text(root, "finished")),
                    Duration.parse(text(root, "took")));
        });
    }

    private static void put(ObjectNode node, UnloadedFile file) {
        node.put("key", file.key()).put("rows", file.rows()).put("bytes", file.bytes());
    }

    private static UnloadedFile file(JsonNode node) {
        return new UnloadedFile(
                text(node, "key"),
                node.required("rows").asLong(),
                node.required("bytes").asLong());
    }

    private static ObjectNode root() {
        return JSON.createObjectNode().put("version", VERSION);
    }

    private static String text(JsonNode node, String name) {
        return node.required(name).asText();
    }

    private static <T> T parsed(String folder, byte[] content, Function<JsonNode, T> reader) {
        try {
            JsonNode root = JSON.readTree(content);
            if (root.path("version").asInt() != VERSION) {
                throw new KeywharfException(
                        "cassandra.bad_manifest",
                        folder,
                        "An object of the unload is of version "
                                + root.path("version").asText("?") + ", this library reads " + VERSION);
            }
            return reader.apply(root);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new KeywharfException(
                    "cassandra.bad_manifest",
                    folder,
                    "An object of the unload cannot be read; restore it from the store's own versions, or unload again",
                    e);
        }
    }

    private static byte[] bytes(ObjectNode root) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
