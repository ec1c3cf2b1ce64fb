package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Checks;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Uploads files in pieces, by the core of the IETF draft "Resumable Uploads for HTTP". Thread-safe.
 *
 * <pre>{@code
 * UploadClient client = UploadClient.builder(HttpClients.builder().open()).build();
 * UploadReceipt receipt = client.upload(Path.of("sales.csv"), URI.create("https://example.com/files/sales.csv"));
 * }</pre>
 *
 * <p>After lost connections and the statuses 429 and 5xx it asks how much has arrived and continues there, with waits that
 * double, or as long as {@code Retry-After} says. The server gets the file's length and SHA-256 first, and checks both.
 *
 * <p>How often and how long it tries are constants of this class, defaults those of {@link Builder}.
 */
public final class UploadClient {
    /** Code of an error when the server does not have the upload, or no longer. */
    public static final String GONE = "http.upload_gone";

    /** Code of an error when the file changed while it was uploaded. */
    public static final String CHANGED = "http.upload_changed";

    /** Code of an error when all attempts failed; what has arrived stays. */
    public static final String INTERRUPTED = "http.upload_interrupted";

    /** How often something is tried without progress, 8 times: about a minute and a half with the waits. */
    public static final int ATTEMPTS = 8;

    /** The first wait, 500 ms; each is up to a quarter shorter at random. */
    public static final Duration FIRST_WAIT = Duration.ofMillis(500);

    /** The longest wait that is not asked for, 30 s. */
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** The longest {@code Retry-After} that is waited for, 5 minutes: beyond that the caller decides. */
    public static final Duration RETRY_AFTER_CAP = Duration.ofMinutes(5);

    private static final double JITTER = 0.25;

    private final Settings settings;

    /** The settings of a client. */
    record Settings(
            HttpHandler http, int attempts, Backoff backoff, long sliceBytes, InstantSource clock, Pause pause) {}

    private UploadClient(Settings settings) {
        this.settings = settings;
    }

    /** A client that sends by that handler, which is not to repeat requests itself. */
    public static Builder builder(HttpHandler http) {
        return new Builder(http);
    }

    /** Collects the settings of a client. */
    public static final class Builder {
        /** The most bytes of one request, 16 MiB: progress shows. A server may ask for less. */
        public static final long DEFAULT_SLICE_BYTES = 16L * 1024 * 1024;

        private final HttpHandler http;
        private int attempts = ATTEMPTS;
        private Backoff backoff = Backoff.doubling(FIRST_WAIT, LONGEST_WAIT, JITTER);
        private long sliceBytes = DEFAULT_SLICE_BYTES;
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;

        private Builder(HttpHandler http) {
            this.http = http;
        }

        /** The attempts without progress, and the wait after the first failure, which doubles up to the longest. */
        Builder attempts(int most, Duration first, Duration longest) {
            attempts = most;
            backoff = Backoff.doubling(first, longest, JITTER);
            return this;
        }

        /** The most bytes of one request. */
        public Builder sliceBytes(long most) {
            sliceBytes = Checks.positive("sliceBytes", most);
            return this;
        }

        /** The clock by which dates of {@code Retry-After} are judged, and how to wait. */
        public Builder clock(InstantSource source, Pause waiting) {
            clock = source;
            pause = waiting;
            return this;
        }

        /** The client. */
        public UploadClient build() {
            return new UploadClient(new Settings(http, attempts, backoff, sliceBytes, clock, pause));
        }
    }

    /** Uploads a file; the same as {@link #upload(Path, URI, HttpHeaders, UploadListener)} without headers and listener. */
    public UploadReceipt upload(Path file, URI target) {
        return upload(file, target, HttpHeaders.none(), UploadListener.NONE);
    }

    /**
     * Uploads a file.
     *
     * @param target where uploads are created
     * @param headers of each request, credentials among them; they go to the origin of the target only
     * @throws UploadRefused when the server refuses the file
     * @throws KeywharfException {@code http.upload_interrupted} when all attempts failed, {@code http.upload_gone} when the
     *     server has lost the upload, {@code http.upload_changed} when the file changed meanwhile,
     *     {@code http.upload_elsewhere} when the server wants the content at another origin, and what the handler throws
     */
    public UploadReceipt upload(Path file, URI target, HttpHeaders headers, UploadListener listener) {
        return new UploadRun(new UploadCalls(settings, headers, target), file, listener).upload(target);
    }

    /**
     * Continues an upload of the same file, in this process or another.
     *
     * @param upload the URI that {@link UploadListener#created} was given
     * @throws KeywharfException as {@link #upload(Path, URI, HttpHeaders, UploadListener)}
     */
    public UploadReceipt resume(Path file, URI upload, HttpHeaders headers, UploadListener listener) {
        return new UploadRun(new UploadCalls(settings, headers, upload), file, listener).resume(upload);
    }

    @Override
    public String toString() {
        return "UploadClient[" + settings.http() + ", slices of at most " + settings.sliceBytes() + " bytes]";
    }
}
