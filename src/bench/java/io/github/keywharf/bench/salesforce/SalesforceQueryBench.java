package io.github.keywharf.bench.salesforce;

import com.force.api.ApiConfig;
import com.force.api.ApiSession;
import com.force.api.ForceApi;
import com.force.api.QueryResult;
import com.sun.management.ThreadMXBean;
import io.github.keywharf.bench.measure.ProcessRun;
import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.salesforce.SalesforceAuth;
import io.github.keywharf.salesforce.SalesforceManager;
import io.github.keywharf.salesforce.SalesforceQuery;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.salesforce.JsforceCheck;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A query of 50,000 rows of 20 fields in 25 pages: typed columns beside force-rest-api's maps, and jsforce's objects where node
 * and npm are there. The pages are made beforehand, so
 * that the server allocates next to nothing. Next to the time is what all threads allocate.
 */
public final class SalesforceQueryBench {
    /** Ratios of time and of allocated bytes. */
    public static final Map<String, Double> GOALS = Map.of("force-rest-api", 0.6, "force-rest-api, allocated", 0.3);

    private static final List<String> CASES = List.of("query", "bulk");
    private static final int ROWS = 50_000;
    private static final int PAGE = 2_000;
    private static final int WARM_UP = 12;
    private static final int RUNS = 9;
    private static final List<String> TYPES = List.of(
            "id",
            "string",
            "string",
            "email",
            "phone",
            "picklist",
            "string",
            "string",
            "url",
            "textarea",
            "reference",
            "string",
            "double",
            "currency",
            "int",
            "boolean",
            "boolean",
            "date",
            "datetime",
            "datetime");
    private static final String SOQL = "SELECT " + String.join(", ", names()) + " FROM Contact";

    private SalesforceQueryBench() {}

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < TYPES.size(); i++) {
            names.add("Field" + i + "__c");
        }
        return names;
    }

    /** Runs it; words may be {@code query} and {@code bulk}, and a number of rows for the latter. */
    public static Map<String, Object> run(List<String> words) throws Exception {
        List<String> only = new ArrayList<>(words);
        only.removeIf(word -> word.matches("\\d+"));
        if (!CASES.containsAll(only)) {
            throw new IllegalArgumentException("The cases are " + CASES + ", not all of " + only);
        }
        Map<String, Object> result = only.isEmpty() || only.contains("query") ? query() : new LinkedHashMap<>();
        if (only.isEmpty() || only.contains("bulk")) {
            int rows = words.stream()
                    .filter(word -> word.matches("\\d+"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(BulkToParquet.ROWS);
            Map<Object, Object> detail = new LinkedHashMap<>();
            if (result.get("detail") instanceof Map<?, ?> before) {
                detail.putAll(before);
            }
            result.putIfAbsent("name", "salesforce");
            result.putIfAbsent("rows", rows);
            result.putIfAbsent("runs", 1);
            result.putIfAbsent("heap_mb", BulkToParquet.HEAP_MB);
            result.put("detail", detail);
            detail.put(
                    "bulk query into a Parquet file",
                    BulkToParquet.run(
                            rows,
                            SOQL,
                            String.join(",", names()) + "\n",
                            HttpResponse.json(200, describe()),
                            SalesforceQueryBench::line));
        }
        return result;
    }

    private static String line(int row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < TYPES.size(); i++) {
            String value = value(TYPES.get(i), i, row);
            line.append(i == 0 ? "" : ",").append(value.equals("null") ? "\"\"" : value);
        }
        return line.append('\n').toString();
    }

    private static Map<String, Object> query() throws Exception {
        List<HttpResponse> pages = new ArrayList<>();
        for (int first = 0; first < ROWS; first += PAGE) {
            pages.add(HttpResponse.json(200, page(first)));
        }
        HttpResponse describe = HttpResponse.json(200, describe());
        try (JettyServer server = JettyServer.serve(request -> answer(request, pages, describe))
                        .start();
                SalesforceManager salesforce = SalesforceManager.builder()
                        .instance(server.uri().toString())
                        .credentials(SalesforceAuth.accessToken(server.uri().toString(), () -> Secret.of("token")))
                        .connect()) {
            ForceApi peer = new ForceApi(
                    new ApiConfig().setApiVersionString("v66.0"),
                    new ApiSession("token", server.uri().toString()));
            SalesforceQuery query = salesforce.query(SOQL).rest();
            Map<String, List<Long>> allocated = new LinkedHashMap<>();
            SideBySide race = new SideBySide()
                    .add("keywharf", () -> counted("keywharf", allocated, () -> ours(query)))
                    .add("force-rest-api", () -> counted("force-rest-api", allocated, () -> theirs(peer)))
                    .quiet()
                    .run(WARM_UP, RUNS);
            Map<String, Double> megabytes = new LinkedHashMap<>();
            allocated.forEach((name, all) -> megabytes.put(name, median(all) / 1e6));
            Map<String, Double> ratios = new LinkedHashMap<>(race.ratios("keywharf"));
            ratios.put(
                    "force-rest-api, allocated",
                    SideBySide.rounded(value(megabytes, "keywharf") / value(megabytes, "force-rest-api")));
            Map<String, Double> seconds = new LinkedHashMap<>(race.medians());
            OptionalDouble jsforce = jsforce(server.uri());
            if (jsforce.isPresent()) {
                seconds.put("jsforce", SideBySide.rounded(jsforce.getAsDouble()));
                ratios.put("jsforce", SideBySide.rounded(race.median("keywharf") / jsforce.getAsDouble()));
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "salesforce");
            result.put("rows", ROWS);
            result.put("ratios", ratios);
            result.put("heap_mb", race.heap("keywharf").used());
            result.put("runs", RUNS);
            result.put("seconds", seconds);
            result.put("detail", Map.of("allocated_mb", megabytes));
            return result;
        }
    }

    /** The median seconds of jsforce in a process of its own, by its own clock; empty where it cannot be had. */
    private static OptionalDouble jsforce(URI server) throws IOException, InterruptedException {
        Path folder;
        try {
            folder = JsforceCheck.install(
                    Path.of("src", "test", "js", "jsforce-fake"), Path.of("target", "bench", "jsforce"));
        } catch (IOException | IllegalStateException e) {
            System.out.println("jsforce is left out, as it needs node and npm: " + e.getMessage());
            return OptionalDouble.empty();
        }
        ProcessRun run = ProcessRun.of(
                List.of(
                        "node",
                        folder.resolve("query.js").toString(),
                        server.toString(),
                        SOQL,
                        Integer.toString(ROWS),
                        Integer.toString(WARM_UP),
                        Integer.toString(RUNS)),
                Map.of(),
                folder.resolve("query.log"));
        return OptionalDouble.of(Double.parseDouble(run.said().strip()));
    }

    private static double value(Map<String, Double> figures, String name) {
        return figures.getOrDefault(name, Double.NaN);
    }

    private static void counted(String name, Map<String, List<Long>> allocated, SideBySide.Work work) throws Exception {
        long before = allocatedBytes();
        work.run();
        allocated.computeIfAbsent(name, any -> new ArrayList<>()).add(allocatedBytes() - before);
    }

    /** By all threads that live; those of servers and clients do. */
    private static long allocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    /** Of the measured runs; those before warm up. */
    private static double median(List<Long> all) {
        List<Long> measured =
                all.subList(all.size() - RUNS, all.size()).stream().sorted().toList();
        return measured.get(measured.size() / 2);
    }

    private static void ours(SalesforceQuery query) {
        int count = 0;
        try (Rows rows = query.rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                count += batch.size();
            }
        }
        check(count);
    }

    @SuppressWarnings("rawtypes") // what force-rest-api binds records to
    private static void theirs(ForceApi api) {
        QueryResult<Map> page = api.query(SOQL, Map.class);
        int count = page.getRecords().size();
        while (!page.isDone()) {
            page = api.queryMore(page.getNextRecordsUrl(), Map.class);
            count += page.getRecords().size();
        }
        check(count);
    }

    private static void check(int rows) {
        if (rows != ROWS) {
            throw new IllegalStateException(rows + " rows came, not " + ROWS);
        }
    }

    private static HttpResponse answer(HttpRequest request, List<HttpResponse> pages, HttpResponse describe) {
        String path = request.path();
        if (path.endsWith("/describe")) {
            return describe;
        }
        int dash = path.lastIndexOf('-');
        return pages.get(dash < 0 ? 0 : Integer.parseInt(path.substring(dash + 1)) / PAGE);
    }

    private static String describe() {
        StringBuilder json = new StringBuilder("{\"name\":\"Contact\",\"fields\":[");
        for (int i = 0; i < TYPES.size(); i++) {
            json.append(i == 0 ? "" : ",").append("{\"name\":\"Field" + i + "__c\",\"type\":\"" + TYPES.get(i) + "\"}");
        }
        return json.append("]}").toString();
    }

    private static String page(int first) {
        int end = Math.min(first + PAGE, ROWS);
        StringBuilder json = new StringBuilder("{\"totalSize\":" + ROWS + ",\"done\":" + (end == ROWS));
        if (end < ROWS) {
            json.append(",\"nextRecordsUrl\":\"/services/data/v66.0/query/01g5g00000AbCdEfGH-" + end + "\"");
        }
        json.append(",\"records\":[");
        for (int row = first; row < end; row++) {
            json.append(row == first ? "" : ",")
                    .append("{\"attributes\":{\"type\":\"Contact\",\"url\":\"/services/data/v66.0/sobjects/Contact/")
                    .append(id(row))
                    .append("\"}");
            for (int i = 0; i < TYPES.size(); i++) {
                json.append(",\"Field" + i + "__c\":").append(value(TYPES.get(i), i, row));
            }
            json.append('}');
        }
        return json.append("]}").toString();
    }

    private static String id(int row) {
        return String.format(Locale.ROOT, "0035g%013d", row);
    }

    private static String value(String type, int field, int row) {
        return switch (type) {
            case "id", "reference" -> "\"" + id(row) + "\"";
            case "double" -> row + "." + row % 1_000;
            case "currency" -> row % 1_000 + ".25";
            case "int" -> Integer.toString(row);
            case "boolean" -> row % 2 == 0 ? "true" : "false";
            case "date" -> String.format(Locale.ROOT, "\"2026-%02d-%02d\"", 1 + row % 12, 1 + row % 28);
            case "datetime" ->
                String.format(Locale.ROOT, "\"2026-%02d-01T10:11:%02d.000+0000\"", 1 + row % 12, row % 60);
            case "picklist" -> row % 5 == 0 ? "null" : "\"Partner\"";
            default -> "\"value " + field + " of " + row + "\"";
        };
    }
}
