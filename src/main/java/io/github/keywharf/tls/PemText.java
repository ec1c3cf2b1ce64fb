package io.github.keywharf.tls;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the blocks of a PEM text. */
final class PemText {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
    private static final Pattern HEADER = Pattern.compile("(?m)^[A-Za-z-]{1,40}:.*$");

    private PemText() {}

    /**
     * Block of a PEM text.
     *
     * @param label text after BEGIN
     * @param headers lines before the content of a key that OpenSSL encrypted in its traditional form; else empty
     * @param der content
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and wiped when it was a key
    record Block(String label, String headers, byte[] der) {}

    static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(Pem.MAX_BYTES + 1);
            checkSize(file.toString(), bytes.length);
            return bytes;
        } catch (IOException e) {
            throw new KeywharfException(
                    "tls.unreadable",
                    file.toString(),
                    "The file cannot be read (" + e.getClass().getSimpleName() + "); check its path and its rights",
                    e);
        }
    }

    static byte[] bytes(String subject, String pem) {
        checkSize(subject, pem.length());
        return pem.getBytes(StandardCharsets.UTF_8);
    }

    private static void checkSize(String subject, int length) {
        if (length > Pem.MAX_BYTES) {
            throw new KeywharfException(
                    "tls.too_large", subject, "There are more than " + Pem.MAX_BYTES + " bytes; is it the right file?");
        }
    }

    static List<Block> blocks(String subject, byte[] bytes) {
        // PEM is ASCII; text between the blocks is ignored, whatever its encoding.
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<Block> blocks = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        int from = 0;
        while (begin.find(from)) {
            String label = begin.group(1);
            String endLine = "-----END " + label + "-----";
            int end = text.indexOf(endLine, begin.end());
            if (end < 0) {
                throw new KeywharfException(
                        "tls.bad_pem", subject, "The block '" + label + "' has no end; the text is cut off");
            }
            blocks.add(block(subject, label, text.substring(begin.end(), end)));
            from = end + endLine.length();
        }
        return blocks;
    }

    private static Block block(String subject, String label, String body) {
        String headers = HEADER.matcher(body).results().map(MatchResult::group).collect(Collectors.joining("\n"));
        String base64 = HEADER.matcher(body).replaceAll("").replaceAll("\\s", "");
        try {
            return new Block(label, headers, Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException damaged) {
            // Without its cause: it may quote the content.
            throw new KeywharfException(
                    "tls.bad_pem",
                    subject,
                    "The block '" + label + "' is not valid Base64; copy the file again, as text");
        }
    }

    static String labels(List<Block> blocks) {
        return blocks.isEmpty()
                ? "no block"
                : String.join(", ", blocks.stream().map(Block::label).distinct().toList());
    }
}
