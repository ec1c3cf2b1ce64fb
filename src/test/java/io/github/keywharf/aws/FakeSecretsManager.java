package io.github.keywharf.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Secrets Manager's {@code GetSecretValue} over HTTP, with the secrets a test puts in. It verifies signatures (version 4,
 * by its own implementation) and refuses what the real one refuses. docs/reference/fake-secrets-manager.md says what it
 * does not prove. Safe for use by many threads.
 */
final class FakeSecretsManager implements AutoCloseable {
    static final String ACCESS_KEY = "AKIAFAKESECRETS";
    static final String SECRET_KEY = "fake/secret+key";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "AWS4-HMAC-SHA256 Credential=([^/]+)/([^/]+)/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+),"
                    + " Signature=([0-9a-f]{64})");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_+=.@:!-]{1,2048}");

    /** A secret; text and bytes in Base64 exclude each other. */
    private record Entry(@Nullable String text, @Nullable String base64, boolean deleted) {}

    private final Map<String, Entry> secrets = new ConcurrentHashMap<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean denying;
    private final HttpServer server;

    private FakeSecretsManager(HttpServer server) {
        this.server = server;
    }

    /** Starts the service without secrets on a free port of the loopback address. */
    static FakeSecretsManager start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            FakeSecretsManager fake = new FakeSecretsManager(server);
            server.createContext("/", fake::handle);
            server.start();
            return fake;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void put(String name, String text) {
        secrets.put(name, new Entry(text, null, false));
    }

    void putBinary(String name, byte[] bytes) {
        secrets.put(name, new Entry(null, Base64.getEncoder().encodeToString(bytes), false));
    }

    /** Marks a secret for deletion, as the console does. */
    void markDeleted(String name) {
        secrets.computeIfPresent(name, (n, entry) -> new Entry(entry.text, entry.base64, true));
    }

    /** Whether the caller's policy denies every read from now on. */
    void deny(boolean all) {
        denying = all;
    }

    /** Answers the next requests with 500. */
    void failNext(int count) {
        failures.set(count);
    }

    int requests() {
        return requests.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            requests.incrementAndGet();
            if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                refuse(exchange, 500, "InternalServiceError", "An error occurred on the server side.");
                return;
            }
            String complaint = authenticate(exchange, body);
            if (complaint != null) {
                String[] typeAndMessage = complaint.split(": ", 2);
                refuse(exchange, 403, typeAndMessage[0], typeAndMessage[1]);
            } else if (!"secretsmanager.GetSecretValue"
                    .equals(exchange.getRequestHeaders().getFirst("X-Amz-Target"))) {
                refuse(exchange, 400, "UnknownOperationException", "");
            } else {
                answer(exchange, JSON.readTree(body).path("SecretId").asText(""));
            }
        }
    }

    private void answer(HttpExchange exchange, String id) throws IOException {
        String name = id.replaceFirst("^arn:aws:secretsmanager:[^:]*:[^:]*:secret:(.*)-[A-Za-z0-9]{6}$", "$1");
        Entry entry = secrets.get(name);
        if (!NAME.matcher(name).matches()) {
            refuse(exchange, 400, "ValidationException", "Invalid name. Must be a valid name.");
        } else if (denying) {
            refuse(exchange, 400, "AccessDeniedException", "User is not authorized to perform this action");
        } else if (entry == null) {
            refuse(exchange, 400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        } else if (entry.deleted) {
            refuse(
                    exchange,
                    400,
                    "InvalidRequestException",
                    "You can't perform this operation on the secret because it was marked for deletion.");
        } else {
            ObjectNode answer = JSON.createObjectNode()
                    .put("ARN", "arn:aws:secretsmanager:eu-west-1:000000000000:secret:" + name + "-AbCdEf")
                    .put("Name", name)
                    .put("VersionId", "00000000-0000-4000-8000-000000000001");
            answer.putArray("VersionStages").add("AWSCURRENT");
            if (entry.base64 != null) {
                answer.put("SecretBinary", entry.base64);
            } else {
                answer.put("SecretString", entry.text);
            }
            send(exchange, 200, answer);
        }
    }

    /** Verifies the signature; returns a type and message to refuse with, or null. */
    private static @Nullable String authenticate(HttpExchange exchange, byte[] body) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        String date = exchange.getRequestHeaders().getFirst("X-Amz-Date");
        if (authorization == null || date == null) {
            return "MissingAuthenticationTokenException: Missing Authentication Token";
        }
        Matcher parts = AUTHORIZATION.matcher(authorization);
        if (!parts.matches()
                || !date.startsWith(parts.group(2))
                || !parts.group(4).equals("secretsmanager")) {
            return "IncompleteSignatureException: The authorization header is malformed or for another service";
        }
        if (!parts.group(1).equals(ACCESS_KEY)) {
            return "UnrecognizedClientException: The security token included in the request is invalid.";
        }
        Instant signed = Instant.from(AMZ_DATE.parse(date));
        if (Duration.between(signed, Instant.now()).abs().compareTo(Duration.ofMinutes(5)) > 0) {
            return "InvalidSignatureException: Signature expired";
        }
        try {
            return parts.group(6).equals(signature(exchange, body, parts, date))
                    ? null
                    : "InvalidSignatureException: The request signature we calculated does not match the signature you"
                            + " provided.";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signature(HttpExchange exchange, byte[] body, Matcher parts, String date)
            throws GeneralSecurityException {
        List<String> signedHeaders = Arrays.asList(parts.group(5).split(";", -1));
        String headers = signedHeaders.stream()
                .map(name -> name + ":" + exchange.getRequestHeaders().getFirst(name) + "\n")
                .collect(Collectors.joining());
        String canonical =
                exchange.getRequestMethod() + "\n/\n\n" + headers + "\n" + parts.group(5) + "\n" + sha256(body);
        String scope = parts.group(2) + "/" + parts.group(3) + "/" + parts.group(4) + "/aws4_request";
        String toSign =
                "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + SECRET_KEY).getBytes(StandardCharsets.UTF_8);
        for (String step : List.of(parts.group(2), parts.group(3), parts.group(4), "aws4_request")) {
            key = hmac(key, step);
        }
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static void refuse(HttpExchange exchange, int status, String type, String message) throws IOException {
        send(exchange, status, JSON.createObjectNode().put("__type", type).put("message", message));
    }

    private static void send(HttpExchange exchange, int status, JsonNode json) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(json);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
