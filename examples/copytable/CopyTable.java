package examples.copytable;

import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Condition;
import io.github.keywharf.testing.PostgresServer;
import java.nio.file.Path;

/** A table from PostgreSQL to Parquet, CSV and back into PostgreSQL: each move is one statement. */
public final class CopyTable {
    private CopyTable() {}

    /** Copies between files and an embedded server. */
    public static void main(String[] args) {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute(
                    "postgres",
                    "CREATE TABLE parcel (id int PRIMARY KEY, city text, weight numeric(8,3), sent_on date)",
                    """
                    INSERT INTO parcel SELECT n, (ARRAY['Leeds', 'York', 'Hull'])[1 + n % 3], n / 8.0, DATE '2024-01-01' + n
                      FROM generate_series(1, 1000) n""",
                    "CREATE TABLE heavy_parcel (id bigint PRIMARY KEY, city text, weight numeric(8,3))");
            String url = "jdbc:postgresql://" + server.host() + ":" + server.port() + "/postgres";
            try (PostgresDatabase database = PostgresDatabase.of(url, server.user(), Secret.of(server.password()))) {
                copy(database, Path.of("parcels.parquet"), Path.of("york.csv"));
            }
        }
    }

    private static void copy(PostgresDatabase database, Path parquet, Path csv) {
        // A table into a file.
        System.out.println(Parquet.writer(parquet)
                        .sink()
                        .write(database.table("parcel").rows())
                        .written() + " rows in Parquet");

        // A query into a file.
        System.out.println(Csv.writer(csv)
                        .sink()
                        .write(database.query("SELECT id, weight FROM parcel WHERE city = :city ORDER BY id")
                                .bind("city", "York")
                                .rows())
                        .written()
                + " rows in CSV");

        // A file into a table, changed on its way.
        System.out.println(database.table("heavy_parcel")
                        .upsertBy("id")
                        .write(Parquet.reader(parquet)
                                .where(Condition.gt("weight", 124))
                                .rows()
                                .select("id", "city", "weight")
                                .through(TextValues.STANDARD.retype("id", ColumnType.INT64)))
                        .written()
                + " heavy ones back in a table:");
        System.out.println(
                database.query("SELECT * FROM heavy_parcel ORDER BY id LIMIT 3").table());
    }
}
