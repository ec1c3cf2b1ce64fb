package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The resources below {@code /services/data/vNN.0} (REST API Developer Guide, "Resources by Version"). */
final class RestRoutes {
    final QueryRoutes queries;
    final RecordRoutes records;
    final BulkSettings bulk = new BulkSettings();
    final BulkIngestRoutes bulkIngests;
    private final BulkQueryRoutes bulkQueries;
    private final CollectionRoutes collections;
    private final CompositeRoutes composites;
    private final SearchRoute search;
    private final DailyCalls calls;

    RestRoutes(FakeOrg org, DailyCalls calls) {
        this.calls = calls;
        this.queries = new QueryRoutes(org);
        this.records = new RecordRoutes(org);
        this.collections = new CollectionRoutes(org);
        this.composites = new CompositeRoutes(org, this::answer);
        this.search = new SearchRoute(org);
        this.bulkQueries = new BulkQueryRoutes(org, bulk);
        this.bulkIngests = new BulkIngestRoutes(org, bulk);
    }

    /**
     * Answers a request that has a session.
     *
     * @param root the path with the version: {@code /services/data/v66.0}
     */
    HttpResponse answer(HttpRequest request, String root) {
        List<String> path = segments(request.path().substring(root.length()));
        String first = path.isEmpty() ? "" : path.get(0);
        List<String> rest = path.isEmpty() ? path : path.subList(1, path.size());
        return switch (first) {
            case "" -> resources(root);
            case "query", "queryAll" ->
                rest.isEmpty()
                        ? queries.query(get(request), root, first.equals("queryAll"))
                        : queries.more(get(request), root, rest.get(0));
            case "sobjects" -> records.answer(request, root, rest);
            case "jobs" ->
                switch (rest.isEmpty() ? "" : rest.get(0)) {
                    case "query" -> bulkQueries.answer(request, root, rest.subList(1, rest.size()));
                    case "ingest" -> bulkIngests.answer(request, root, rest.subList(1, rest.size()));
                    default -> throw Refusal.notFound();
                };
            case "composite" ->
                rest.isEmpty() || !rest.get(0).equals("sobjects")
                        ? composites.answer(request, rest)
                        : collections.answer(request, root, rest.subList(1, rest.size()));
            case "search" -> search.answer(get(request).query("q").orElse(""), root);
            case "limits" -> Json.response(200, calls.limits());
            default -> throw Refusal.notFound();
        };
    }

    static HttpRequest get(HttpRequest request) {
        if (!request.method().equals("GET")) {
            throw RecordRoutes.notAllowed(request.method());
        }
        return request;
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String part : path.split("/")) {
            if (!part.isEmpty()) {
                segments.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
            }
        }
        return segments;
    }

    private static HttpResponse resources(String root) {
        ObjectNode resources = Json.object();
        for (String name : List.of("composite", "jobs", "limits", "query", "queryAll", "search", "sobjects")) {
            resources.put(name, root + "/" + name);
        }
        return Json.response(200, resources);
    }
}
