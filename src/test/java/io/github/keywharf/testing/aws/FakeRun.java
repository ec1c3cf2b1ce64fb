package io.github.keywharf.testing.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run as AppFlow's {@code ExecutionRecord} has it
 * (https://docs.aws.amazon.com/appflow/1.0/APIReference/API_ExecutionRecord.html).
 *
 * @param started when it started; null for one of which AppFlow does not say it
 * @param status in AppFlow's spelling: {@code InProgress}, {@code Successful}, {@code Error}, {@code CancelStarted},
 *     {@code Canceled}
 * @param message of an error, or empty
 */
public record FakeRun(
        String id,
        String status,
        @Nullable Instant started,
        Instant updated,
        long records,
        long putFailures,
        String message) {

    /** A run that started then. */
    public static FakeRun of(String id, String status, Instant started) {
        return new FakeRun(id, status, started, started, 0, 0, "");
    }

    /** A copy of which AppFlow does not say when it started. */
    public FakeRun withoutStart() {
        return new FakeRun(id, status, null, updated, records, putFailures, message);
    }

    /** A copy with that status and numbers. */
    public FakeRun with(String newStatus, long newRecords, long newPutFailures, String newMessage) {
        return new FakeRun(id, newStatus, started, updated, newRecords, newPutFailures, newMessage);
    }

    FakeRun updatedAt(Instant now) {
        return new FakeRun(id, status, started, now, records, putFailures, message);
    }

    ObjectNode json() {
        ObjectNode json = FakeAwsService.object().put("executionId", id).put("executionStatus", status);
        ObjectNode result = json.putObject("executionResult")
                .put("bytesProcessed", records * 100)
                .put("bytesWritten", (records - putFailures) * 40)
                .put("recordsProcessed", records);
        if (putFailures > 0 || !message.isEmpty()) {
            ObjectNode error = result.putObject("errorInfo").put("putFailuresCount", putFailures);
            if (!message.isEmpty()) {
                error.put("executionMessage", message);
            }
        }
        json.put("lastUpdatedAt", seconds(updated));
        return started == null
                ? json
                : json.put("startedAt", seconds(started))
                        .put("dataPullStartTime", seconds(started.minusSeconds(3_600)))
                        .put("dataPullEndTime", seconds(started));
    }

    /** Timestamps in JSON are seconds. */
    static BigDecimal seconds(Instant time) {
        return BigDecimal.valueOf(time.toEpochMilli(), 3);
    }
}
