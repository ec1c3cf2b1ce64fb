package examples.quickstart;

import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.salesforce.SalesforceAuth;
import io.github.keywharf.salesforce.SalesforceManager;
import io.github.keywharf.salesforce.SalesforceObject;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import io.github.keywharf.testing.salesforce.FakeSalesforceServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;

/**
 * The shop's staff as contacts in Salesforce, and Salesforce's contacts as a table of the warehouse that is kept fresh. There is no
 * Salesforce to run on one's own machine, so a stand-in answers, which {@code docs/reference/fake-salesforce.md} describes.
 */
final class Contacts {
    private final PostgresDatabase source;
    private final PostgresDatabase warehouse;
    private final Connection connection;
    private final Path folder;

    Contacts(PostgresDatabase source, PostgresDatabase warehouse, Connection connection, Path folder) {
        this.source = source;
        this.warehouse = warehouse;
        this.connection = connection;
        this.folder = folder;
    }

    /**
     * Writes the staff into Salesforce, copies all contacts back, changes one in Salesforce, and brings the copy up to date.
     *
     * @return how many contacts the copy has, and how many of them have a title
     */
    String run() throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE salesforce_contact (\"Id\" text PRIMARY KEY, \"IsDeleted\" boolean,"
                    + " \"Ext__c\" text, \"FirstName\" text, \"LastName\" text, \"Email\" text, \"Title\" text)");
        }
        // A copy leaves the org's present second to the next run; this org's seconds are past already.
        FakeSalesforce org = new FakeSalesforce(() -> Instant.now().minusSeconds(5));
        try (FakeSalesforceServer server = FakeSalesforceServer.start(org);
                ObjectStore state = ObjectStore.ofDirectory(folder);
                SalesforceManager salesforce = SalesforceManager.builder()
                        .instance(server.uri().toString())
                        .credentials(SalesforceAuth.clientCredentials(
                                FakeSalesforce.CLIENT_ID, Secret.of(FakeSalesforce.CLIENT_SECRET)))
                        .connect()) {
            SalesforceObject contacts = salesforce.object("Contact");
            System.out.println("Staff into Salesforce: "
                    + contacts.sink()
                            .upsert("Ext__c")
                            .build()
                            .write(source.query("""
                        SELECT 'staff-' || staff_id AS "Ext__c", first_name AS "FirstName", last_name AS "LastName",
                            email_address AS "Email" FROM staff\
                        """).rows()));
            System.out.println(salesforce.query("SELECT Id FROM Contact").size() + " contacts, by "
                    + salesforce.usage().orElseThrow());
            System.out.println("First copy: " + copy(contacts, state));
            contacts.upsert("Ext__c", "staff-1", Map.of("Title", "Head of Dreams"));
            System.out.println("After a change: " + copy(contacts, state));
        }
        return warehouse
                .query("SELECT count(*) || ' contacts, ' || count(\"Title\") || ' with a title' AS copied"
                        + " FROM salesforce_contact")
                .one()
                .orElseThrow()
                .string("copied");
    }

    private Object copy(SalesforceObject contacts, ObjectStore state) {
        return contacts.copyInto(warehouse.table("salesforce_contact").upsertBy("Id"))
                .fields("Ext__c", "FirstName", "LastName", "Email", "Title")
                .state(state, "contact")
                .run();
    }
}
