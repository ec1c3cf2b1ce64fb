package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import java.util.List;

/** A keyspace with something of each kind that a server can make, and sessions of roles with few rights. */
final class DictionaryFixture {
    static final String PASSWORD = "correct horse";

    static final CassandraServer SERVER = CassandraServer.shared();

    private static final List<String> FUNCTIONS = List.of(
            "CREATE FUNCTION %1$s.one_more(a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java"
                    + " AS 'return a + 1;'",
            "CREATE FUNCTION %1$s.add_up(state int, value int) CALLED ON NULL INPUT RETURNS int LANGUAGE java"
                    + " AS 'return state + (value == null ? 0 : value);'",
            "CREATE AGGREGATE %1$s.total(int) SFUNC add_up STYPE int FINALFUNC one_more INITCOND 0");

    private DictionaryFixture() {}

    static CqlSession session() {
        return SERVER.session();
    }

    /** Of the superuser. */
    static DictionaryManager dictionary() {
        return CassandraManager.of(session()).dictionary();
    }

    /** A keyspace of every kind that all tests of this JVM look at. */
    static String keyspace() {
        return Shared.KEYSPACE;
    }

    private static final class Shared {
        private static final String KEYSPACE = createKeyspaceOfEveryKind();
    }

    /** With a table, two functions and an aggregate. */
    static String createSmallKeyspace() {
        String keyspace = SERVER.createKeyspace("dictionary_small");
        for (String statement : FUNCTIONS) {
            session().execute(statement.formatted(keyspace));
        }
        session().execute("CREATE TABLE " + keyspace + ".orders (id int PRIMARY KEY)");
        return keyspace;
    }

    static String createKeyspaceOfEveryKind() {
        String keyspace = SERVER.createKeyspace("dictionary");
        FUNCTIONS.forEach(statement -> session().execute(statement.formatted(keyspace)));
        for (String statement : List.of(
                "CREATE TYPE %1$s.place (lat double, lon double)",
                "CREATE TYPE %1$s.\"Postal Address\" (street text, at frozen<place>, tags set<text>, \"Zip\" text)",
                "CREATE TABLE %1$s.\"Client\" (org text, day date, at timestamp, id uuid, region text static,"
                        + " home frozen<\"Postal Address\">, \"eMail <b>|x\" text MASKED WITH DEFAULT,"
                        + " phone text MASKED WITH mask_inner(1, null, '#'), embedding vector<float, 3>,"
                        + " pair tuple<int, text>, scores map<text, frozen<list<int>>>, labels set<text>,"
                        + " PRIMARY KEY ((org, day), at, id)) WITH CLUSTERING ORDER BY (at DESC, id ASC)"
                        + " AND comment = 'It''s <script>alert(1)</script> | a \"comment\"'"
                        + " AND default_time_to_live = 86400 AND gc_grace_seconds = 3600",
                "CREATE INDEX client_phone ON %1$s.\"Client\" (phone)",
                "CREATE INDEX client_scores ON %1$s.\"Client\" (entries(scores))",
                "CREATE CUSTOM INDEX client_embedding ON %1$s.\"Client\" (embedding) USING 'sai'"
                        + " WITH OPTIONS = {'similarity_function': 'cosine'}",
                "CREATE TABLE %1$s.orders (id uuid PRIMARY KEY, customer text, email text, total decimal)",
                "CREATE INDEX orders_email ON %1$s.orders (email) USING 'sai' WITH OPTIONS = {'case_sensitive': 'false'}",
                "CREATE TABLE %1$s.hits (page text PRIMARY KEY, n counter)",
                "CREATE MATERIALIZED VIEW %1$s.orders_by_customer AS SELECT id, customer, total FROM %1$s.orders"
                        + " WHERE customer IS NOT NULL AND id IS NOT NULL PRIMARY KEY (customer, id)")) {
            session().execute(statement.formatted(keyspace));
        }
        return keyspace;
    }

    /** A role that may log in. */
    static String user(String name, String... grants) {
        SERVER.createUser(name, PASSWORD);
        for (String grant : grants) {
            session().execute("GRANT " + grant + " TO " + name);
        }
        return name;
    }

    static CassandraManager as(String user) {
        return CassandraManager.builder()
                .contactPoint(SERVER.host(), SERVER.port())
                .localDatacenter(SERVER.localDatacenter())
                .credentials(user, Secret.of(PASSWORD))
                .connect();
    }

    /** The code of what is thrown. */
    static String code(Throwable thrown) {
        return thrown instanceof io.github.keywharf.KeywharfException ours ? ours.code() : String.valueOf(thrown);
    }
}
