package io.github.keywharf.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first line and the header lines of one HTTP/1.1 message, kept as they came. */
record HttpHead(String firstLine, List<String> headerLines) {
    private static final int LIMIT = 256 * 1024;

    /** Reads a head, or returns null if the peer closed the connection before a message began. */
    static @Nullable HttpHead read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        List<String> headers = new ArrayList<>();
        for (String line = line(in); !"".equals(line); line = line(in)) {
            if (line == null) {
                throw new EOFException("connection closed within a message head");
            }
            headers.add(line);
        }
        return new HttpHead(first, List.copyOf(headers));
    }

    static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return bytes.size() == 0 ? null : fail("connection closed within a line");
            }
            if (bytes.size() > LIMIT) {
                return fail("line too long");
            }
            bytes.write(b);
        }
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static String fail(String reason) throws IOException {
        throw new IOException(reason);
    }

    Optional<String> header(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return headerLines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .findFirst();
    }

    HttpHead without(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return new HttpHead(
                firstLine,
                headerLines.stream()
                        .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith(prefix))
                        .toList());
    }

    boolean chunked() {
        return header("Transfer-Encoding")
                .map(value -> value.toLowerCase(Locale.ROOT).contains("chunked"))
                .orElse(false);
    }

    /** The declared length of the body, or -1. */
    long contentLength() {
        return header("Content-Length").map(Long::parseLong).orElse(-1L);
    }

    boolean closes() {
        return header("Connection")
                        .map(value -> value.equalsIgnoreCase("close"))
                        .orElse(false)
                || firstLine.contains("HTTP/1.0");
    }

    /** The status code, for a response. */
    int status() {
        return Integer.parseInt(firstLine.split(" ", 3)[1]);
    }

    byte[] bytes() {
        StringBuilder text = new StringBuilder(firstLine).append("\r\n");
        headerLines.forEach(line -> text.append(line).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
