package examples.csvtoparquet;

import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.format.RejectedRowsWriter;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** All CSV files of a folder as one Parquet file; rows that cannot be read wait in a file of their own. */
public final class CsvToParquet {
    private static final Schema READINGS = Schema.of(
            Column.required("sensor", ColumnType.STRING),
            Column.required("taken_at", ColumnType.TIMESTAMP),
            Column.nullable("celsius", ColumnType.decimal(5, 2)));

    private CsvToParquet() {}

    /** Writes three files, one of them with two bad rows, and converts them. */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectory(Path.of("readings"));
        Files.writeString(folder.resolve("a.csv"), "sensor,taken_at,celsius\nroof,2024-05-20 12:00:00,21.50\n");
        Files.writeString(
                folder.resolve("b.csv"),
                "sensor,taken_at,celsius\nroof,2024-05-20 13:00:00,\nroof,noon,22.00\n,2024-05-20 15:00:00,22.25\n");
        Files.writeString(folder.resolve("c.csv"), "celsius,sensor,taken_at\n19.75,cellar,2024-05-20 12:00:00\n");

        try (ObjectStore store = ObjectStore.ofDirectory(Path.of("lake"));
                RejectedRowsWriter rejected = RejectedRows.writer(store, "rejected.jsonl")) {
            List<Supplier<Rows>> files;
            try (Stream<Path> found = Files.list(folder)) {
                files = found.sorted()
                        .<Supplier<Rows>>map(file -> () -> Csv.reader(file)
                                .schema(READINGS)
                                .rejects(rejected)
                                .rows())
                        .toList();
            }
            System.out.println(Parquet.writer(store, "readings.parquet")
                            .sink()
                            .write(Rows.concat(READINGS, files), rejected)
                            .written()
                    + " rows written, " + rejected.count() + " rejected");
            rejected.commit();

            System.out.println(Parquet.reader(store, "readings.parquet").rows().toTable());
            try (var rows = RejectedRows.read(store, "rejected.jsonl")) {
                rows.forEach(System.out::println);
            }
        }
    }
}
