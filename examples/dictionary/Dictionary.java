package examples.dictionary;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.DictionaryManager;
import io.github.keywharf.dictionary.DataDictionary;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a Cassandra cluster holds: listed, described, searched, noted, compared with last week, and shown as a page. */
public final class Dictionary {
    private Dictionary() {}

    /** Asks a server of its own. */
    public static void main(String[] args) throws Exception {
        try (CassandraServer server = CassandraServer.builder().start();
                CassandraManager cassandra = CassandraManager.builder()
                        .contactPoint(server.host(), server.port())
                        .localDatacenter(server.localDatacenter())
                        .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                        .connect()) {
            String keeping = " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}";
            server.execute("CREATE KEYSPACE delpha_actions" + keeping);
            server.execute("CREATE KEYSPACE governance" + keeping);
            server.execute("CREATE TYPE delpha_actions.address (street text, city text)");
            server.execute("CREATE TABLE delpha_actions.contact (account uuid, id uuid, email text MASKED WITH DEFAULT,"
                    + " home frozen<address>, PRIMARY KEY (account, id)) WITH comment = 'People to write to'");
            server.execute("CREATE TABLE delpha_actions.actions_conv_by_user (user_id uuid, at timestamp, kind text,"
                    + " PRIMARY KEY (user_id, at)) WITH CLUSTERING ORDER BY (at DESC)");

            DictionaryManager dictionary = cassandra.dictionary();
            System.out.println(dictionary.listKeyspaces());
            dictionary.listTables("delpha_actions").forEach(System.out::println);
            System.out.println(dictionary.describe("delpha_actions", "contact"));

            DictionaryManager noted = dictionary.createNotes("governance");
            noted.note("delpha_actions.contact.home", "Not for sending email #gdpr", "Ada");
            System.out.println();
            noted.search("email").forEach(System.out::println);

            Path saved = noted.read().write(Path.of("last-week.json"));
            server.execute("ALTER TABLE delpha_actions.contact ADD phone text");
            server.execute("CREATE INDEX contact_by_home ON delpha_actions.contact (home)");
            server.execute("DROP TABLE delpha_actions.actions_conv_by_user");
            DataDictionary now = noted.read();
            System.out.println();
            System.out.println(DataDictionary.parse(Files.readString(saved)).diff(now));

            Path page = now.write(Path.of("dictionary.html"));
            System.out.println();
            System.out.println(page + ": " + now.summary());
        }
    }
}
