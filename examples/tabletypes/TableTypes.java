package examples.tabletypes;

import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WriteReport;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** From a CSV file to a Parquet object in a directory, and the ways to look at rows: streamed, as a table, as records. */
public final class TableTypes {
    private static final Schema ORDERS = Schema.of(
            Column.required("order_id", ColumnType.INT32),
            Column.nullable("customer", ColumnType.STRING),
            Column.required("amount", ColumnType.decimal(10, 2)),
            Column.required("ordered_on", ColumnType.DATE));

    private TableTypes() {}

    record Order(int orderId, String customer, BigDecimal amount, LocalDate orderedOn) {}

    /** Converts, and prints what came of it. */
    public static void main(String[] args) throws Exception {
        Path csv = Files.writeString(Path.of("orders.csv"), """
                order_id,customer,amount,ordered_on
                1,"O'Keefe, Ltd",12.50,2024-05-20
                2,,7.25,2024-05-21
                3,Łódź GmbH,3.00,2024-02-30
                """);
        List<RejectedRow> rejected = new ArrayList<>();
        try (ObjectStore store = ObjectStore.ofDirectory(Path.of("lake"))) {
            Rows streamed =
                    Csv.reader(csv).schema(ORDERS).rejects(rejected::add).rows();
            WriteReport report =
                    Parquet.writer(store, "orders/part-1.parquet").sink().write(streamed);
            System.out.println(report.written() + " written, rejected " + rejected);

            Table table = Parquet.reader(store, "orders/part-1.parquet").rows().toTable();
            System.out.println(table.schema());
            System.out.println(table);

            Row first = table.row(0);
            System.out.println(first.string("customer") + " on " + first.value("ordered_on", LocalDate.class));
            List<Order> orders = table.records(Order.class);
            System.out.println(orders.get(1));
        }
    }
}
