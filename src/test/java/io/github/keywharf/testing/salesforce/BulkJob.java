package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What query and ingest jobs have in common. */
abstract class BulkJob {
    /** Jobs and their results are kept for seven days ("Limits and Allocations of Bulk API 2.0"). */
    private static final Duration KEPT = Duration.ofDays(7);

    final String id;
    final String operation;
    final FakeObject object;
    final BulkFormat format;
    final String root;
    final Instant created;
    String state;

    @Nullable
    String failure;

    int polls;

    BulkJob(
            String id,
            String operation,
            FakeObject object,
            BulkFormat format,
            String root,
            Instant created,
            String state) {
        this.id = id;
        this.operation = operation;
        this.object = object;
        this.format = format;
        this.root = root;
        this.created = created;
        this.state = state;
    }

    /** A job that is still kept. */
    static <J extends BulkJob> J find(Map<String, J> jobs, String id, Instant now) {
        J job = jobs.get(id);
        if (job == null || !now.isBefore(job.created.plus(KEPT))) {
            throw Refusal.notFound();
        }
        return job;
    }

    static HttpResponse list(Map<String, ? extends BulkJob> jobs) {
        ObjectNode list = Json.object().put("done", true);
        ArrayNode records = list.putArray("records");
        jobs.values().forEach(job -> records.add(job.info()));
        list.putNull("nextRecordsUrl");
        return Json.response(200, list);
    }

    final boolean isOver() {
        return List.of("JobComplete", "Failed", "Aborted").contains(state);
    }

    final ObjectNode info() {
        ObjectNode info = Json.object()
                .put("id", id)
                .put("operation", operation)
                .put("object", object.name())
                .put("createdById", "0055g0000000001AAA");
        FieldValues.put(info, "createdDate", created);
        FieldValues.put(info, "systemModstamp", created);
        info.put("state", state).put("apiVersion", Double.parseDouble(root.replaceAll(".*/v", "")));
        format.put(info);
        putRest(info);
        if (state.equals("Failed")) {
            info.put("errorMessage", failure);
        }
        return info;
    }

    /** What only this kind of job has. */
    abstract void putRest(ObjectNode info);
}
