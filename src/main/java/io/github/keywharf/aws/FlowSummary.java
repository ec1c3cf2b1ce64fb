package io.github.keywharf.aws;

import java.time.Instant;
import java.util.Optional;

/**
 * A flow as the list of flows has it.
 *
 * @param name of the flow
 * @param state whether it can run
 * @param trigger what makes it run
 * @param source the kind of its source, in AppFlow's spelling: {@code Salesforce}
 * @param destination the kind of its destination: {@code S3}
 * @param lastRun when it last ran
 */
public record FlowSummary(
        String name,
        FlowState state,
        FlowTrigger trigger,
        String source,
        String destination,
        Optional<Instant> lastRun) {}
