package io.github.keywharf.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;

/**
 * The files that the Cassandra benchmarks load: readings of devices, ten columns and some 120 bytes a row, with commas and
 * quotes in the texts. The same file for every contestant, the same bytes on every machine.
 */
final class CassandraData {

    /** The columns of a reading, as CQL has them. */
    static final String COLUMNS = "id uuid, device text, day date, ts timestamp, n int, reading double, ok boolean,"
            + " note text, price decimal, remark text";

    /** How many columns a wide row has besides its key. */
    static final int WIDE = 49;

    private static final LocalDate FIRST_DAY = LocalDate.of(2024, 1, 1);
    private static final int READINGS_A_DAY = 50;
    private static final int DEVICES = 400;

    private CassandraData() {}

    /** In which order a file has its rows. */
    enum Order {
        /** The devices interleaved, as they report: 400 devices, 50 readings of each a day. */
        TIME,
        /** All 50 rows of a partition, a device's day, one after the other. */
        PARTITION,
        /** All rows in 100 partitions, interleaved. */
        FEW
    }

    /** The file of so many readings, made at the first call. */
    static Path readings(Path directory, Order order, int rows) throws IOException {
        Path file =
                directory.resolve("readings-" + order.name().toLowerCase(java.util.Locale.ROOT) + "-" + rows + ".csv");
        if (!Files.exists(file)) {
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                out.write("id,device,day,ts,n,reading,ok,note,price,remark\n");
                for (int i = 0; i < rows; i++) {
                    out.write(reading(order, i, rows));
                }
            }
        }
        return file;
    }

    private static String reading(Order order, int i, int rows) {
        int device;
        int slot;
        int day;
        if (order == Order.FEW) {
            device = i % 100;
            slot = i / 100;
            day = 0;
        } else if (order == Order.TIME) {
            device = i % DEVICES;
            slot = i / DEVICES % READINGS_A_DAY;
            day = i / DEVICES / READINGS_A_DAY;
        } else {
            slot = i % READINGS_A_DAY;
            device = i / READINGS_A_DAY % DEVICES;
            day = i / READINGS_A_DAY / DEVICES;
        }
        long mixed = (i + 1) * 0x9E3779B97F4A7C15L;
        LocalDate date = FIRST_DAY.plusDays(day);
        Instant ts = Instant.parse(date + "T00:00:00Z").plusSeconds(order == Order.FEW ? slot : slot * 1_700L);
        return new UUID(mixed, rows * 31L + i) + ",device-" + device + "," + date + "," + ts + "," + (i % 1000) + ","
                + (mixed >>> 40) / 1000.0 + "," + (i % 3 == 0) + ",\"note " + (mixed >>> 50) + ", of \"\"" + slot
                + "\"\"\","
                + (mixed >>> 52) + "." + (10 + i % 90) + ",remark " + (mixed >>> 44) + "\n";
    }

    /** The columns of a wide row, as CQL has them. */
    static String wideColumns() {
        StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
        for (int i = 1; i <= WIDE; i++) {
            columns.append(", c").append(i).append(i % 3 == 0 ? " int" : i % 3 == 1 ? " text" : " double");
        }
        return columns.toString();
    }

    /** A file of rows of fifty columns, made at the first call. */
    static Path wide(Path directory, int rows) throws IOException {
        Path file = directory.resolve("wide-" + rows + ".csv");
        if (!Files.exists(file)) {
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                out.write("id");
                for (int i = 1; i <= WIDE; i++) {
                    out.write(",c" + i);
                }
                for (int row = 0; row < rows; row++) {
                    out.write("\n" + row);
                    for (int i = 1; i <= WIDE; i++) {
                        int value = row * 31 + i;
                        out.write(i % 3 == 0 ? "," + value : i % 3 == 1 ? ",text " + value : "," + value + ".25");
                    }
                }
                out.write("\n");
            }
        }
        return file;
    }
}
