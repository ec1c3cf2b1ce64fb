package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.appflow.model.AggregationType;
import software.amazon.awssdk.services.appflow.model.DescribeFlowResponse;
import software.amazon.awssdk.services.appflow.model.ErrorInfo;
import software.amazon.awssdk.services.appflow.model.ExecutionRecord;
import software.amazon.awssdk.services.appflow.model.ExecutionResult;
import software.amazon.awssdk.services.appflow.model.FlowDefinition;
import software.amazon.awssdk.services.appflow.model.PrefixConfig;
import software.amazon.awssdk.services.appflow.model.S3DestinationProperties;
import software.amazon.awssdk.services.appflow.model.S3OutputFormatConfig;
import software.amazon.awssdk.services.appflow.model.SalesforceSourceProperties;
import software.amazon.awssdk.services.appflow.model.SourceFlowConfig;

/** The SDK's answers as values of ours. What the service leaves out or adds later never fails, unless nothing works without it. */
final class FlowModel {
    private static final int MAX_MESSAGE = 500;
    private static final int MAX_NAME = 256;

    private FlowModel() {}

    static FlowRun run(String subject, ExecutionRecord record) {
        String id = record.executionId();
        Optional<Instant> started = Optional.ofNullable(record.startedAt());
        Instant updated = record.lastUpdatedAt() == null ? record.startedAt() : record.lastUpdatedAt();
        if (id == null || updated == null) {
            throw badAnswer(subject, "lists a run without its id or any time");
        }
        Optional<ExecutionResult> result = Optional.ofNullable(record.executionResult());
        Optional<ErrorInfo> error = result.map(ExecutionResult::errorInfo);
        return new FlowRun(
                Cut.printable(id, MAX_NAME),
                status(record),
                started,
                updated,
                Optional.ofNullable(record.dataPullStartTime()),
                Optional.ofNullable(record.dataPullEndTime()),
                result.map(ExecutionResult::recordsProcessed).orElse(0L),
                result.map(ExecutionResult::bytesProcessed).orElse(0L),
                result.map(ExecutionResult::bytesWritten).orElse(0L),
                error.map(ErrorInfo::putFailuresCount).orElse(0L),
                error.map(ErrorInfo::executionMessage)
                        .filter(text -> !text.isBlank())
                        .map(text -> Cut.printable(text, MAX_MESSAGE)));
    }

    private static FlowStatus status(ExecutionRecord record) {
        software.amazon.awssdk.services.appflow.model.ExecutionStatus status = record.executionStatus();
        return status == software.amazon.awssdk.services.appflow.model.ExecutionStatus.ERROR
                ? FlowStatus.FAILED
                : known(FlowStatus.class, status, FlowStatus.UNKNOWN);
    }

    static FlowState state(software.amazon.awssdk.services.appflow.model.@Nullable FlowStatus status) {
        return known(FlowState.class, status, FlowState.UNKNOWN);
    }

    static FlowSummary summary(FlowDefinition flow) {
        return new FlowSummary(
                Cut.printable(text(flow.flowName()), MAX_NAME),
                state(flow.flowStatus()),
                known(FlowTrigger.class, flow.triggerType(), FlowTrigger.UNKNOWN),
                text(flow.sourceConnectorTypeAsString()),
                text(flow.destinationConnectorTypeAsString()),
                Optional.ofNullable(flow.lastRunExecutionDetails()).map(details -> details.mostRecentExecutionTime()));
    }

    static FlowDescription description(String name, DescribeFlowResponse flow) {
        Optional<SourceFlowConfig> source = Optional.ofNullable(flow.sourceFlowConfig());
        Optional<SalesforceSourceProperties> salesforce =
                source.map(SourceFlowConfig::sourceConnectorProperties).map(properties -> properties.salesforce());
        return new FlowDescription(
                name,
                state(flow.flowStatus()),
                Optional.ofNullable(flow.triggerConfig())
                        .map(trigger -> known(FlowTrigger.class, trigger.triggerType(), FlowTrigger.UNKNOWN))
                        .orElse(FlowTrigger.UNKNOWN),
                text(source.map(SourceFlowConfig::connectorTypeAsString).orElse(null)),
                salesforce.map(SalesforceSourceProperties::object),
                salesforce.map(SalesforceSourceProperties::dataTransferApiAsString),
                flow.destinationFlowConfigList().stream()
                        .map(config -> config.destinationConnectorProperties())
                        .filter(properties -> properties != null && properties.s3() != null)
                        .findFirst()
                        .map(properties -> destination(properties.s3())));
    }

    private static FlowDestination destination(S3DestinationProperties s3) {
        Optional<S3OutputFormatConfig> format = Optional.ofNullable(s3.s3OutputFormatConfig());
        Optional<PrefixConfig> prefix = format.map(S3OutputFormatConfig::prefixConfig);
        return new FlowDestination(
                text(s3.bucketName()),
                text(s3.bucketPrefix()),
                format.map(S3OutputFormatConfig::fileType)
                        .map(type -> known(FlowFileType.class, type, FlowFileType.UNKNOWN))
                        .orElse(FlowFileType.UNKNOWN),
                prefix.map(PrefixConfig::prefixType)
                        .map(type -> known(FlowDestination.PrefixType.class, type, FlowDestination.PrefixType.UNKNOWN)),
                prefix.map(PrefixConfig::prefixFormat)
                        .map(type ->
                                known(FlowDestination.PrefixFormat.class, type, FlowDestination.PrefixFormat.UNKNOWN)),
                prefix.stream()
                        .flatMap(config -> config.pathPrefixHierarchy().stream())
                        .map(part -> known(FlowDestination.PathPart.class, part, FlowDestination.PathPart.UNKNOWN))
                        .toList(),
                format.map(S3OutputFormatConfig::aggregationConfig)
                        .map(config -> config.aggregationType() == AggregationType.SINGLE_FILE)
                        .orElse(false),
                format.map(S3OutputFormatConfig::preserveSourceDataTyping).orElse(false));
    }

    /** The constant of the same name, or the one for what is not known. */
    private static <E extends Enum<E>> E known(Class<E> type, @Nullable Enum<?> value, E unknown) {
        for (E one : type.getEnumConstants()) {
            if (value != null && one.name().equals(value.name())) {
                return one;
            }
        }
        return unknown;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    static KeywharfException badAnswer(String subject, String what) {
        return new KeywharfException(
                "aws.bad_answer",
                subject,
                "The answer " + what + "; check the endpoint, and whether a proxy is in between");
    }
}
