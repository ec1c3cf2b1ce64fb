package examples.secrets;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.PostgresCredentials;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import java.util.Map;

/** Credentials of a database from where secrets are kept, in either shape that is in use, and never in a message. */
public final class Secrets {
    private Secrets() {}

    /** Prints what may be seen of two secrets. */
    public static void main(String[] args) {
        SecretSource kept = SecretSource.of(Map.of("warehouse", """
                {"username": "loader", "password": "s3cret", "dbname": "dw", "host": "dw.example.com", "port": "5432"}
                """, "broken", """
                {"username": "loader", "password": "s3cret"}
                """));
        // The environment is asked first: TOTESYS_DB for the name totesys-db.
        SecretSource secrets =
                SecretSource.environment(Map.of("TOTESYS_DB", """
                {"user": "reader", "password": "hush", "database": "totesys", "host": "oltp.example.com", "port": 6543}
                """)).or(kept);

        for (String name : new String[] {"totesys-db", "warehouse"}) {
            try (Secret secret = secrets.secret(name)) {
                PostgresCredentials credentials = PostgresCredentials.parse(secret);
                System.out.println(secret + " -> " + credentials);
                System.out.println(PostgresDatabase.builder().credentials(secret));
            }
        }
        for (String name : new String[] {"broken", "absent"}) {
            try {
                PostgresCredentials.parse(secrets.secret(name));
            } catch (KeywharfException e) {
                System.out.println(e.code() + ": " + e.getMessage());
            }
        }
    }
}
