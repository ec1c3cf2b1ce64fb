package io.github.keywharf.cassandra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import java.util.function.Supplier;

/**
 * A user and a password, or where to find them.
 *
 * @param name what is shown of it
 * @param login asks for both
 */
record CassandraCredentials(String name, Supplier<Login> login) {

    /** What the driver takes; the password is in it as text. */
    record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    static CassandraCredentials of(String user, Secret password) {
        return new CassandraCredentials("user " + user, () -> new Login(user, password.reveal()));
    }

    static CassandraCredentials of(SecretSource source, String userName, String passwordName) {
        return new CassandraCredentials("user in secret " + userName, () -> {
            try (Secret user = source.secret(userName);
                    Secret password = source.secret(passwordName)) {
                return new Login(user.reveal().strip(), password.reveal());
            }
        });
    }

    static CassandraCredentials of(Secret json) {
        return new CassandraCredentials("user in a document", () -> parse(json));
    }

    /** Asks for both now. */
    Login read() {
        return login.get();
    }

    @Override
    public String toString() {
        return name;
    }

    private static Login parse(Secret json) {
        JsonNode document;
        try {
            document = new ObjectMapper().readTree(json.reveal());
        } catch (JsonProcessingException e) {
            // Without the cause: it may quote the document.
            throw bad("The document is not JSON, at line " + e.getLocation().getLineNr());
        }
        JsonNode user = document.has("username") ? document.get("username") : document.path("user");
        JsonNode password = document.path("password");
        if (!user.isTextual() || !password.isTextual() || user.textValue().isBlank()) {
            throw bad("The document needs the members username (or user) and password, both text");
        }
        return new Login(user.textValue(), password.textValue());
    }

    private static KeywharfException bad(String problem) {
        return new KeywharfException("cassandra.bad_credentials_document", "credentials", problem);
    }
}
