package examples.salesforce;

import io.github.keywharf.format.Csv;
import io.github.keywharf.salesforce.SalesforceAuth;
import io.github.keywharf.salesforce.SalesforceFolder;
import io.github.keywharf.salesforce.SalesforceManager;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import io.github.keywharf.testing.salesforce.FakeSalesforceServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Contacts queried, written and copied. Talks to a stand-in for Salesforce; a real org needs another instance and app. */
public final class Salesforce {

    private Salesforce() {}

    /** A contact of a query. */
    public record Contact(String lastName, String email) {}

    /** Loads a file, asks for rows, changes one, and keeps a copy in Parquet files fresh. */
    public static void main(String[] args) throws IOException {
        FakeSalesforce org = new FakeSalesforce();
        try (FakeSalesforceServer server = FakeSalesforceServer.start(org);
                ObjectStore lake = ObjectStore.ofDirectory(Path.of("salesforce-lake"));
                SalesforceManager salesforce = SalesforceManager.builder()
                        .instance(server.uri().toString())
                        .credentials(SalesforceAuth.clientCredentials(
                                FakeSalesforce.CLIENT_ID, Secret.of(FakeSalesforce.CLIENT_SECRET)))
                        .connect()) {
            System.out.println("Resources: " + salesforce.help().keySet());

            Path file = Files.writeString(Path.of("contacts.csv"), """
                    Ext__c,LastName,Email
                    K-1,Lovelace,ada@acme.example
                    K-2,O'Hara,scarlett@acme.example
                    K-3,,nobody@acme.example
                    """);
            WriteReport loaded = salesforce
                    .object("Contact")
                    .sink()
                    .upsert("Ext__c")
                    .build()
                    .write(Csv.reader(file).rows(), RejectListener.keep(100));
            System.out.println(loaded);
            loaded.rejects().forEach(System.out::println);

            System.out.println(salesforce.query("SELECT LastName FROM Contact").size() + " contacts");
            salesforce
                    .query("SELECT LastName, Email FROM Contact WHERE LastName = :name", Map.of("name", "O'Hara"))
                    .records(Contact.class)
                    .forEach(System.out::println);

            SalesforceFolder copy = SalesforceFolder.of(lake, "contact");
            System.out.println(salesforce
                    .object("Contact")
                    .copyInto(copy)
                    .fields("LastName", "Email")
                    .run()
                    .whole());
            System.out.println(copy.current().select("LastName", "Email").toTable());

            // The next run reads what was changed up to the last full second of the org.
            salesforce.object("Contact").upsert("Ext__c", "K-1", Map.of("Email", "countess@acme.example"));
            System.out.println(salesforce
                    .object("Contact")
                    .copyInto(copy)
                    .fields("LastName", "Email")
                    .run()
                    .whole());
        }
    }
}
