package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * Where uploads are that are under way, so that a later run goes on with them: a small file for each, bound to the server, the
 * tenant, and the file's name, size, time of change, and its beginning and end. That the rest is the same is checked by the
 * server, against the digest of the whole file that it got first. Where nothing can be kept, a later run begins again.
 */
final class FetchStates {
    /** Smaller files, 1 MiB, are sent again. */
    static final int SMALLEST = 1024 * 1024;

    private static final int MAX_STATE = 16 * 1024;
    private static final int EDGE = 64 * 1024;
    private static final String CODE = "batch.no_state";

    private final Path directory;
    private final FetchServer server;
    private final String owner;

    FetchStates(FetchSettings settings, FetchServer server) {
        this.server = server;
        this.owner = settings.login().server() + " " + settings.login().tenant();
        directory = settings.directory().resolve(FetchData.Builder.STATE_DIRECTORY);
    }

    void keep(Path file, String name, BasicFileAttributes attributes, URI upload) {
        if (attributes.size() < SMALLEST) {
            return;
        }
        try {
            Files.createDirectories(directory);
            String json = ProfileJson.JSON
                    .createObjectNode()
                    .put("file", bound(file, name, attributes))
                    .put("upload", upload.toString())
                    .toString();
            PrivateFiles.replace(path(file, name), json.getBytes(UTF_8), CODE);
        } catch (IOException | KeywharfException e) {
            // A later run begins again.
        }
    }

    /** Where the upload of this very file is. */
    Optional<URI> find(Path file, String name, BasicFileAttributes attributes) {
        try {
            JsonNode json = ProfileJson.JSON.readTree(WatchedFile.content(path(file, name), MAX_STATE, CODE));
            URI upload = URI.create(json.path("upload").asText());
            // Whoever can write here must not learn the password.
            return json.path("file").asText().equals(bound(file, name, attributes)) && server.owns(upload)
                    ? Optional.of(upload)
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException | KeywharfException e) {
            // There is no state, or none that can be read.
            return Optional.empty();
        }
    }

    void forget(Path file, String name) {
        try {
            Files.deleteIfExists(path(file, name));
        } catch (IOException e) {
            // It is bound to a file that was uploaded, and is of no harm.
        }
    }

    private Path path(Path file, String name) {
        String key = hex(owner + "\0" + file.toAbsolutePath() + "\0" + name, new byte[0]);
        return directory.resolve(key.substring(0, 32) + ".json");
    }

    private String bound(Path file, String name, BasicFileAttributes attributes) throws IOException {
        ByteBuffer edges = ByteBuffer.allocate(2 * EDGE);
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            edges.limit(EDGE);
            read(channel, edges);
            channel.position(Math.max(0, channel.size() - EDGE));
            edges.limit(2 * EDGE);
            read(channel, edges);
        }
        return hex(
                owner + "\0" + name + "\0" + attributes.size() + "\0"
                        + attributes.lastModifiedTime().toInstant() + "\0" + attributes.fileKey(),
                edges.array());
    }

    private static void read(SeekableByteChannel channel, ByteBuffer target) throws IOException {
        int n = 0;
        while (n >= 0 && target.hasRemaining()) {
            n = channel.read(target);
        }
    }

    private static String hex(String text, byte[] content) {
        MessageDigest digest = Sha256.digest();
        digest.update(text.getBytes(UTF_8));
        return HexFormat.of().formatHex(digest.digest(content));
    }
}
