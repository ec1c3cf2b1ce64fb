package io.github.keywharf.batch;

import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a program prints: counts on standard output, and the last lines of all else, for the reason of a failure. Takes any
 * amount in bounded memory. Thread-safe.
 */
final class ProgramOutput {

    /** How much is kept of each stream that is not a count. */
    static final int MAX_TAIL = 1_000;

    /** How much of a line is looked at, and kept: less than all, so that one long line leaves room for others. */
    static final int MAX_LINE = 500;

    private static final Pattern COUNT = Pattern.compile("\\s*(rows|rejected)=([0-9]{1,18})\\s*");
    private static final String BLANK = "***";
    private static final String BETWEEN = " | ";
    private static final int BUFFER = 1 << 16;

    /** What is read at most after the end: more than pipes hold, so that the rest is what others still write. */
    private static final int MAX_REST = 1 << 20;

    private static final long FIRST_PAUSE = 100_000;
    private static final long LONGEST_PAUSE = 10_000_000;

    private final List<String> secrets;
    private final int lineBytes;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final Tail printed = new Tail();
    private final Tail complained = new Tail();
    private volatile boolean over;

    /** @param secrets texts that are not kept */
    ProgramOutput(Collection<String> secrets) {
        // A secret of several lines comes line by line. Of two that begin alike the longer one goes first.
        this.secrets = secrets.stream()
                .flatMap(String::lines)
                .map(String::strip)
                .filter(secret -> !secret.isEmpty())
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
        int longest = this.secrets.stream()
                .mapToInt(secret -> secret.getBytes(StandardCharsets.UTF_8).length)
                .max()
                .orElse(0);
        // So that a secret that begins within what is kept is known as a whole.
        lineBytes = MAX_LINE + longest;
    }

    /** Reads standard output to its end, and never more slowly for what is in it. */
    void drainOutput(InputStream stream) {
        drain(stream, printed);
    }

    /** Reads standard error to its end. */
    void drainErrors(InputStream stream) {
        drain(stream, complained);
    }

    /** The program has ended: what is in its pipes counts, and nobody who still holds them is waited for. */
    void end() {
        over = true;
    }

    /**
     * The stream's monitor is held throughout. Otherwise the JDK would read the stream by itself when the program ends, into
     * memory and for as long as any other process writes to it.
     */
    private void drain(InputStream stream, Tail tail) {
        synchronized (stream) {
            drainHeld(stream, tail);
        }
    }

    private void drainHeld(InputStream stream, Tail tail) {
        byte[] line = new byte[lineBytes];
        byte[] buffer = new byte[BUFFER];
        int length = 0;
        int rest = 0;
        try (stream) {
            for (int read = read(stream, buffer); read >= 0 && rest <= MAX_REST; read = read(stream, buffer)) {
                rest += over ? read : 0;
                for (int i = 0; i < read; i++) {
                    if (buffer[i] == '\n' || buffer[i] == '\r') {
                        take(line, length, tail);
                        length = 0;
                    } else if (length < line.length) {
                        line[length++] = buffer[i];
                    }
                }
            }
        } catch (IOException e) {
            // The stream of a process that was killed may end like this; what was read counts.
            take(line, length, tail);
            return;
        }
        take(line, length, tail);
    }

    /** Reads what is there without being held up by who does not write; -1 when nothing is and the program has ended. */
    private int read(InputStream stream, byte[] buffer) throws IOException {
        for (long pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            boolean last = over;
            int available = stream.available();
            if (available > 0) {
                return stream.read(buffer, 0, Math.min(available, buffer.length));
            }
            if (last) {
                return -1;
            }
            LockSupport.parkNanos(this, pause);
        }
    }

    private void take(byte[] bytes, int length, Tail tail) {
        if (length == 0) {
            return;
        }
        String line = new String(bytes, 0, length, StandardCharsets.UTF_8);
        Matcher count = COUNT.matcher(line);
        if (tail == printed && count.matches()) {
            (count.group(1).equals("rows") ? rows : rejected).set(Long.parseLong(count.group(2)));
        } else if (!line.isBlank()) {
            tail.keep(Cut.printable(blanked(line).strip(), MAX_LINE));
        }
    }

    private String blanked(String line) {
        String shown = line;
        for (String secret : secrets) {
            shown = shown.replace(secret, BLANK);
        }
        return shown;
    }

    /** The last count of rows. */
    long rows() {
        return rows.get();
    }

    /** The last count of rejected rows. */
    long rejected() {
        return rejected.get();
    }

    /** What was printed last, errors at the end; empty when nothing was. */
    Optional<String> tail() {
        String text = Stream.of(printed, complained)
                .flatMap(tail -> tail.lines().stream())
                .collect(Collectors.joining(BETWEEN));
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** The last lines of a stream. */
    private static final class Tail {
        private final Deque<String> lines = new ArrayDeque<>();
        private int length;

        synchronized void keep(String line) {
            lines.add(line);
            length += line.length() + BETWEEN.length();
            while (length > MAX_TAIL) {
                length -= lines.remove().length() + BETWEEN.length();
            }
        }

        synchronized List<String> lines() {
            return List.copyOf(lines);
        }
    }
}
