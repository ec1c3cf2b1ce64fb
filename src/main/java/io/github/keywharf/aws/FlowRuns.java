package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The runs of a flow as files in the bucket that it writes to. */
final class FlowRuns {
    private final AppFlow flow;
    private final FlowDestination destination;
    private final ObjectStore store;
    private final String root;
    private final EventListener events;

    FlowRuns(AppFlow flow, FlowDestination destination, ObjectStore store, EventListener events) {
        this.flow = flow;
        this.destination = destination;
        this.store = store;
        this.events = events;
        this.root = DataKeys.folder(destination.prefix());
    }

    /** Bucket and folder are those of the settings of flow types, where there are some; all else the flow itself says. */
    static FlowRuns of(AwsClients clients, AppFlow flow) {
        FlowDestination described = flow.describe()
                .destination()
                .orElseThrow(() -> new KeywharfException(
                        "aws.no_destination",
                        flow.subject(),
                        "The flow writes to no bucket of S3; read its data where it writes it"));
        FlowDestination destination = flow.settings()
                .map(settings -> new FlowDestination(
                        settings.bucket(),
                        settings.prefix(),
                        described.fileType(),
                        described.prefixType(),
                        described.prefixFormat(),
                        described.hierarchy(),
                        described.singleFile(),
                        described.typesKept()))
                .orElse(described);
        return new FlowRuns(
                flow, destination, new S3Store(clients, destination.bucket(), S3Terms.NONE, true), clients.events());
    }

    /** The newest successful run. */
    static FlowRun newest(AppFlow flow) {
        Optional<FlowRun> newest = flow.lastSuccessful();
        return newest.orElseThrow(
                () -> new KeywharfException(
                        "aws.no_run",
                        flow.subject(),
                        "AppFlow lists no successful run of this flow; start one and await it, or check why the last one failed"));
    }

    FlowData data(FlowRun run) {
        List<StoredObject> files = files(run);
        if (files.isEmpty() && (run.recordsProcessed() > 0 || run.bytesWritten() > 0)) {
            throw new KeywharfException(
                    "aws.no_files",
                    store.name() + "/" + root,
                    "Run " + run.id() + " has " + run.recordsProcessed() + " records, but no file of it is there; check"
                            + " the bucket, the prefix, and what deletes old objects");
        }
        SparkJournal journal = journal(run);
        return new FlowData(new FlowData.Source(
                store,
                journal,
                run,
                destination.fileType(),
                FlowFile.withoutCopies(store, files, journal::read),
                events));
    }

    SparkFormatReport ensureSparkFormat(FlowRun run, SparkFormatOption... options) {
        Set<SparkFormatOption> chosen = EnumSet.noneOf(SparkFormatOption.class);
        chosen.addAll(Arrays.asList(options));
        return new SparkFormat(store, root, run.id(), destination.fileType(), chosen).run(files(run).stream());
    }

    private List<StoredObject> files(FlowRun run) {
        if (run.status() != FlowStatus.SUCCESSFUL) {
            throw new KeywharfException(
                    "aws.run_not_successful",
                    flow.subject(),
                    "Run " + run.id() + " is " + run.status()
                            + ", so that its files may be incomplete; await it, or choose a successful one");
        }
        return new FlowFiles(store, flow.name(), destination, run, flow::runs).find();
    }

    private SparkJournal journal(FlowRun run) {
        return SparkJournal.of(store, root, run.id());
    }
}
