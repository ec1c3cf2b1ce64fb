package io.github.keywharf.aws;

import java.util.Optional;

/**
 * What a flow does.
 *
 * @param name of the flow
 * @param state whether it can run
 * @param trigger what makes it run
 * @param source the kind of its source, in AppFlow's spelling: {@code Salesforce}
 * @param object the object that it reads, such as {@code Contact}, where the source is Salesforce
 * @param transferApi how Salesforce is read: {@code BULKV2}, {@code REST_SYNC} or {@code AUTOMATIC}, which changes from REST to
 *     Bulk at 1,000,000 records, and with it how dates and nulls are written
 * @param destination the place in S3 that it writes to; empty when it writes elsewhere
 */
public record FlowDescription(
        String name,
        FlowState state,
        FlowTrigger trigger,
        String source,
        Optional<String> object,
        Optional<String> transferApi,
        Optional<FlowDestination> destination) {}
