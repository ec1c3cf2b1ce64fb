package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Several requests in one call (REST API Developer Guide, "Composite" and "Batch"). It counts as one call. */
final class CompositeRoutes {
    private static final int MOST = 25;
    private static final int MOST_QUERIES = 5;
    private static final Pattern REFERENCE = Pattern.compile("@\\{([A-Za-z][A-Za-z0-9_]*)\\.([A-Za-z0-9_.\\[\\]]+)}");
    private static final Pattern URL = Pattern.compile("/services/data/v[0-9]+\\.0");

    private final FakeOrg org;
    private final BiFunction<HttpRequest, String, HttpResponse> routes;

    /** The routes answer a request below the root that is the second argument. */
    CompositeRoutes(FakeOrg org, BiFunction<HttpRequest, String, HttpResponse> routes) {
        this.org = org;
        this.routes = routes;
    }

    HttpResponse composite(HttpRequest request) {
        ObjectNode body = post(request);
        JsonNode parts = body.path("compositeRequest");
        limit(parts);
        boolean allOrNone = body.path("allOrNone").asBoolean(false);
        Map<String, JsonNode> answers = new HashMap<>();
        ObjectNode result = Json.object();
        ArrayNode responses = result.putArray("compositeResponse");
        FakeOrg.Transaction transaction = org.begin();
        boolean failed = false;
        for (JsonNode part : parts) {
            String reference = part.path("referenceId").asText();
            if (reference.isEmpty() || answers.containsKey(reference)) {
                transaction.rollBack();
                transaction.close();
                throw new Refusal(
                        400, "INVALID_INPUT", "Each referenceId has to be there and to be unique: " + reference);
            }
            ObjectNode response = part(part, answers);
            failed |= response.path("httpStatusCode").asInt() >= 300;
            answers.put(reference, response.path("body"));
            responses.add(response.put("referenceId", reference));
        }
        if (failed && allOrNone) {
            transaction.rollBack();
            for (JsonNode response : responses) {
                if (response instanceof ObjectNode done
                        && done.path("httpStatusCode").asInt() < 300) {
                    done.set(
                            "body",
                            Json.array()
                                    .add(halted("The transaction was rolled back since another operation in"
                                                    + " the same transaction failed.")
                                            .json()));
                    done.putObject("httpHeaders");
                    done.put("httpStatusCode", 400);
                }
            }
        }
        transaction.close();
        return Json.response(200, result);
    }

    private ObjectNode part(JsonNode part, Map<String, JsonNode> answers) {
        ObjectNode response = Json.object();
        try {
            String url = resolved(part.path("url").asText(), answers);
            JsonNode body = part.path("body");
            String text =
                    body.isMissingNode() ? "" : resolved(new String(Json.bytes(body), StandardCharsets.UTF_8), answers);
            HttpResponse answer = send(part.path("method").asText(), url, text);
            response.set("body", content(answer));
            ObjectNode headers = response.putObject("httpHeaders");
            if (answer.status() == 201) {
                headers.put(
                        "Location", url + "/" + response.path("body").path("id").asText());
            }
            response.put("httpStatusCode", answer.status());
        } catch (Refusal e) {
            response.set("body", Json.array().add(e.json()));
            response.putObject("httpHeaders");
            response.put("httpStatusCode", e.status());
        }
        return response;
    }

    /** Puts the values of earlier answers in the place of references: {@code @{ref.id}}, {@code @{ref.records[0].Id}}. */
    private static String resolved(String text, Map<String, JsonNode> answers) {
        return REFERENCE.matcher(text).replaceAll(found -> {
            JsonNode at = answers.getOrDefault(found.group(1), NullNode.getInstance());
            for (String step : found.group(2).split("[.\\[\\]]+")) {
                at = step.matches("[0-9]+") ? at.path(Integer.parseInt(step)) : at.path(step);
            }
            if (!at.isValueNode() || at.isNull()) {
                throw halted("Invalid reference specified. No value for " + found.group(1) + "." + found.group(2)
                        + " found in " + found.group(1));
            }
            return Matcher.quoteReplacement(at.asText());
        });
    }

    private static Refusal halted(String message) {
        return new Refusal(400, "PROCESSING_HALTED", message);
    }

    /** Requests that know nothing of each other ("Batch"). */
    HttpResponse batch(HttpRequest request) {
        ObjectNode body = post(request);
        JsonNode parts = body.path("batchRequests");
        limit(parts);
        ObjectNode result = Json.object();
        boolean failed = false;
        ArrayNode results = Json.array();
        for (JsonNode part : parts) {
            ObjectNode each = results.addObject();
            if (failed && body.path("haltOnError").asBoolean(false)) {
                each.put("statusCode", 412);
                each.set(
                        "result",
                        Json.array()
                                .add(new Refusal(412, "BATCH_PROCESSING_HALTED", "Batch processing halted per request")
                                        .json()));
                continue;
            }
            try {
                JsonNode input = part.path("richInput");
                String text = input.isMissingNode() ? "" : new String(Json.bytes(input), StandardCharsets.UTF_8);
                String url = part.path("url").asText();
                HttpResponse answer =
                        send(part.path("method").asText(), url.startsWith("/") ? url : "/services/data/" + url, text);
                failed |= answer.status() >= 300;
                each.put("statusCode", answer.status()).set("result", content(answer));
            } catch (Refusal e) {
                failed = true;
                each.put("statusCode", e.status()).set("result", Json.array().add(e.json()));
            }
        }
        result.put("hasErrors", failed).set("results", results);
        return Json.response(200, result);
    }

    private HttpResponse send(String method, String url, String body) {
        Matcher root = URL.matcher(url);
        if (!root.lookingAt()) {
            throw new Refusal(400, "INVALID_INPUT", "The url is not one of /services/data/vNN.0/: " + url);
        }
        HttpRequest part;
        try {
            part = HttpRequest.of(method, URI.create("https://composite.invalid" + url));
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "INVALID_INPUT", "The url or the method is not valid: " + method + " " + url);
        }
        if (part.path().contains("/composite") && !part.path().contains("/composite/sobjects")) {
            throw new Refusal(400, "INVALID_INPUT", "A composite request can not be a part of another");
        }
        if (!body.isEmpty()) {
            part = part.withHeader("Content-Type", "application/json").withBody(HttpBody.of(body));
        }
        return routes.apply(part, root.group());
    }

    private static JsonNode content(HttpResponse answer) {
        byte[] bytes = answer.body().bytes(Json.MAX_BODY);
        return bytes.length == 0 ? NullNode.getInstance() : Json.tree(bytes);
    }

    private static ObjectNode post(HttpRequest request) {
        if (!request.method().equals("POST")) {
            throw RecordRoutes.notAllowed(request.method());
        }
        return Json.body(request);
    }

    private static void limit(JsonNode parts) {
        if (parts.size() > MOST) {
            throw new Refusal(
                    400, "LIMIT_EXCEEDED", "A composite request has 25 parts at most, this one " + parts.size());
        }
        long queries = 0;
        for (JsonNode part : parts) {
            if (part.path("url").asText().matches("/?(services/data/)?v[0-9]+\\.0/query.*")) {
                queries++;
            }
        }
        if (queries > MOST_QUERIES) {
            throw new Refusal(400, "LIMIT_EXCEEDED", "A composite request has 5 queries at most, this one " + queries);
        }
    }

    /** The resources below {@code /composite}. */
    HttpResponse answer(HttpRequest request, List<String> path) {
        if (path.isEmpty()) {
            return composite(request);
        }
        if (path.equals(List.of("batch"))) {
            return batch(request);
        }
        throw Refusal.notFound();
    }
}
