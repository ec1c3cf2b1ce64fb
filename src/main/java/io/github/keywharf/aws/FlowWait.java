package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Cut;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.appflow.model.ExecutionRecord;

/** Looks at a run until it has ended. */
final class FlowWait {
    private final AppFlow flow;
    private final AwsClients clients;
    private final String id;
    private final Duration timeout;
    private final Work work;
    private final Instant begun;
    private Instant seen;
    private @Nullable String status;
    private int failedLooks;
    private @Nullable KeywharfException lastFailure;

    FlowWait(AppFlow flow, AwsClients clients, String id, Duration timeout, Work work) {
        this.flow = flow;
        this.clients = clients;
        this.id = id;
        this.timeout = timeout;
        this.work = work;
        this.begun = clients.clock().instant();
        this.seen = begun;
    }

    FlowRun await() {
        for (int looks = 1; ; looks++) {
            Optional<FlowRun> ended = look();
            if (ended.isPresent()) {
                return successful(ended.get());
            }
            Duration left =
                    timeout.minus(Duration.between(begun, clients.clock().instant()));
            if (left.isNegative() || left.isZero()) {
                throw timedOut();
            }
            Duration pause = AppFlow.PAUSES.pause(looks);
            clients.pause().of(pause.compareTo(left) <= 0 ? pause : left, flow.subject());
        }
    }

    /** The run, once it has ended. An outage between two looks is outlasted; the run does not depend on it. */
    private Optional<FlowRun> look() {
        Optional<ExecutionRecord> found;
        try {
            found = flow.find(id);
            failedLooks = 0;
            lastFailure = null;
        } catch (KeywharfException e) {
            if (!e.retryable() || ++failedLooks >= AppFlow.MAX_FAILED_LOOKS) {
                throw e;
            }
            lastFailure = e;
            return Optional.empty();
        }
        Instant now = clients.clock().instant();
        if (found.isEmpty()) {
            if (Duration.between(seen, now).compareTo(AppFlow.VISIBLE_WITHIN) >= 0) {
                throw new KeywharfException(
                        "aws.flow_not_visible",
                        flow.subject(),
                        "AppFlow has not listed the run " + id + " for " + AppFlow.VISIBLE_WITHIN.toMinutes()
                                + " minutes; check the id and the region");
            }
            return Optional.empty();
        }
        seen = now;
        status = String.valueOf(found.get().executionStatusAsString());
        FlowRun run = FlowModel.run(flow.subject(), found.get());
        boolean ended = run.status().hasEnded();
        if (!ended || run.status() == FlowStatus.SUCCESSFUL) {
            clients.events()
                    .onEvent(
                            new Progress(work, flow.subject() + " " + id, run.recordsProcessed(), 0, "records", ended));
        }
        return ended ? Optional.of(run) : Optional.empty();
    }

    private FlowRun successful(FlowRun run) {
        if (run.status() == FlowStatus.FAILED) {
            throw new KeywharfException(
                    "aws.flow_failed",
                    flow.subject(),
                    "The run " + id + " failed"
                            + run.message().map(text -> ": " + text).orElse("")
                            + "; correct what AppFlow names, and start the flow again");
        }
        if (run.status() == FlowStatus.CANCELED) {
            throw new KeywharfException(
                    "aws.flow_canceled",
                    flow.subject(),
                    "The run " + id + " was canceled; what it wrote is incomplete: start the flow again");
        }
        report(run);
        return run;
    }

    private void report(FlowRun run) {
        String refused = run.putFailures() == 0
                ? ""
                : String.format(Locale.ROOT, "; the destination refused %,d", run.putFailures());
        clients.events()
                .report(
                        run.recordsProcessed() == 0 || run.putFailures() > 0 ? Event.Level.WARNING : Event.Level.INFO,
                        "aws.flow.succeeded",
                        work,
                        flow.subject(),
                        String.format(
                                Locale.ROOT, "Run %s has %,d records%s", run.id(), run.recordsProcessed(), refused),
                        Stream.concat(
                                        Stream.of(
                                                Fact.count("records", run.recordsProcessed()),
                                                Fact.count("put_failures", run.putFailures()),
                                                Fact.bytes("bytes_written", run.bytesWritten())),
                                        run
                                                .started()
                                                .map(start -> Fact.time("took", Duration.between(start, run.updated())))
                                                .stream())
                                .toArray(Fact[]::new));
    }

    private KeywharfException timedOut() {
        String text = status == null
                ? "AppFlow has not listed the run " + id + " after " + timeout
                        + "; wait again for the same id, or check the id and the region"
                : "The run " + id + " is " + Cut.printable(status, 40) + " after " + timeout
                        + "; it goes on in AppFlow: wait again for the same id, or cancel it";
        return KeywharfException.retryable("aws.flow_timeout", flow.subject(), text, lastFailure);
    }
}
