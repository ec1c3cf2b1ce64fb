package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpOrigin;
import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of batch ingestion: uploads the files of a directory that the tenant's constraints allow. Thread-safe, but
 * for runs over the same directory.
 *
 * <pre>{@code
 * FetchReport report = FetchData.builder(URI.create("https://ingest.example.com"), Organisation.of("customer-1"), password)
 *         .directory(Path.of("client-input-dir"))
 *         .build()
 *         .run();
 * }</pre>
 *
 * <p>Files are taken by name, and stay where they are. Each is checked here first, and again by the server. An upload that was
 * cut is continued, also by a later run: what is needed for that is kept in the directory {@value Builder#STATE_DIRECTORY}
 * below the input; where that cannot be written, a later run begins again. A file that the server received before is not sent
 * again, and does not count. Hidden files and directories are passed over, and symbolic links fail.
 */
public final class FetchData {
    private final FetchSettings settings;

    private FetchData(FetchSettings settings) {
        this.settings = settings;
    }

    /**
     * A client of a server.
     *
     * @param server whose routes are below this URI
     * @param tenant who uploads
     * @param password of the tenant, or the text of a key of its organisation; it is copied, and may be closed
     * @throws IllegalArgumentException when the URI is not http or https with a host, or has credentials or a query
     */
    public static Builder builder(URI server, Organisation tenant, Secret password) {
        return new Builder(server, tenant, password);
    }

    /**
     * Uploads what may be uploaded.
     *
     * @return what became of each file
     * @throws KeywharfException {@code batch.plain_http} when the password would be sent in plain text,
     *     {@code batch.login_refused} and {@code batch.too_many_logins} when the server refuses the login,
     *     {@code batch.bad_answer} when it is not such a server, {@code batch.bad_input} when the directory cannot be
     *     listed, and as {@link HttpClients.Builder#open} says
     */
    public FetchReport run() {
        return new FetchRun(settings, new FetchServer(settings)).run();
    }

    @Override
    public String toString() {
        return "FetchData[" + settings.directory() + " to " + settings.login().server() + " as "
                + settings.login().tenant() + "]";
    }

    /**
     * Uploads a directory as a command: {@code -u USER [-p PASSWORD] [-d DIRECTORY] [--server URL] [--trust FILE]
     * [--plain-http]}. Without {@code -p} the password is that of {@code KEYWHARF_PASSWORD}, or is asked for. Ends with 0 when
     * the server has all files, with 1 when some were refused or failed, or the server could not be reached, with 2 when the
     * command or the login is wrong, or the server is not trusted.
     */
    public static void main(String[] arguments) {
        System.exit(FetchCommand.run(arguments, System.getenv(), FetchCommand::askedFor, EventListener.terminal()));
    }

    /** Collects the settings of a client. */
    public static final class Builder {
        /** The directory that is uploaded, {@value}. */
        public static final String DEFAULT_DIRECTORY = "client-input-dir";

        /** Where uploads that are under way are noted, below the directory: {@value}. */
        public static final String STATE_DIRECTORY = ".keywharf";

        /** How long one request may take, 1 hour: 16 MiB at 5 KB/s. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofHours(1);

        private final FetchSettings.Login login;
        private Path directory = Path.of(DEFAULT_DIRECTORY);
        private @Nullable TlsConfig tls;
        private boolean plainHttp;
        private EventListener events = EventListener.NONE;
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;
        private long sliceBytes = io.github.keywharf.http.upload.UploadClient.Builder.DEFAULT_SLICE_BYTES;
        private @Nullable HttpHandler http;

        private Builder(URI server, Organisation tenant, Secret password) {
            if (!HttpOrigin.isBase(server)) {
                throw new IllegalArgumentException("The server's URI must have http or https and a host, and no"
                        + " credentials, query or fragment; write it as https://host:port/path");
            }
            String text = server.toString();
            login = new FetchSettings.Login(
                    text.endsWith("/") ? server : URI.create(text + "/"),
                    Objects.requireNonNull(tenant, "tenant"),
                    password.copy());
        }

        /** The directory whose files are uploaded. */
        public Builder directory(Path input) {
            directory = Objects.requireNonNull(input, "input");
            return this;
        }

        /** Whom to trust; the JDK's authorities unless said otherwise. */
        public Builder tls(TlsConfig config) {
            tls = Objects.requireNonNull(config, "config");
            return this;
        }

        /**
         * Whether the password may be sent in plain text to another machine, which anyone on the way can read; false unless
         * said otherwise.
         */
        public Builder plainHttp(boolean allowed) {
            plainHttp = allowed;
            return this;
        }

        /** Receives the events {@code batch.fetch.*} and progress. */
        public Builder events(EventListener listener) {
            events = listener.guarded();
            return this;
        }

        /** A client of the caller's, in the place of one with {@link #tls}; it is not to repeat requests itself. */
        public Builder http(HttpHandler client) {
            http = Objects.requireNonNull(client, "client");
            return this;
        }

        /** The clock, and how to wait before something is tried again. */
        public Builder clock(InstantSource source, Pause waiting) {
            clock = source;
            pause = waiting;
            return this;
        }

        /** The most bytes of one request. */
        public Builder sliceBytes(long most) {
            sliceBytes = Checks.positive("sliceBytes", most);
            return this;
        }

        /** The client; nothing is read or sent yet. */
        public FetchData build() {
            return new FetchData(settings());
        }

        FetchSettings settings() {
            return new FetchSettings(
                    login,
                    directory,
                    new FetchSettings.Transport(http, tls, plainHttp, sliceBytes, clock, pause),
                    events);
        }
    }
}
