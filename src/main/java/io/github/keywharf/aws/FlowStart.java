package io.github.keywharf.aws;

import java.util.Optional;

/**
 * What starting a flow led to.
 *
 * @param state of the flow
 * @param executionId of the run; empty for scheduled and event-driven flows, which starting only activates
 */
public record FlowStart(FlowState state, Optional<String> executionId) {}
