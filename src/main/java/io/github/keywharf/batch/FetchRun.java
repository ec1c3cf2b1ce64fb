package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.JsonAnswer;
import io.github.keywharf.http.upload.UploadClient;
import io.github.keywharf.http.upload.UploadListener;
import io.github.keywharf.http.upload.UploadReceipt;
import io.github.keywharf.http.upload.UploadRefused;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One run of {@link FetchData}. Not thread-safe. */
final class FetchRun {
    private final FetchSettings settings;
    private final FetchServer server;
    private final FetchStates states;
    private final String tenant;
    private final List<FetchedFile> files = new ArrayList<>();
    private int counted;
    private boolean full;
    private String stopped = "";

    FetchRun(FetchSettings settings, FetchServer server) {
        this.settings = settings;
        this.server = server;
        this.states = new FetchStates(settings, server);
        this.tenant = settings.login().tenant().id();
    }

    FetchReport run() {
        long begun = System.nanoTime();
        List<Path> found = list();
        FileConstraints constraints = server.constraints();
        for (Path file : found) {
            fetch(file, constraints).ifPresent(this::ended);
        }
        FetchReport report = new FetchReport(files, Duration.ofNanos(System.nanoTime() - begun));
        settings.events()
                .report(
                        report.isComplete() ? Event.Level.INFO : Event.Level.WARNING,
                        "batch.fetch.ended",
                        Work.NONE,
                        tenant,
                        report.toString());
        return report;
    }

    private void ended(FetchedFile file) {
        files.add(file);
        // Files beyond the limit are reported once, together.
        if (!full
                || file.refusal()
                        .filter(beyond -> beyond.constraint().equals("number_files"))
                        .isEmpty()) {
            report(file);
        }
    }

    private void report(FetchedFile file) {
        String name = ProfileText.shown(file.name());
        boolean isReceived =
                file.result() == FetchedFile.Result.UPLOADED || file.result() == FetchedFile.Result.DUPLICATE;
        settings.events()
                .report(
                        isReceived ? Event.Level.INFO : Event.Level.WARNING,
                        "batch.fetch.file_ended",
                        Work.NONE,
                        tenant,
                        switch (file.result()) {
                            case UPLOADED ->
                                "The file " + name + " of " + file.bytes() / 1_024.0
                                        + " KB was successfully uploaded in "
                                        + file.took().toNanos() / 1e9 + " seconds";
                            case DUPLICATE -> "The file " + name + " was received before and is not uploaded again";
                            case REFUSED ->
                                "The file " + name + " is not uploaded - "
                                        + file.refusal().map(Refusal::message).orElse("the server refuses it");
                            case FAILED -> "The file " + name + " could not be uploaded - " + file.reason();
                        },
                        Fact.bytes("bytes", file.bytes()),
                        Fact.time("took", file.took()));
    }

    /** What is visible in the directory, by name. */
    private List<Path> list() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(settings.directory())) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().startsWith(".")
                        && !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(entry);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new KeywharfException(
                    "batch.bad_input",
                    settings.directory().toString(),
                    "The directory cannot be listed; check that it exists and may be read",
                    e);
        }
        found.sort(Comparator.comparing(file -> file.getFileName().toString()));
        return found;
    }

    /** What becomes of a file; nothing when it has gone meanwhile. */
    private Optional<FetchedFile> fetch(Path file, FileConstraints constraints) {
        String name = file.getFileName().toString();
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (java.nio.file.NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(FetchedFile.failed(name, 0, "it cannot be read: " + e));
        }
        long bytes = attributes.size();
        if (counted >= constraints.numberFiles()) {
            if (!full) {
                full = true;
                settings.events()
                        .warning(
                                "batch.fetch.limit_reached",
                                Work.NONE,
                                tenant,
                                "The maximum number of files on the server is reached - the file "
                                        + ProfileText.shown(name) + " and the following ones will not be uploaded");
            }
            return Optional.of(FetchedFile.refused(
                    name,
                    bytes,
                    new Refusal(
                            "number_files",
                            "after " + counted + " files of this run",
                            "up to " + constraints.numberFiles() + " files")));
        }
        if (!stopped.isEmpty()) {
            return Optional.of(FetchedFile.failed(name, bytes, "not tried, because of what was before: " + stopped));
        }
        if (!attributes.isRegularFile()) {
            return Optional.of(FetchedFile.failed(name, bytes, "it is not a regular file, and links are not followed"));
        }
        try {
            Optional<Refusal> refusal =
                    constraints.refusal(name, bytes).or(() -> constraints.contentRefusal(name, file));
            return Optional.of(
                    refusal.isPresent()
                            ? FetchedFile.refused(name, bytes, refusal.get())
                            : uploaded(file, name, attributes));
        } catch (KeywharfException e) {
            if (e.is(KeywharfException.INTERRUPTED)) {
                throw e;
            }
            return Optional.of(FetchedFile.failed(name, bytes, String.valueOf(e.getMessage())));
        }
    }

    private FetchedFile uploaded(Path file, String name, BasicFileAttributes attributes) {
        long begun = System.nanoTime();
        Following following = new Following(name, attributes);
        try {
            UploadReceipt receipt = sent(file, name, attributes, following);
            FetchedFile ended =
                    outcome(name, attributes.size(), receipt.body(), Duration.ofNanos(System.nanoTime() - begun));
            states.forget(file, name);
            counted += ended.result() == FetchedFile.Result.UPLOADED ? 1 : 0;
            return ended;
        } catch (UploadRefused e) {
            FetchedFile ended = refused(name, attributes.size(), e);
            if (stopped.isEmpty()) {
                states.forget(file, name);
            }
            return ended;
        } catch (KeywharfException e) {
            counted++;
            stopped = e.retryable() || e.is(UploadClient.INTERRUPTED) ? String.valueOf(e.getMessage()) : "";
            throw e;
        } finally {
            following.ended();
        }
    }

    private FetchedFile refused(String name, long bytes, UploadRefused e) {
        Optional<Refusal> refusal = e.constraint()
                .map(constraint -> Refusal.parse(e.detail()).orElseGet(() -> new Refusal(constraint, "", e.detail())));
        if (refusal.isPresent()) {
            return FetchedFile.refused(name, bytes, refusal.get());
        }
        counted++;
        if (e.status() == 401 || e.status() == 403 || e.status() == 429) {
            stopped = String.valueOf(e.getMessage());
        }
        return FetchedFile.failed(name, bytes, String.valueOf(e.getMessage()));
    }

    /** Continues what an earlier run began, where that is possible, or begins. */
    private UploadReceipt sent(Path file, String name, BasicFileAttributes attributes, UploadListener following) {
        Optional<URI> begun = states.find(file, name, attributes);
        if (begun.isPresent()) {
            try {
                return server.uploads().resume(file, begun.get(), server.credentials(), following);
            } catch (KeywharfException e) {
                boolean over = e.is(UploadClient.GONE)
                        || e.is(UploadClient.CHANGED)
                        || (e instanceof UploadRefused refused
                                && refused.reason().startsWith("upload."));
                if (!over) {
                    throw e;
                }
                states.forget(file, name);
            }
        }
        return server.uploads().upload(file, server.target(name), server.credentials(), following);
    }

    /** What the server's last answer says; where it has none any more, the file is there. */
    private static FetchedFile outcome(String name, long bytes, String body, Duration took) {
        JsonNode answer = JsonAnswer.parsed(body.getBytes(StandardCharsets.UTF_8));
        String reason = answer.path("reason").asText("");
        return switch (answer.path("state").asText("")) {
            case "duplicate" -> FetchedFile.of(name, bytes, FetchedFile.Result.DUPLICATE, took);
            case "refused" ->
                FetchedFile.refused(
                        name, bytes, Refusal.parse(reason).orElseGet(() -> new Refusal("server", "", reason)));
            default -> FetchedFile.of(name, bytes, FetchedFile.Result.UPLOADED, took);
        };
    }

    /** Notes where an upload is, and shows how far. */
    private final class Following implements UploadListener {
        private final String name;
        private final BasicFileAttributes attributes;
        private long done = -1;

        Following(String name, BasicFileAttributes attributes) {
            this.name = name;
            this.attributes = attributes;
        }

        @Override
        public void created(URI upload) {
            states.keep(settings.directory().resolve(name), name, attributes, upload);
        }

        @Override
        public void progress(long bytes, long total) {
            done = bytes;
            report(false);
        }

        /** Also after a failure, so that no bar stays. */
        void ended() {
            if (done >= 0) {
                report(true);
            }
        }

        private void report(boolean finished) {
            settings.events()
                    .onEvent(new Progress(
                            Work.NONE,
                            "upload " + ProfileText.shown(name),
                            done,
                            attributes.size(),
                            "bytes",
                            finished));
        }
    }
}
