package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ingest jobs (Bulk API 2.0 and Bulk API Developer Guide, "Bulk API 2.0 Ingest"). */
final class BulkIngestRoutes {
    private static final Set<String> OPERATIONS = Set.of("insert", "update", "upsert", "delete", "hardDelete");

    private final FakeOrg org;
    private final BulkSettings settings;
    private final Map<String, BulkIngestJob> jobs = new LinkedHashMap<>();
    private long created;

    BulkIngestRoutes(FakeOrg org, BulkSettings settings) {
        this.org = org;
        this.settings = settings;
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
        BulkIngestJob job = BulkJob.find(jobs, path.get(0), org.now());
        if (path.size() == 2) {
            return switch (path.get(1)) {
                case "batches" -> upload(request, job);
                case "successfulResults" -> results(request, job, List.of("sf__Id", "sf__Created"), job.successful);
                case "failedResults" -> results(request, job, List.of("sf__Id", "sf__Error"), job.failed);
                case "unprocessedrecords" -> results(request, job, List.of(), job.unprocessed());
                default -> throw Refusal.notFound();
            };
        }
        return switch (method) {
            case "GET" -> {
                job.advance(settings.polls);
                yield Json.response(200, job.info());
            }
            case "PATCH" -> change(request, job);
            case "DELETE" -> delete(job);
            default -> throw RecordRoutes.notAllowed(method);
        };
    }

    /** Does all that was uploaded, as the service does whether or not anybody asks. */
    void finish() {
        jobs.values().forEach(job -> job.advance(1));
    }

    private HttpResponse create(HttpRequest request, String root) {
        ObjectNode body = Json.body(request);
        String operation = body.path("operation").asText();
        if (!OPERATIONS.contains(operation)) {
            throw new Refusal(400, "INVALIDJOB", "InvalidJob : Unknown operation: " + operation);
        }
        if (operation.equals("hardDelete") && !settings.mayHardDelete) {
            throw new Refusal(
                    400,
                    "FEATURENOTENABLED",
                    "FeatureNotEnabled : hardDelete operation requires special user profile permission, please contact"
                            + " your system administrator");
        }
        String name = body.path("object").asText();
        FakeObject object = org.find(name)
                .orElseThrow(() -> new Refusal(400, "INVALIDENTITY", "InvalidEntity : Unable to find object: " + name));
        FakeField key = key(object, operation, body.path("externalIdFieldName").asText());
        BulkIngestJob job = new BulkIngestJob(
                org, SalesforceIds.of("750", 1_000_000 + ++created), object, operation, key, BulkFormat.of(body), root);
        job.failure = settings.takeFailure();
        jobs.put(job.id, job);
        return Json.response(200, job.info());
    }

    private static @Nullable FakeField key(FakeObject object, String operation, String name) {
        if (!operation.equals("upsert")) {
            return null;
        }
        if (name.isEmpty()) {
            throw new Refusal(
                    400,
                    "INVALIDJOB",
                    "InvalidJob : External ID was blank for " + object.name() + ". An External ID must"
                            + " be specified for upsert.");
        }
        return object.field(name)
                .filter(field -> field.externalId() || field.type().equals("id"))
                .orElseThrow(() -> new Refusal(
                        400,
                        "INVALIDJOB",
                        "InvalidJob : Field name provided, " + name
                                + " does not match an External ID, Salesforce Id, or" + " indexed field for "
                                + object.name()));
    }

    /** One upload for each job, of type text/csv, up to 150 MB as base64 ("Upload Job Data"). */
    private HttpResponse upload(HttpRequest request, BulkIngestJob job) {
        if (!request.method().equals("PUT")) {
            throw RecordRoutes.notAllowed(request.method());
        }
        String type = request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (!type.startsWith("text/csv")) {
            throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "The content-type '" + type + "' is not text/csv");
        }
        if (!job.state.equals("Open")) {
            throw new Refusal(400, "INVALIDJOBSTATE", "The job does not take data; its state is " + job.state);
        }
        if (job.uploaded) {
            throw new Refusal(
                    400,
                    "INVALIDJOBSTATE",
                    "Found multiple contents for job: <" + job.id + ">, please 'Close' / 'Abort' / 'Delete' the current"
                            + " Job then create a new Job and make sure you only do 'PUT' once on a given Job.");
        }
        byte[] data = request.body().bytes(Json.MAX_BODY);
        if ((data.length + 2L) / 3 * 4 > settings.maxUpload) {
            throw new Refusal(
                    413, "EXCEEDED_MAX_SIZE_REQUEST", "The data is larger than 150 MB when it is encoded in base64");
        }
        job.upload(new String(data, StandardCharsets.UTF_8));
        return HttpResponse.of(201);
    }

    private HttpResponse change(HttpRequest request, BulkIngestJob job) {
        String state = Json.body(request).path("state").asText();
        if (!state.equals("UploadComplete") && !state.equals("Aborted")) {
            throw new Refusal(400, "INVALIDJOBSTATE", "A job's state can be changed to UploadComplete or Aborted");
        }
        if (job.isOver() || (state.equals("UploadComplete") && !job.state.equals("Open"))) {
            throw new Refusal(
                    400, "INVALIDJOBSTATE", "A job whose state is " + job.state + " can not change to " + state);
        }
        job.state = state;
        return Json.response(200, job.info());
    }

    /** Not a job that is open or in progress ("Delete a Job"). */
    private HttpResponse delete(BulkIngestJob job) {
        if (job.state.equals("Open") || job.state.equals("InProgress")) {
            throw new Refusal(400, "INVALIDJOBSTATE", "A job whose state is " + job.state + " can not be deleted");
        }
        jobs.remove(job.id);
        return HttpResponse.of(204);
    }

    private static HttpResponse results(
            HttpRequest request, BulkIngestJob job, List<String> first, List<List<String>> lines) {
        RestRoutes.get(request);
        if (!job.isOver()) {
            throw new Refusal(
                    400, "INVALIDJOBSTATE", "Results are available when the job is over; its state is " + job.state);
        }
        List<String> header = new ArrayList<>(first);
        header.addAll(job.header());
        StringBuilder csv = new StringBuilder();
        CsvText.line(csv, header, job.format);
        lines.forEach(line -> CsvText.line(csv, line, job.format));
        return HttpResponse.of(200).withHeader("Content-Type", "text/csv").withBody(HttpBody.of(csv.toString()));
    }
}
