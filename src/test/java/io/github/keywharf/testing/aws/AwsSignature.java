package io.github.keywharf.testing.aws;

import io.github.keywharf.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies signatures of version 4 by an implementation of its own, with the errors of
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html.
 */
final class AwsSignature {
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "AWS4-HMAC-SHA256 Credential=([^/]+)/([^/]+)/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+),"
                    + " Signature=([0-9a-f]{64})");
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private AwsSignature() {}

    /** Refuses a request that is not signed by one of these keys for that service and region. */
    static void check(HttpRequest request, byte[] body, String service, String region, AwsKeys keys, Instant now) {
        String date = request.header("X-Amz-Date").orElse("");
        Matcher parts = AUTHORIZATION.matcher(request.header("Authorization").orElse(""));
        if (request.header("Authorization").isEmpty() || date.isEmpty()) {
            throw refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        if (!parts.matches() || !date.startsWith(parts.group(2))) {
            throw refusal("IncompleteSignatureException", "The authorization header is malformed");
        }
        AwsKeys.Key key = keys.find(parts.group(1))
                .filter(each -> each.sessionToken()
                        .equals(request.header("X-Amz-Security-Token").orElse("")))
                .orElseThrow(() -> refusal(
                        "UnrecognizedClientException", "The security token included in the request is invalid."));
        if (!parts.group(3).equals(region) || !parts.group(4).equals(service)) {
            throw refusal(
                    "InvalidSignatureException",
                    parts.group(4).equals(service)
                            ? "Credential should be scoped to a valid region."
                            : "Credential should be scoped to correct service: '" + service + "'.");
        }
        Duration age = Duration.between(signed(date), now);
        if (age.abs().compareTo(TOLERANCE) > 0) {
            throw refusal(
                    "InvalidSignatureException",
                    age.isNegative()
                            ? "Signature not yet current: " + date + " is still later than " + AMZ_DATE.format(now)
                            : "Signature expired: " + date + " is now earlier than " + AMZ_DATE.format(now));
        }
        if (!parts.group(6).equals(signature(request, body, parts, date, key.secret()))) {
            throw refusal(
                    "InvalidSignatureException",
                    "The request signature we calculated does not match the signature you provided.");
        }
    }

    private static Instant signed(String date) {
        try {
            return Instant.from(AMZ_DATE.parse(date));
        } catch (DateTimeException e) {
            throw refusal("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'");
        }
    }

    private static AwsRefusal refusal(String type, String message) {
        return new AwsRefusal(403, type, message);
    }

    private static String signature(HttpRequest request, byte[] body, Matcher parts, String date, String secret) {
        List<String> signedHeaders = Arrays.asList(parts.group(5).split(";", -1));
        String headers = signedHeaders.stream()
                .map(name -> name + ":" + request.header(name).orElse("") + "\n")
                .collect(Collectors.joining());
        String canonical = request.method() + "\n" + request.path() + "\n\n" + headers + "\n" + parts.group(5) + "\n"
                + sha256(body);
        String scope = parts.group(2) + "/" + parts.group(3) + "/" + parts.group(4) + "/aws4_request";
        String toSign =
                "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String step : List.of(parts.group(2), parts.group(3), parts.group(4), "aws4_request")) {
            key = hmac(key, step);
        }
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
