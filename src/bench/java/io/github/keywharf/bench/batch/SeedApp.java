package io.github.keywharf.bench.batch;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import io.github.keywharf.format.Csv;
import io.github.keywharf.table.Row;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a client writes by hand: a program that is started for each file, connects, and inserts one row at a time under a new
 * id, waiting for each.
 */
public final class SeedApp {

    /** The environment's variable for the password. */
    static final String PASSWORD = "BATCH_BENCH_PASSWORD";

    private SeedApp() {}

    /** Inserts the rows of a file: host, port, datacenter, user, table, file. */
    public static void main(String[] arguments) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        try (CqlSession session = CqlSession.builder()
                        .addContactPoint(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])))
                        .withLocalDatacenter(arguments[2])
                        .withAuthCredentials(arguments[3], System.getenv(PASSWORD))
                        .build();
                Stream<Row> rows = Csv.reader(Path.of(arguments[5])).rows().stream()) {
            PreparedStatement insert = session.prepare("INSERT INTO " + arguments[4]
                    + " (id, name, category, rating, reviews, size, installs, free, price_dollar, content_rating, genres,"
                    + " last_update, current_ver, android_ver) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
            for (Iterator<Row> each = rows.iterator(); each.hasNext(); ) {
                Map<String, Object> row = each.next().toMap();
                session.execute(insert.bind(
                        Uuids.timeBased(),
                        text(row, "name"),
                        text(row, "category"),
                        Float.parseFloat(text(row, "rating").replace("nan", "NaN")),
                        Integer.parseInt(text(row, "reviews")),
                        text(row, "size"),
                        text(row, "installs"),
                        Boolean.parseBoolean(text(row, "free")),
                        Float.parseFloat(text(row, "price_dollar")),
                        text(row, "content_rating"),
                        text(row, "genres"),
                        LocalDate.parse(text(row, "last_update")),
                        text(row, "current_ver"),
                        text(row, "android_ver")));
            }
        }
    }

    private static String text(Map<String, Object> row, String column) {
        return String.valueOf(row.get(column));
    }
}
