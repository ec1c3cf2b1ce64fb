package io.github.keywharf.aws;

import java.time.Instant;
import java.util.Optional;

/**
 * One run of a flow.
 *
 * @param id AppFlow's execution id
 * @param status how far it is
 * @param started when it started; empty where AppFlow does not say
 * @param updated when its record last changed
 * @param windowStart from which time on the run took changed records, where the flow is incremental
 * @param windowEnd up to which time
 * @param recordsProcessed how many records it has processed; 0 where AppFlow does not say
 * @param bytesProcessed how many bytes it has read
 * @param bytesWritten how many bytes it has written
 * @param putFailures how many records the destination refused; above 0 also for runs that are {@link FlowStatus#SUCCESSFUL}
 * @param message why it failed, in AppFlow's words, at most 500 characters
 */
public record FlowRun(
        String id,
        FlowStatus status,
        Optional<Instant> started,
        Instant updated,
        Optional<Instant> windowStart,
        Optional<Instant> windowEnd,
        long recordsProcessed,
        long bytesProcessed,
        long bytesWritten,
        long putFailures,
        Optional<String> message) {}
