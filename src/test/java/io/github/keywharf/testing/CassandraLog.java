package io.github.keywharf.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a {@link CassandraServer} says of its start. Its log goes on over all its starts. */
final class CassandraLog {
    private static final String LISTENING = "CassandraDaemon - Startup complete";
    private static final Pattern FAILED =
            Pattern.compile("encountered during startup|CassandraDaemon - Fatal configuration error");

    /** It says so three times, of which the first may be all there is yet. */
    private static final Pattern PORT_TAKEN =
            Pattern.compile("Failed to bind port|Address already in use|is in use by another process");

    private static final Pattern FIRST_ERROR = Pattern.compile("(?m)^(ERROR|Exception|Error|Unrecognized|java\\.)");
    private static final int QUOTED = 4_000;

    private final Path file;
    private long start;

    CassandraLog(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** Leaves out what was said so far. */
    void begin() throws IOException {
        start = Files.exists(file) ? Files.size(file) : 0;
    }

    /** Whether the server takes connections. Another process could answer on a taken port, but not say so here. */
    boolean isListening() {
        return text().contains(LISTENING);
    }

    /** Whether the server has given up, although it may take seconds to end. */
    boolean hasFailed() {
        return FAILED.matcher(text()).find();
    }

    /** Whether the server gave up because another process has one of its ports. */
    boolean isPortTaken() {
        return PORT_TAKEN.matcher(text()).find();
    }

    /** The part to be quoted in an error: what follows the first complaint, or else the end. */
    String reason() {
        String text = text();
        Matcher error = FIRST_ERROR.matcher(text);
        int from = error.find() ? error.start() : Math.max(0, text.length() - QUOTED);
        return text.substring(from, Math.min(text.length(), from + QUOTED));
    }

    private String text() {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(start);
            byte[] text = new byte[(int) (log.length() - start)];
            log.readFully(text);
            return new String(text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("[cassandra] the log " + file + " cannot be read", e);
        }
    }
}
