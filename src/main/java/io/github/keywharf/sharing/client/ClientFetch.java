package io.github.keywharf.sharing.client;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.Pause;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads files whole: renews addresses that expire or are refused, begins again what breaks off, checks sizes.
 * Thread-safe.
 *
 * @param http sends no credentials: addresses carry their own
 */
record ClientFetch(String subject, URI endpoint, ClientAddresses addresses, HttpHandler http, Pause pause) {

    private static final Logger LOG = LoggerFactory.getLogger(ClientFetch.class);

    /** How often a file that breaks off is begun. */
    private static final int ATTEMPTS = 4;

    /** How often new addresses are asked for before a refusal counts. */
    private static final int RENEWALS = 2;

    private static final Duration WAIT = Duration.ofMillis(500);

    /** Statuses by which stores refuse an address that has expired. */
    private static final Set<Integer> EXPIRED = Set.of(400, 401, 403);

    private static final Set<String> BROKEN = Set.of(HttpClients.BROKEN, HttpClients.TIMEOUT, HttpClients.UNREACHABLE);

    private static final int PIECE = 64 * 1024;

    /** The most bytes of the frame around a deletion vector: its length and its checksum. */
    private static final int FRAME = 2 * Integer.BYTES;

    /** Takes the content of a response, or throws what broke off. */
    private interface Content {
        void take(InputStream in) throws IOException;
    }

    /** Writes the content of a response, or throws what broke off. */
    private interface FileContent {
        void write(InputStream in, OutputStream out) throws IOException;
    }

    /** The content of a file, in memory. */
    byte[] data(ClientFile file) {
        byte[] content = new byte[Math.toIntExact(file.size())];
        fetch(
                file,
                false,
                response -> taken(response, in -> {
                    int bytes = in.readNBytes(content, 0, content.length);
                    checkSize(file, bytes < content.length || in.read() < 0 ? bytes : bytes + 1L);
                }));
        return content;
    }

    /** Downloads a file's data, unless the target is there with its size. */
    void data(ClientFile file, Path target) {
        if (isThere(target, file.size())) {
            return;
        }
        fetch(
                file,
                false,
                response -> written(response, target, (in, out) -> {
                    long bytes = 0;
                    byte[] piece = new byte[(int) Math.min(PIECE, file.size() + 1)];
                    for (int n = in.read(piece); n >= 0 && bytes <= file.size(); n = in.read(piece)) {
                        out.write(piece, 0, n);
                        bytes += n;
                    }
                    checkSize(file, bytes);
                }));
    }

    private static void checkSize(ClientFile file, long bytes) throws IOException {
        if (bytes != file.size()) {
            throw new IOException("it has " + (bytes < file.size() ? "" : "at least ") + bytes
                    + " bytes, but should have " + file.size());
        }
    }

    /** Downloads a file's deletion vector, unless the target is there: a file of the one vector alone. */
    void vector(ClientFile file, Path target) {
        int framed = file.vector().orElseThrow().sizeInBytes() + FRAME;
        if (isThere(target, framed + 1L)) {
            return;
        }
        int offset = file.vector().get().offset().orElse(1);
        fetch(
                file,
                true,
                response -> written(response, target, (in, out) -> {
                    out.write(1);
                    // A server may send all of it nevertheless.
                    in.skipNBytes(response.status() == 206 ? 0 : offset);
                    byte[] bytes = in.readNBytes(framed);
                    if (bytes.length != framed) {
                        throw new IOException("it ends before its size");
                    }
                    out.write(bytes);
                }));
    }

    private static boolean isThere(Path target, long size) {
        try {
            return Files.isRegularFile(target) && Files.size(target) == size;
        } catch (IOException e) {
            return false;
        }
    }

    /** @param taker takes a response, and gives what broke off; empty when all is there */
    private void fetch(ClientFile file, boolean isVector, Function<HttpResponse, Optional<String>> taker) {
        int renewals = 0;
        for (int attempt = 1; ; attempt++) {
            ClientAddresses.Address address = addresses.of(file);
            HttpRequest request = request(address.file(), isVector);
            Optional<String> broken;
            try (HttpResponse response = http.handle(request)) {
                if (response.status() == 200 || response.status() == 206) {
                    broken = taker.apply(response);
                    if (broken.isEmpty()) {
                        return;
                    }
                } else if (EXPIRED.contains(response.status()) && renewals < RENEWALS) {
                    renewals++;
                    attempt--;
                    addresses.renew(address.generation());
                    continue;
                } else {
                    throw refusal(file, response);
                }
            } catch (KeywharfException e) {
                if (attempt >= ATTEMPTS || !BROKEN.contains(e.code())) {
                    throw e;
                }
                broken = Optional.of(e.code());
            }
            if (attempt >= ATTEMPTS) {
                throw ClientCalls.badAnswer(
                        subject, "The file " + file.id() + " cannot be downloaded: " + broken.get(), null);
            }
            sleep(attempt);
        }
    }

    private HttpRequest request(ClientFile file, boolean isVector) {
        try {
            URI uri = isVector ? file.vectorAddress() : file.address();
            if (!"https".equalsIgnoreCase(uri.getScheme()) && !"http".equalsIgnoreCase(endpoint.getScheme())) {
                throw new IllegalArgumentException("not of https");
            }
            HttpRequest request = HttpRequest.get(uri).withHeader("Accept-Encoding", "identity");
            if (!isVector) {
                return request;
            }
            long offset = file.vector().orElseThrow().offset().orElse(1);
            return request.withHeader(
                    "Range",
                    "bytes=" + offset + "-" + (offset + file.vector().get().sizeInBytes() + FRAME - 1));
        } catch (IllegalArgumentException e) {
            // Without its cause: the address is a secret.
            throw ClientCalls.badAnswer(subject, "The address of the file " + file.id() + " is not one of https", null);
        }
    }

    /** Gives what broke off; empty when all is there. */
    private static Optional<String> taken(HttpResponse response, Content content) {
        try (InputStream in = response.body().open()) {
            content.take(in);
            return Optional.empty();
        } catch (IOException e) {
            if (e.getCause() instanceof KeywharfException known && known.is(KeywharfException.INTERRUPTED)) {
                throw known;
            }
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The same into a file, which is there only with all of it. */
    private static Optional<String> written(HttpResponse response, Path target, FileContent content) {
        Path part = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Optional<String> broken;
            try (OutputStream out = Files.newOutputStream(part)) {
                broken = taken(response, in -> content.write(in, out));
            }
            if (broken.isEmpty()) {
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
            return broken;
        } catch (IOException e) {
            throw new KeywharfException(
                    "format.write_failed",
                    target.toString(),
                    "The file cannot be written: " + e + "; make room there",
                    e);
        } finally {
            delete(part);
        }
    }

    /** Deletes a file that may not be there. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} cannot be deleted", file, e);
        }
    }

    private KeywharfException refusal(ClientFile file, HttpResponse response) {
        int status = response.status();
        if (status == 404 || status == 410) {
            return new KeywharfException(
                    "sharing.expired",
                    subject,
                    "The file " + file.id() + " is gone, as after a cleanup of the table; read it again");
        }
        if (EXPIRED.contains(status)) {
            return new KeywharfException(
                    "sharing.refused",
                    subject,
                    "The store refuses the file " + file.id() + " with the status " + status
                            + ", with new addresses as well; ask the provider of the share");
        }
        String problem =
                "The store answers with the status " + status + " for the file " + file.id() + "; try again later";
        if (status == 429) {
            return KeywharfException.retryable("sharing.limited", subject, problem);
        }
        return status >= 500
                ? KeywharfException.retryable("sharing.unavailable", subject, problem)
                : new KeywharfException("sharing.bad_answer", subject, problem);
    }

    private void sleep(int attempt) {
        try {
            pause.of(WAIT.multipliedBy(attempt));
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        }
    }
}
