package io.github.keywharf.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and how to sign in to it.
 *
 * @param host name or address
 * @param port 1 to 65535
 * @param database its name
 * @param user to sign in as
 * @param password of that user; belongs to whoever made it
 */
public record PostgresCredentials(String host, int port, String database, String user, Secret password) {

    /** The port that PostgreSQL listens on by default. */
    public static final int DEFAULT_PORT = 5432;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Checks that nothing is blank and the port is one. */
    public PostgresCredentials {
        Objects.requireNonNull(password, "password");
        if (host.isBlank() || database.isBlank() || user.isBlank()) {
            throw new IllegalArgumentException("Credentials need a host, a database and a user that are not blank");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("A port is 1 to 65535, not " + port);
        }
    }

    /**
     * Reads a secret of a secrets manager: a JSON object with {@code host}, {@code database} (or {@code dbname}),
     * {@code user} (or {@code username}), {@code password} and {@code port}, a number or text, {@value #DEFAULT_PORT}
     * when absent. Other members are ignored.
     *
     * @throws KeywharfException with code {@code postgres.bad_credentials_document}; the message names members, never
     *     values
     */
    public static PostgresCredentials parse(Secret json) {
        JsonNode document;
        try {
            document = JSON.readTree(json.reveal());
        } catch (JsonProcessingException e) {
            // Not the cause too: it may quote the document.
            throw bad("The document is not JSON, at line " + e.getLocation().getLineNr());
        }
        if (document == null || !document.isObject()) {
            throw bad("The document is not a JSON object");
        }
        List<String> missing = new ArrayList<>();
        @Nullable String host = text(document, missing, "host");
        @Nullable String database = text(document, missing, "database", "dbname");
        @Nullable String user = text(document, missing, "user", "username");
        @Nullable String password = text(document, missing, "password");
        if (host == null || database == null || user == null || password == null) {
            throw bad("The document lacks " + String.join(", ", missing)
                    + ", or it is not text; it needs host, database (or dbname), user (or username), password"
                    + " and, unless it is " + DEFAULT_PORT + ", port");
        }
        return new PostgresCredentials(host, port(document.get("port")), database, user, Secret.of(password));
    }

    private static @Nullable String text(JsonNode document, List<String> missing, String... names) {
        for (String name : names) {
            JsonNode value = document.get(name);
            if (value != null && value.isTextual() && !value.textValue().isBlank()) {
                return value.textValue();
            }
        }
        missing.add(String.join(" (or ", names) + (names.length > 1 ? ")" : ""));
        return null;
    }

    private static int port(@Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return DEFAULT_PORT;
        }
        int port = -1;
        if (value.isInt()) {
            port = value.intValue();
        } else if (value.isTextual() && value.textValue().strip().matches("[0-9]{1,5}")) {
            port = Integer.parseInt(value.textValue().strip());
        }
        if (port < 1 || port > 65_535) {
            throw bad("The member 'port' is not a whole number from 1 to 65535");
        }
        return port;
    }

    private static KeywharfException bad(String problem) {
        return new KeywharfException("postgres.bad_credentials_document", "credentials", problem);
    }

    @Override
    public String toString() {
        return "PostgresCredentials[" + user + "@" + host + ":" + port + "/" + database + "]";
    }
}
