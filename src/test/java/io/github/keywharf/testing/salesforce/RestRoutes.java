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
    private final FakeOrg org;
    private final DailyCalls calls;

    RestRoutes(FakeOrg org, DailyCalls calls) {
        this.org = org;
        this.calls = calls;
        this.queries = new QueryRoutes(org);
        this.records = new RecordRoutes(org);
    }

    FakeOrg org() {
        return org;
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
            case "query", "queryAll" -> rest.isEmpty()
                    ? queries.query(get(request), root, first.equals("queryAll"))
                    : queries.more(get(request), root, rest.get(0));
            case "sobjects" -> records.answer(request, root, rest);
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
        for (String name : List.of(
                "composite", "jobs", "limits", "parameterizedSearch", "query", "queryAll", "search", "sobjects")) {
            resources.put(name, root + "/" + name);
        }
        return Json.response(200, resources);
    }
}
