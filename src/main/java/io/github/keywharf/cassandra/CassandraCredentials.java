package io.github.keywharf.cassandra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;

/** A user and a password, or where to find them. */
interface CassandraCredentials {

    /** What the driver takes; the password is in it as text. */
    record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /** Asks for both now. */
    Login read();

    static CassandraCredentials of(String user, Secret password) {
        return new CassandraCredentials() {
            @Override
            public Login read() {
                return new Login(user, password.reveal());
            }

            @Override
            public String toString() {
                return "user " + user;
            }
        };
    }

    static CassandraCredentials of(SecretSource source, String userName, String passwordName) {
        return new CassandraCredentials() {
            @Override
            public Login read() {
                try (Secret user = source.secret(userName);
                        Secret password = source.secret(passwordName)) {
                    return new Login(user.reveal().strip(), password.reveal());
                }
            }

            @Override
            public String toString() {
                return "user in secret " + userName;
            }
        };
    }

    static CassandraCredentials of(Secret json) {
        return new CassandraCredentials() {
            @Override
            public Login read() {
                return parse(json);
            }

            @Override
            public String toString() {
                return "user in a document";
            }
        };
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
