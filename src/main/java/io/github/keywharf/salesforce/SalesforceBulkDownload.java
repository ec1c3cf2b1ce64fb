package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Fetches results into temporary files, each whole: what broke off is fetched again from its beginning, so that rows are
 * neither doubled nor lost, and a slow reader does not keep a connection open. Results are asked for in gzip and are decoded
 * by what the answer says of itself. Thread-safe.
 *
 * @see <a href="https://developer.salesforce.com/docs/platform/api-asynch/guide/query-compression.html">Compression</a>
 */
final class SalesforceBulkDownload implements AutoCloseable {
    /** The most bytes of one result, 8 GiB: a page has 1 GB at most, and a few kilobytes of gzip can hold any number. */
    private static final long MAX_BYTES = 8L << 30;

    private static final int PIECE = 64 * 1024;
    private static final Map<String, String> HEADERS = Map.of("Accept-Encoding", "gzip", "Accept", "text/csv");

    /**
     * A result.
     *
     * @param file its text, decoded
     * @param locator of the page after it
     */
    record Page(Path file, Optional<String> locator) {}

    private final SalesforceCalls calls;
    private final Path directory;
    private final AtomicInteger files = new AtomicInteger();

    private SalesforceBulkDownload(SalesforceCalls calls, Path directory) {
        this.calls = calls;
        this.directory = directory;
    }

    /** Makes a directory of its own in another one, which closing deletes. */
    static SalesforceBulkDownload open(SalesforceCalls calls, Path parent) {
        try {
            return new SalesforceBulkDownload(
                    calls, Files.createTempDirectory(parent, "keywharf-salesforce-", OwnerOnly.directory(parent)));
        } catch (IOException e) {
            throw unusable(parent, e);
        }
    }

    static KeywharfException unusable(Path path, IOException cause) {
        return new KeywharfException(
                "salesforce.temporary_file",
                path.toString(),
                "A temporary file cannot be written or read: " + cause.getMessage()
                        + "; give a directory with enough space",
                cause);
    }

    /** A file that does not exist yet. */
    Path file() {
        return directory.resolve(files.incrementAndGet() + ".csv");
    }

    /** The result at a path. */
    Page fetch(String path) {
        Path file = file();
        return calls.read(path, HEADERS, response -> read(response, file));
    }

    private Page read(HttpResponse response, Path file) {
        Optional<String> locator = response.header("Sforce-Locator")
                .map(String::strip)
                .filter(text -> !text.isEmpty() && !text.equalsIgnoreCase("null"));
        try (InputStream content = decoded(response);
                OutputStream target = created(file)) {
            byte[] piece = new byte[PIECE];
            long count = 0;
            for (int n = content.read(piece); n >= 0; n = content.read(piece)) {
                count += n;
                if (count > MAX_BYTES) {
                    throw new KeywharfException(
                            "http.too_large",
                            calls.subject("results"),
                            "A result has more than " + MAX_BYTES + " bytes; ask for fewer rows in a page");
                }
                write(target, piece, n, file);
            }
            return new Page(file, locator);
        } catch (IOException e) {
            // Damaged gzip is what a connection leaves that was cut, and is fetched again all the same.
            throw KeywharfException.retryable(
                    "http.broken",
                    calls.subject("results"),
                    "The result broke off before its end, or its gzip is damaged; fetch it again",
                    e);
        }
    }

    private static OutputStream created(Path file) {
        try {
            return Files.newOutputStream(file);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private static void write(OutputStream target, byte[] piece, int length, Path file) {
        try {
            target.write(piece, 0, length);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private InputStream decoded(HttpResponse response) throws IOException {
        String encoding =
                response.header("Content-Encoding").orElse("identity").strip().toLowerCase(Locale.ROOT);
        InputStream content = response.body().open();
        if (encoding.isEmpty() || encoding.equals("identity")) {
            return content;
        }
        if (!encoding.equals("gzip") && !encoding.equals("x-gzip")) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    calls.subject("results"),
                    "The result is encoded as '" + encoding
                            + "', and only gzip was asked for; check whether a proxy is in between");
        }
        PushbackInputStream checked = new PushbackInputStream(content, 1);
        int first = checked.read();
        if (first < 0) {
            return checked;
        }
        checked.unread(first);
        return new GZIPInputStream(checked, PIECE);
    }

    /** Deletes one file that was read. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Its directory is deleted later, and the operating system clears what is left of temporary files.
        }
    }

    @Override
    public void close() {
        try (Stream<Path> left = Files.list(directory)) {
            left.forEach(SalesforceBulkDownload::delete);
        } catch (IOException e) {
            return;
        }
        delete(directory);
    }
}
