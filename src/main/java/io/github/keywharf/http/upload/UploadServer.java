package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Checks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Takes uploads in pieces, by the core of the IETF draft "Resumable Uploads for HTTP". Thread-safe.
 *
 * <pre>{@code
 * UploadServer uploads = UploadServer.builder(Path.of("/data/uploading"), receiver).open();
 * HttpHandler routes = HttpRouter.builder()
 *         .post("/files/{name}", request -> uploads.create(owner(request), request.part("name"), "/uploads/", request))
 *         .route("HEAD", "/uploads/{id}", request -> uploads.resume(owner(request), request.part("id"), request))
 *         .route("PATCH", "/uploads/{id}", request -> uploads.resume(owner(request), request.part("id"), request))
 *         .delete("/uploads/{id}", request -> uploads.resume(owner(request), request.part("id"), request))
 *         .build();
 * }</pre>
 *
 * <p>The host authenticates each request and passes the owner. An upload that is unknown, another owner's or expired is
 * answered with 404, always in the same words. What was acknowledged is durable, and survives the end of the process.
 *
 * <p>Limits that cannot be changed are constants of this class, defaults those of {@link Builder}.
 */
public final class UploadServer implements AutoCloseable {
    /** Limit on the answer of {@link UploadReceiver#complete} in bytes: it is kept for clients that lost it. */
    public static final int MAX_ANSWER_BYTES = 65_536;

    /** Time that a finished upload is kept, 1 hour: the last answer may have been lost. So is one without content. */
    public static final Duration FINISHED_KEPT = Duration.ofHours(1);

    /** Limit on the content of one request, 64 MiB: requests stay short. The HTTP server's own limit has to be as large. */
    public static final long MAX_APPEND_BYTES = 64L * 1024 * 1024;

    /** Limit on the unfinished uploads of an owner, 16. */
    public static final int MAX_OPEN = 16;

    /** Time that an unfinished upload is kept without progress, 24 hours: until the next night's run. */
    public static final Duration MAX_AGE = Duration.ofHours(24);

    private final UploadFiles files;
    private final Uploads uploads;
    private final UploadRequests requests;

    private UploadServer(Builder settings, UploadFiles files) {
        this.files = files;
        EventListener listener = settings.listener.guarded();
        this.uploads = new Uploads(files, settings.clock, listener);
        this.requests = new UploadRequests(
                files,
                uploads,
                new Completion(files, settings.receiver, settings.clock, listener),
                settings.maxFileBytes);
    }

    /**
     * A server that keeps what is under way in a directory, which is created where it is missing.
     *
     * @param directory of this server alone, on the same file system as where the receiver moves files to
     * @param receiver decides and takes
     */
    public static Builder builder(Path directory, UploadReceiver receiver) {
        return new Builder(directory, receiver);
    }

    /** Collects the settings of a server. */
    public static final class Builder {
        /** The most bytes of a file, 5 GiB: the size of one S3 upload. */
        public static final long DEFAULT_MAX_FILE_BYTES = 5L * 1024 * 1024 * 1024;

        private final Path directory;
        private final UploadReceiver receiver;
        private long maxFileBytes = DEFAULT_MAX_FILE_BYTES;
        private InstantSource clock = InstantSource.system();
        private EventListener listener = EventListener.NONE;

        private Builder(Path directory, UploadReceiver receiver) {
            this.directory = directory;
            this.receiver = receiver;
        }

        /** The most bytes of a file; beyond that the answer is 413. */
        public Builder maxFileBytes(long most) {
            maxFileBytes = Checks.positive("maxFileBytes", most);
            return this;
        }

        /** The clock by which uploads expire. */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /** Receives the events {@code http.upload.*}. Names of files are shown, printable and cut; ids of open uploads are not. */
        public Builder events(EventListener to) {
            listener = to;
            return this;
        }

        /**
         * The server: creates the directory, removes what has expired, and completes what had arrived when the last process
         * ended.
         *
         * @throws KeywharfException {@code http.upload_directory} when the directory cannot be used, or another process uses
         *     it
         */
        public UploadServer open() {
            UploadFiles files = UploadFiles.open(directory);
            try {
                UploadServer server = new UploadServer(this, files);
                server.uploads.load();
                server.uploads.all().forEach(server.requests.completion()::afterCrash);
                server.uploads.sweep();
                return server;
            } catch (RuntimeException | Error e) {
                files.close();
                throw e;
            }
        }
    }

    /**
     * Answers a request that creates an upload: a POST with {@code Upload-Complete}, and content or none.
     *
     * @param owner who uploads, as the host has authenticated them
     * @param name of the file, for the receiver; never part of a path here
     * @param prefix the path below which uploads are found, with a slash at its end: {@code /uploads/}
     */
    public HttpResponse create(String owner, String name, String prefix, HttpRequest request) {
        uploads.requireOpen();
        try (HttpBody body = request.body()) {
            return requests.create(owner, name, prefix, request, body);
        }
    }

    /**
     * Answers a HEAD, PATCH or DELETE of an upload; any other method with 405.
     *
     * @param owner who asks, as the host has authenticated them
     * @param id the last segment of the upload's path, which may be anything
     */
    public HttpResponse resume(String owner, String id, HttpRequest request) {
        uploads.requireOpen();
        try (HttpBody body = request.body()) {
            HttpResponse answer = requests.resume(owner, id, request, body);
            return request.method().equals("HEAD") ? answer.withBody(HttpBody.empty()) : answer;
        }
    }

    /**
     * Ends running requests with an error, and unlocks the directory; the bytes that have arrived stay. A request that is with
     * the receiver is waited for some seconds; if it does not end, the directory stays locked until the process ends, or
     * another call, so that no other server works in it at the same time.
     */
    @Override
    public void close() {
        if (uploads.close()) {
            files.close();
        }
    }

    @Override
    public String toString() {
        return "UploadServer[" + files + "]";
    }
}
