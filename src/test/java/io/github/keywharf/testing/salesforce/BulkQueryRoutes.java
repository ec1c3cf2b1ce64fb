package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Query jobs (Bulk API 2.0 and Bulk API Developer Guide, "Bulk API 2.0 Query"). */
final class BulkQueryRoutes {
    /** The most links of one answer of resultPages ("Get Parallel Results for a Query Job"). */
    private static final int LINKS = 5;

    private final FakeOrg org;
    private final BulkSettings settings;
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private long created;

    BulkQueryRoutes(FakeOrg org, BulkSettings settings) {
        this.org = org;
        this.settings = settings;
    }

    private static final class Job extends BulkJob {
        private final SoqlRun run;
        private final List<FakeRecord> rows;

        Job(FakeOrg org, String id, String operation, SoqlRun run, BulkFormat format, String root) {
            super(id, operation, run.object(), format, root, org.now(), "UploadComplete");
            this.run = run;
            this.rows = List.copyOf(run.rows());
        }

        @Override
        void putRest(ObjectNode info) {
            if (polls > 0) {
                info.put("jobType", "V2Query")
                        .put("numberRecordsProcessed", state.equals("JobComplete") ? rows.size() : 0)
                        .put("retries", 0)
                        .put("totalProcessingTime", polls * 100)
                        .put(
                                "isPkChunkingSupported",
                                run.query().orderBy().isEmpty() && run.query().limit() < 0);
            }
        }
    }

    HttpResponse answer(HttpRequest request, String root, List<String> path) {
        String method = request.method();
        if (path.isEmpty()) {
            return switch (method) {
                case "POST" -> create(request, root);
                case "GET" -> BulkJob.list(jobs);
                default -> throw RecordRoutes.notAllowed(method);
            };
        }
        Job job = BulkJob.find(jobs, path.get(0), org.now());
        if (path.size() == 2) {
            RestRoutes.get(request);
            return switch (path.get(1)) {
                case "results" -> results(request, job);
                case "resultPages" -> resultPages(request, root, job);
                default -> throw Refusal.notFound();
            };
        }
        return switch (method) {
            case "GET" -> {
                advance(job);
                yield Json.response(200, job.info());
            }
            case "PATCH" -> abort(request, job);
            case "DELETE" -> delete(job);
            default -> throw RecordRoutes.notAllowed(method);
        };
    }

    private HttpResponse create(HttpRequest request, String root) {
        ObjectNode body = Json.body(request);
        String operation = body.path("operation").asText();
        if (!operation.equals("query") && !operation.equals("queryAll")) {
            throw new Refusal(400, "INVALIDJOB", "InvalidJob : Unknown operation: " + operation);
        }
        BulkFormat format = BulkFormat.of(body);
        SoqlRun run = SoqlRun.of(org, SoqlParser.parse(body.path("query").asText()), operation.equals("queryAll"));
        check(run);
        Job job = new Job(org, SalesforceIds.of("750", ++created), operation, run, format, root);
        job.failure = settings.takeFailure();
        jobs.put(job.id, job);
        return Json.response(200, job.info());
    }

    /** What bulk queries do not have ("SOQL Considerations" of Bulk API 2.0). */
    private static void check(SoqlRun run) {
        Soql query = run.query();
        if (query.isAggregate() || query.isCount()) {
            throw unsupported("Aggregate functions and GROUP BY not supported in Bulk Query");
        }
        if (query.offset() > 0) {
            throw unsupported("OFFSET not supported in Bulk Query");
        }
        if (query.items().stream().anyMatch(Soql.TypeOf.class::isInstance)) {
            throw unsupported("TYPEOF not supported in Bulk Query");
        }
        if (run.hasChildren()) {
            throw unsupported("Aggregate Relationships not supported in Bulk V2 Query with CSV content type");
        }
        if (run.columns().stream().anyMatch(column -> column.field().isCompound())) {
            throw unsupported("Selecting compound data not supported in Bulk Query");
        }
        if (run.columns().stream().anyMatch(column -> column.field().type().equals("base64"))) {
            throw unsupported("Selecting binary data not supported in Bulk Query");
        }
    }

    private static Refusal unsupported(String message) {
        return new Refusal(400, "API_ERROR", message);
    }

    private void advance(Job job) {
        if (job.isOver()) {
            return;
        }
        job.polls++;
        boolean end = job.polls >= settings.polls;
        job.state = !end ? "InProgress" : job.failure == null ? "JobComplete" : "Failed";
    }

    private static HttpResponse abort(HttpRequest request, Job job) {
        if (!Json.body(request).path("state").asText().equals("Aborted")) {
            throw new Refusal(400, "INVALIDJOBSTATE", "The state of a query job can be changed to Aborted only");
        }
        if (job.isOver()) {
            throw new Refusal(400, "INVALIDJOBSTATE", "Aborting already " + job.state + " Job not allowed");
        }
        job.state = "Aborted";
        return Json.response(200, job.info());
    }

    private HttpResponse delete(Job job) {
        if (!job.isOver()) {
            throw new Refusal(400, "INVALIDJOBSTATE", "Job is not in a state to be deleted: " + job.state);
        }
        jobs.remove(job.id);
        return HttpResponse.of(204);
    }

    private static void complete(Job job) {
        if (!job.state.equals("JobComplete")) {
            throw new Refusal(
                    400,
                    "INVALIDJOBSTATE",
                    "Results are available when the job is complete; its state is " + job.state);
        }
    }

    /** Each page begins with the header; the last has the locator {@code null} ("Get Results for a Query Job"). */
    private HttpResponse results(HttpRequest request, Job job) {
        complete(job);
        int from = request.query("locator").map(text -> position(job, text)).orElse(0);
        int most = settings.pageSize;
        if (request.query("maxRecords").isPresent()) {
            String asked = request.query("maxRecords").get();
            if (!asked.matches("[1-9][0-9]{0,8}")) {
                throw new Refusal(400, "INVALID_PARAMETER", "maxRecords is not a positive number: " + asked);
            }
            most = Math.min(most, Integer.parseInt(asked));
        }
        int to = Math.min(from + most, job.rows.size());
        StringBuilder csv = new StringBuilder();
        CsvText.line(csv, job.run.columns().stream().map(SoqlColumn::name).toList(), job.format);
        for (FakeRecord row : job.rows.subList(from, to)) {
            CsvText.line(
                    csv,
                    job.run.columns().stream()
                            .map(column -> FieldValues.csv(column.value(org, row)))
                            .toList(),
                    job.format);
        }
        return HttpResponse.of(200)
                .withHeader("Content-Type", "text/csv")
                .withHeader("Sforce-Locator", to == job.rows.size() ? "null" : locator(job, to))
                .withHeader("Sforce-NumberOfRecords", Integer.toString(to - from))
                .withBody(HttpBody.of(csv.toString()));
    }

    /** From v58.0 on, and only in the version of the job: else 409 ("Get Parallel Results for a Query Job"). */
    private HttpResponse resultPages(HttpRequest request, String root, Job job) {
        if (!root.equals(job.root)) {
            throw new Refusal(409, "CONFLICT", "The API version is not that of the job: " + job.root);
        }
        if (Double.parseDouble(root.replaceAll(".*/v", "")) < 58) {
            throw Refusal.notFound();
        }
        complete(job);
        int at = request.query("locator").map(text -> position(job, text)).orElse(0);
        ObjectNode answer = Json.object();
        ArrayNode pages = answer.putArray("resultPages");
        String path = root + "/jobs/query/" + job.id + "/";
        while (pages.size() < LINKS && (at < job.rows.size() || (at == 0 && pages.isEmpty()))) {
            pages.addObject().put("resultUrl", path + "results?locator=" + locator(job, at));
            at += settings.pageSize;
        }
        boolean done = at >= job.rows.size();
        if (!done) {
            answer.put(settings.pagesLink, path + "resultPages?locator=" + locator(job, at));
        }
        return Json.response(200, answer.put("done", done));
    }

    private static String locator(Job job, int position) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((job.id.substring(11, 15) + position).getBytes(StandardCharsets.US_ASCII));
    }

    private static int position(Job job, String locator) {
        String text = decoded(locator);
        if (text.startsWith(job.id.substring(11, 15)) && text.substring(4).matches("[0-9]{1,9}")) {
            int position = Integer.parseInt(text.substring(4));
            if (position < job.rows.size() || position == 0) {
                return position;
            }
        }
        throw new Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator: " + locator);
    }

    private static String decoded(String locator) {
        try {
            return new String(Base64.getUrlDecoder().decode(locator), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
