package io.github.keywharf.batch;

import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of files for {@link BatchIngestor.Builder#log}: a line for each that was ingested in {@code success.log}, and for each
 * that failed in {@code failure.log}.
 *
 * <pre>{@code
 * 2019-10-31 15:16:22 - Ingestion of the file: apps.csv for customer-1 - size: 128.7978515625 KB - 999 lines ingested in 0.8234226703643799 seconds
 * 2019-10-31 15:16:23 - Ingestion Failed for the file: other.csv for customer-1 - size: 2.5 KB
 * }</pre>
 *
 * <p>The time is that of the end, a KB is 1,024 bytes, lines are {@link IngestedFile#lines()}. A log that would become larger
 * than its limit is renamed to {@code success.log.1} before, that one to {@code success.log.2} and so on, and the oldest is
 * deleted. Thread-safe; a line that cannot be written is reported through SLF4J and disturbs nobody.
 */
public final class IngestLog {

    /** How large a log becomes: what an editor still opens. */
    public static final long DEFAULT_MAX_BYTES = 64L << 20;

    /** How many older logs of each kind are kept. */
    public static final int DEFAULT_KEPT = 10;

    private static final Logger LOG = LoggerFactory.getLogger(IngestLog.class);

    /** Longer than any name of a file. */
    private static final int MAX_NAME = 300;

    private static final double NANOS = 1e9;
    private static final double KILOBYTE = 1_024;

    private final Path directory;
    private final DateTimeFormatter time;
    private final long maxBytes;
    private final int kept;
    private boolean isFailing;

    private IngestLog(Path directory, ZoneId zone, long maxBytes, int kept) {
        this.directory = Objects.requireNonNull(directory, "directory");
        this.time = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(zone);
        this.maxBytes = maxBytes;
        this.kept = kept;
    }

    /**
     * Logs in a directory, which is made when it is not there.
     *
     * @param zone of the times
     */
    public static IngestLog in(Path directory, ZoneId zone) {
        return in(directory, zone, DEFAULT_MAX_BYTES, DEFAULT_KEPT);
    }

    /**
     * Logs in a directory, of other sizes.
     *
     * @param maxBytes how large a log becomes
     * @param kept how many older logs of each kind are kept
     * @throws IllegalArgumentException when one of them is not positive
     */
    public static IngestLog in(Path directory, ZoneId zone, long maxBytes, int kept) {
        if (maxBytes < 1 || kept < 1) {
            throw new IllegalArgumentException(
                    "maxBytes and kept must be positive, but are " + maxBytes + " and " + kept);
        }
        return new IngestLog(directory, zone, maxBytes, kept);
    }

    void write(IngestedFile file) {
        if (file.state() == FileState.DONE && !file.reason().equals(IngestedFile.FED_BACK)) {
            append("success.log", success(file));
        } else if (file.state() == FileState.FAILED) {
            append("failure.log", failure(file));
        }
    }

    private String success(IngestedFile file) {
        return at(file) + " - Ingestion of the file: " + name(file) + " - size: " + size(file) + " KB - " + file.lines()
                + " lines ingested in " + plain(file.took().toNanos() / NANOS) + " seconds\n";
    }

    private String failure(IngestedFile file) {
        return at(file) + " - Ingestion Failed for the file: " + name(file) + " - size: " + size(file) + " KB\n";
    }

    private String at(IngestedFile file) {
        Instant end = file.ended().orElse(file.received());
        return time.format(end);
    }

    private static String name(IngestedFile file) {
        return Cut.printable(file.name(), MAX_NAME) + " for " + file.tenant();
    }

    private static String size(IngestedFile file) {
        return plain(file.bytes() / KILOBYTE);
    }

    /** The number with all its digits and at least one behind the point, never with an exponent. */
    private static String plain(double number) {
        String digits = new BigDecimal(Double.toString(number)).toPlainString();
        return digits.indexOf('.') < 0 ? digits + ".0" : digits.replaceFirst("(\\.[0-9]+?)0+$", "$1");
    }

    private synchronized void append(String name, String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        Path log = directory.resolve(name);
        try {
            Files.createDirectories(directory);
            if (Files.exists(log) && Files.size(log) + bytes.length > maxBytes) {
                rotate(name);
            }
            Files.write(log, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            isFailing = false;
        } catch (IOException | RuntimeException e) {
            if (!isFailing) {
                LOG.warn("[{}] The log cannot be written; lines are lost until it can: {}", log, line.strip(), e);
            }
            isFailing = true;
        }
    }

    private void rotate(String name) throws IOException {
        for (int number = kept - 1; number >= 0; number--) {
            Path older = number == 0 ? directory.resolve(name) : directory.resolve(name + "." + number);
            if (Files.exists(older)) {
                Files.move(older, directory.resolve(name + "." + (number + 1)), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Override
    public String toString() {
        return "IngestLog[" + directory + "]";
    }
}
