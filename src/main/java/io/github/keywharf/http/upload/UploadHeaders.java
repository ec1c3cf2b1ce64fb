package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpHeaders;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Headers of the draft, which are structured fields (RFC 9651). Parameters of values are refused: the draft defines none. */
final class UploadHeaders {
    static final String OFFSET = "Upload-Offset";
    static final String COMPLETE = "Upload-Complete";
    static final String LENGTH = "Upload-Length";
    static final String LIMIT = "Upload-Limit";

    /** Digest of the file (RFC 9530). */
    static final String REPR_DIGEST = "Repr-Digest";

    /** The media type of a part. */
    static final String PARTIAL = "application/partial-upload";

    static final String TRUE = "?1";
    static final String FALSE = "?0";

    /** The most digits of a structured integer. */
    private static final Pattern INTEGER = Pattern.compile("[0-9]{1,15}");

    /** A digest; the base64 of 32 bytes has 43 digits and one sign of padding. */
    private static final Pattern SHA_256 = Pattern.compile("sha-256=:([A-Za-z0-9+/]{43}=):");

    private UploadHeaders() {}

    /** Returns true if the content of the request is the last. */
    static boolean complete(HttpHeaders headers) {
        String value = single(headers, COMPLETE).orElseThrow(() -> missing(COMPLETE, "send ?0 or ?1"));
        if (!value.equals(TRUE) && !value.equals(FALSE)) {
            throw bad(COMPLETE, "?0 or ?1");
        }
        return value.equals(TRUE);
    }

    static UploadRefused missing(String name, String remedy) {
        return UploadRefused.of(400, "upload.bad_header", "The header " + name + " is missing; " + remedy);
    }

    /** Reads a number of bytes. */
    static OptionalLong bytes(HttpHeaders headers, String name) {
        Optional<String> value = single(headers, name);
        OptionalLong bytes = number(value.orElse(""));
        if (value.isPresent() && bytes.isEmpty()) {
            throw bad(name, "a number of bytes with at most 15 digits");
        }
        return bytes;
    }

    /** Parses a structured integer that is not negative; returns empty for other text. */
    static OptionalLong number(String text) {
        return INTEGER.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /** Returns the SHA-256 of {@code Repr-Digest} in lower-case hexadecimal digits, or null; other digests are ignored. */
    static @Nullable String sha256(HttpHeaders headers) {
        String found = null;
        for (String member : String.join(",", headers.all(REPR_DIGEST)).split(",", -1)) {
            Matcher digest = SHA_256.matcher(member.strip());
            if (digest.matches() && found == null) {
                found = HexFormat.of().formatHex(Base64.getDecoder().decode(digest.group(1)));
            } else if (member.strip().startsWith("sha-256")) {
                throw bad(REPR_DIGEST, "one sha-256=:…: with the digest in base64");
            }
        }
        return found;
    }

    /** Returns the value of {@code Repr-Digest} for a digest. */
    static String digest(String sha256) {
        return "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256)) + ":";
    }

    /** Reads the limit of a server on one request; the largest number if there is none that can be read. */
    static long maxAppend(HttpHeaders headers) {
        for (String member : String.join(",", headers.all(LIMIT)).split(",", -1)) {
            String[] limit = member.strip().split("=", 2);
            if (limit[0].equals("max-append-size") && limit.length == 2) {
                return number(limit[1]).orElse(Long.MAX_VALUE);
            }
        }
        return Long.MAX_VALUE;
    }

    /** Returns the limits of a server on an upload. */
    static String limit(long maxBytes, Duration maxAge) {
        return "max-size=" + maxBytes + ", min-size=0, max-append-size=" + UploadServer.MAX_APPEND_BYTES + ", max-age="
                + maxAge.toSeconds();
    }

    private static Optional<String> single(HttpHeaders headers, String name) {
        List<String> values = headers.all(name);
        if (values.size() > 1) {
            throw bad(name, "one value, not " + values.size());
        }
        return values.stream().findFirst();
    }

    private static UploadRefused bad(String name, String wanted) {
        return UploadRefused.of(400, "upload.bad_header", "The header " + name + " is not valid; send " + wanted);
    }
}
