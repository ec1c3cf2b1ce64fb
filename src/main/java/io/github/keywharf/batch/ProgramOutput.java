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

    private final List<String> secrets;
    private final int lineBytes;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final Tail printed = new Tail();
    private final Tail complained = new Tail();

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

    private void drain(InputStream stream, Tail tail) {
        byte[] line = new byte[lineBytes];
        byte[] buffer = new byte[BUFFER];
        int length = 0;
        try (stream) {
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
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
