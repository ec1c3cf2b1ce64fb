package examples.query;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.query.duckdb.DuckDbEngine;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/** Rows and files joined by SQL; the result printed, and written to a store. */
public final class Query {
    private record Sensor(String sensor, String place) {}

    private static final Schema READINGS = Schema.of(
            Column.required("sensor", ColumnType.STRING),
            Column.required("day", ColumnType.DATE),
            Column.nullable("celsius", ColumnType.decimal(5, 2)));

    private Query() {}

    /** Writes a CSV file, and queries it. */
    public static void main(String[] args) throws Exception {
        Path csv = Path.of("query-readings.csv");
        Files.writeString(csv, """
                sensor,day,celsius
                a1,2024-05-20,21.50
                a1,2024-05-21,22.25
                b7,2024-05-20,8.00
                b7,2024-05-21,
                """);
        List<Sensor> sensors = List.of(new Sensor("a1", "roof"), new Sensor("b7", "cellar"));

        try (ObjectStore lake = ObjectStore.ofDirectory(Path.of("query-lake"));
                QueryEngine engine = DuckDbEngine.builder().open()) {
            Parquet.writer(lake, "readings.parquet")
                    .sink()
                    .write(Csv.reader(csv).schema(READINGS).rows());
            engine.table("reading", lake, "readings.parquet");
            engine.table("sensor", Rows.ofRecords(Sensor.class, sensors));

            System.out.println(
                    engine.query("""
                            SELECT place, max(celsius) AS warmest, count(*) AS days
                            FROM reading JOIN sensor USING (sensor)
                            WHERE day >= :from
                            GROUP BY place ORDER BY place""").bind("from", LocalDate.of(2024, 5, 20)).table());

            engine.query("CREATE TABLE alarm (sensor VARCHAR PRIMARY KEY, celsius DECIMAL(5,2) CHECK (celsius > 10))")
                    .update();
            System.out.println(engine.query("FROM (SELECT sensor, celsius FROM reading WHERE day = $1)")
                    .values(LocalDate.of(2024, 5, 20))
                    .into(engine.sink("alarm"), RejectListener.keep(100))
                    .rejects());
            System.out.println(engine.query("SELECT * FROM alarm WHERE celsius >= $1")
                            .values(new BigDecimal("20"))
                            .into(Parquet.writer(lake, "alarms.parquet").sink())
                            .written()
                    + " row written");

            try {
                engine.query("SELECT * FROM '" + csv + "'").table();
            } catch (KeywharfException e) {
                System.out.println(e.code());
            }
        }
    }
}
