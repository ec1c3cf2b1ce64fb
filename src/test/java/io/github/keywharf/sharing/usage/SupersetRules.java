package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads a bundle as Superset's import does, and says what it would refuse or fail at: src/test/superset/import-rules.yaml. */
final class SupersetRules {
    private static final Map<String, Map<String, Object>> RULES = rules();

    /** The path without the first folder, and the content, of what Superset reads of the zip. */
    final Map<String, Map<String, Object>> files = new LinkedHashMap<>();

    /** What is wrong. */
    final List<String> faults = new ArrayList<>();

    private SupersetRules() {}

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> rules() {
        try {
            return (Map<String, Map<String, Object>>)
                    (Object) parse(Files.readString(Path.of("src/test/superset/import-rules.yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, Object> parse(String yaml) {
        Map<String, Object> document = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        return document == null ? Map.of() : document;
    }

    static SupersetRules of(byte[] zip) {
        Map<String, String> texts = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip), UTF_8)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                texts.put(entry.getName(), new String(in.readAllBytes(), UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return of(texts);
    }

    static SupersetRules of(Map<String, String> texts) {
        SupersetRules bundle = new SupersetRules();
        texts.forEach((path, text) -> {
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (name.matches("[^._].*\\.ya?ml") && text.chars().allMatch(SupersetRules::isPrintable)) {
                bundle.files.put(path.substring(path.indexOf('/') + 1), parse(text));
            } else {
                bundle.faults.add(path + " is not read");
            }
        });
        bundle.check();
        return bundle;
    }

    /** What PyYAML reads at all. */
    private static boolean isPrintable(int c) {
        return c == '\n' || c == '\t' || c == '\r' || (c >= ' ' && c < 0x7f) || c == 0x85 || c >= 0xa0;
    }

    Map<String, Map<String, Object>> folder(String folder) {
        Map<String, Map<String, Object>> found = new LinkedHashMap<>();
        files.forEach((path, content) -> {
            if (path.startsWith(folder + "/")) {
                found.put(path, content);
            }
        });
        return found;
    }

    private void check() {
        if (!files.containsKey("metadata.yaml")) {
            faults.add("there is no metadata.yaml");
        }
        files.forEach((path, content) -> {
            String kind = path.contains("/") ? path.substring(0, path.indexOf('/')) : path.replace(".yaml", "");
            if (RULES.containsKey(kind)) {
                fields(path, kind, content);
            } else {
                faults.add(path + " is not of a kind that is imported");
            }
        });
        if (faults.isEmpty()) {
            references();
        }
    }

    private void fields(String at, String kind, Map<?, ?> content) {
        Map<String, Object> rules = RULES.get(kind);
        content.forEach((name, value) -> {
            Object rule = rules.get(name);
            if (rule == null) {
                faults.add(at + ": " + name + " is unknown");
            } else {
                value(at + ": " + name, rule.toString(), value);
            }
        });
        rules.forEach((name, rule) -> {
            if (rule.toString().startsWith("!") && !content.containsKey(name)) {
                faults.add(at + ": " + name + " is missing");
            }
        });
    }

    private void value(String at, String rule, @Nullable Object value) {
        String type = rule.replaceFirst("^[!?] ", "");
        if (value == null) {
            if (!rule.startsWith("?")) {
                faults.add(at + " is null");
            }
            return;
        }
        if (type.startsWith("list of ") && value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                value(at + "[" + i + "]", type.substring("list of ".length()), list.get(i));
            }
            return;
        }
        if (RULES.containsKey(type) && value instanceof Map<?, ?> map) {
            fields(at, type, map);
            return;
        }
        boolean fits = switch (type) {
            case "text" -> value instanceof String;
            case "integer" -> value instanceof Integer;
            case "boolean" -> value instanceof Boolean;
            case "map" -> value instanceof Map;
            case "uuid" -> value instanceof String id && isUuid(id);
            default -> value.equals(type);
        };
        if (!fits) {
            faults.add(at + " is " + value + ", not " + type);
        }
    }

    private static boolean isUuid(String text) {
        return text.length() == 36 && UUID.fromString(text).toString().equals(text.toLowerCase(Locale.ROOT));
    }

    /** What the importers look up by ids. */
    private void references() {
        Set<Object> ids = new HashSet<>();
        files.forEach((path, content) -> {
            if (content.containsKey("uuid") && !ids.add(content.get("uuid"))) {
                faults.add(path + " has the uuid of another file");
            }
        });
        Set<Object> databases = ids("databases");
        Set<Object> datasets = ids("datasets");
        Set<Object> charts = ids("charts");
        folder("datasets").forEach((path, dataset) -> known(path, databases, dataset.get("database_uuid")));
        folder("charts").forEach((path, chart) -> known(path, datasets, chart.get("dataset_uuid")));
        folder("dashboards").forEach((path, dashboard) -> {
            Set<Object> numbers = new HashSet<>();
            Set<Object> shown = new HashSet<>();
            for (Object each : ((Map<?, ?>) dashboard.get("position")).values()) {
                if (each instanceof Map<?, ?> node && "CHART".equals(node.get("type"))) {
                    Map<?, ?> meta = (Map<?, ?>) node.get("meta");
                    known(path, charts, meta.get("uuid"));
                    shown.add(meta.get("uuid"));
                    if (!(meta.get("chartId") instanceof Integer) || !numbers.add(meta.get("chartId"))) {
                        faults.add(path + ": " + node.get("id") + " has no chartId of its own");
                    }
                }
            }
            if (!shown.equals(charts)) {
                faults.add(path + " does not show each chart");
            }
        });
    }

    private Set<Object> ids(String folder) {
        Set<Object> ids = new HashSet<>();
        folder(folder).values().forEach(content -> ids.add(content.get("uuid")));
        return ids;
    }

    private void known(String path, Set<Object> ids, @Nullable Object id) {
        if (!ids.contains(id)) {
            faults.add(path + " refers to " + id + ", which is not in the bundle");
        }
    }
}
