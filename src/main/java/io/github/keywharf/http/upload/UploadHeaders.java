package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpHeaders;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All names of the draft, and its values, which are structured fields (RFC 9651). Parameters of values are refused: the draft
 * defines none.
 */
final class UploadHeaders {
    static final String OFFSET = "Upload-Offset";
    static final String COMPLETE = "Upload-Complete";
    static final String LENGTH = "Upload-Length";
    static final String LIMIT = "Upload-Limit";

    /** Of the whole content, and of the content of one request (RFC 9530). */
    static final String REPR_DIGEST = "Repr-Digest";

    static final String CONTENT_DIGEST = "Content-Digest";

    /** The media type of a part. */
    static final String PARTIAL = "application/partial-upload";

    static final String TRUE = "?1";
    static final String FALSE = "?0";

    /** The member of {@code Upload-Limit} that a client obeys. */
    static final String MAX_APPEND = "max-append-size";

    /** The most digits of a structured integer. */
    private static final Pattern INTEGER = Pattern.compile("[0-9]{1,15}");

    private static final Pattern DIGEST = Pattern.compile("([a-z*][a-z0-9_.*-]{0,30})=:([A-Za-z0-9+/]{0,200}={0,2}):");

    private static final int SHA_256_BYTES = 32;

    private UploadHeaders() {}

    static String bool(boolean value) {
        return value ? TRUE : FALSE;
    }

    /** Whether the content of the request is the last. */
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

    /** A number of bytes. */
    static OptionalLong bytes(HttpHeaders headers, String name) {
        Optional<String> value = single(headers, name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!INTEGER.matcher(value.get()).matches()) {
            throw bad(name, "a number of bytes with at most 15 digits");
        }
        return OptionalLong.of(Long.parseLong(value.get()));
    }

    /** The SHA-256 among the digests in a header, as lower-case hexadecimal digits; empty where there are only others. */
    static Optional<String> sha256(HttpHeaders headers, String name) {
        List<String> values = headers.all(name);
        Optional<String> found = Optional.empty();
        for (String member :
                values.isEmpty() ? new String[0] : String.join(",", values).split(",", -1)) {
            Matcher digest = DIGEST.matcher(member.strip());
            if (!digest.matches()) {
                throw bad(name, "sha-256=:…: with the digest in base64");
            }
            if (digest.group(1).equals("sha-256")) {
                if (found.isPresent()) {
                    throw bad(name, "one sha-256");
                }
                found = Optional.of(hex(name, digest.group(2)));
            }
        }
        return found;
    }

    private static String hex(String name, String base64) {
        try {
            byte[] digest = Base64.getDecoder().decode(base64);
            if (digest.length == SHA_256_BYTES) {
                return HexFormat.of().formatHex(digest);
            }
        } catch (IllegalArgumentException e) {
            throw bad(name, "sha-256=:…: with the digest in base64");
        }
        throw bad(name, "a sha-256 of " + SHA_256_BYTES + " bytes");
    }

    /** A digest as a header says it. */
    static String digest(String sha256) {
        return "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256)) + ":";
    }

    /** A limit that a server states, where it does in a form that can be read. */
    static OptionalLong limit(HttpHeaders headers, String name) {
        for (String member : String.join(",", headers.all(LIMIT)).split(",", -1)) {
            String text = member.strip();
            String value = text.startsWith(name + "=") ? text.substring(name.length() + 1) : "";
            if (INTEGER.matcher(value).matches()) {
                return OptionalLong.of(Long.parseLong(value));
            }
        }
        return OptionalLong.empty();
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
