package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteCounts;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Inserts spooled rows by one statement. When that fails for some of them, those whose values do not fit their columns are
 * found by one query, and the others inserted; where constraints refuse rows of these, they are halved until such rows stand
 * alone.
 */
final class Insert {

    /** Rows that constraints may refuse; finding each takes some twenty statements. */
    static final int MOST_REFUSED = 1_000;

    private static final Set<String> WHOLE = Set.of(
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "UHUGEINT");

    /** Types that have less than a timestamp. */
    private static final Set<String> PARTS_OF_TIMES = Set.of("DATE", "TIME", "TIMESTAMP_S", "TIMESTAMP_MS");

    /**
     * A column of the table.
     *
     * @param type as DuckDB writes it
     * @param required whether it refuses null
     */
    record Target(String name, String type, boolean required, boolean hasDefault) {}

    private record Refusal(long row, String column, String reason) {}

    private final Sessions sessions;
    private final EngineFolder folder;
    private final String table;
    private final SpooledRows rows;
    private final List<Target> targets;
    private final List<String> types;
    private final WriteCounts counts;
    private final List<Refusal> oneByOne = new ArrayList<>();
    private long inserted;

    /** @param types those of the rows, as DuckDB writes them */
    Insert(
            Sessions sessions,
            EngineFolder folder,
            String table,
            SpooledRows rows,
            List<Target> targets,
            List<String> types,
            WriteCounts counts) {
        this.sessions = sessions;
        this.folder = folder;
        this.table = table;
        this.rows = rows;
        this.targets = targets;
        this.types = types;
        this.counts = counts;
    }

    static String quoted(String name) {
        return Identifiers.quote(name);
    }

    /** Inserts the rows and returns the number of rows that DuckDB reports as inserted. */
    long run() {
        if (IntStream.range(0, targets.size()).allMatch(i -> changed(i).isEmpty())
                && insertAll("true").isEmpty()) {
            return inserted;
        }
        String fits = rejectUnfit();
        Optional<String> problem = insertAll(fits);
        if (problem.isPresent()) {
            halve(fits, 0, rows.count(), problem.get());
            reject(oneByOne.iterator());
        }
        return inserted;
    }

    /** Inserts the rows of a condition, which are all but the rejected ones, and commits them if the counts close. */
    private Optional<String> insertAll(String condition) {
        return insert(condition, counts::requireClosed);
    }

    /** Inserts the rows of a condition, all or none; gives why none, when that is for the values of some. */
    private Optional<String> insert(String condition, LongConsumer beforeCommit) {
        StringJoiner names = new StringJoiner(", ");
        StringJoiner own = new StringJoiner(", ");
        for (int i = 0; i < targets.size(); i++) {
            own.add("c" + i);
            names.add(quoted(targets.get(i).name()));
        }
        String sql = "INSERT INTO " + quoted(table) + " (" + names + ") SELECT " + own + " FROM " + rows.scan()
                + " WHERE " + condition;
        return sessions.run(table, null, session -> {
            try {
                // Without a commit the end of the session is a rollback.
                session.execute("BEGIN");
                long more = session.execute(sql);
                beforeCommit.accept(inserted + more);
                session.execute("COMMIT");
                inserted += more;
                return Optional.empty();
            } catch (SQLException e) {
                Optional<String> reason = DuckDbErrors.ofRow(e);
                if (reason.isEmpty()) {
                    throw e;
                }
                return reason;
            }
        });
    }

    /** Rejects the rows with values that their columns do not take, and gives the condition of the others. */
    private String rejectUnfit() {
        StringJoiner fits = new StringJoiner(" AND ");
        fits.add("true");
        // An even number says that a column is null, an odd one that a value is not of its type.
        StringJoiner why = new StringJoiner(" ", "CASE ", " END");
        for (int i = 0; i < targets.size(); i++) {
            String own = "c" + i;
            if (targets.get(i).required()) {
                fits.add(own + " IS NOT NULL");
                why.add("WHEN " + own + " IS NULL THEN " + 2 * i);
            }
            String cast = "TRY_CAST(" + own + " AS " + targets.get(i).type() + ")";
            String unfit = own + " IS NOT NULL AND (" + cast + " IS NULL"
                    + changed(i).map(condition -> " OR " + condition).orElse("") + ")";
            fits.add("NOT (" + unfit + ")");
            why.add("WHEN " + unfit + " THEN " + (2 * i + 1));
        }
        Path found = folder.newFile(".parquet");
        try {
            sessions.run(
                    table,
                    null,
                    session ->
                            session.execute("COPY (SELECT file_row_number AS row, (" + why + ")::INTEGER AS why FROM "
                                    + rows.scan() + " WHERE NOT (" + fits + ") ORDER BY row) TO "
                                    + SpooledRows.text(found.toString()) + " (FORMAT parquet)"));
            try (Rows refusals = Parquet.reader(found).rows()) {
                reject(refusals.stream()
                        .map(row -> refusal(row.longValue("row"), row.intValue("why")))
                        .iterator());
            }
        } finally {
            EngineFolder.delete(List.of(found));
        }
        return fits.toString();
    }

    /**
     * The condition under which DuckDB would silently make another value, as it makes 2 of 1.5 for an INTEGER; empty where it
     * does not. Floating columns are for approximations of decimals, but not of whole numbers.
     */
    private Optional<String> changed(int column) {
        String own = "c" + column;
        String type = types.get(column);
        String target = targets.get(column).type();
        boolean whole = WHOLE.contains(target);
        boolean exact = whole || target.startsWith("DECIMAL(");
        ColumnType.Kind kind = rows.schema().column(column).type().kind();
        boolean mayChange = !target.equals(type)
                && switch (kind) {
                    case INT32, INT64 -> target.equals("FLOAT") || target.equals("DOUBLE") || target.equals("BOOLEAN");
                    case FLOAT32, FLOAT64, DECIMAL -> exact || target.equals("BOOLEAN");
                    case TIMESTAMP, TIMESTAMP_UTC -> PARTS_OF_TIMES.contains(target);
                    case LIST, MAP, STRUCT -> !target.equals("VARCHAR");
                    default -> false;
                };
        if (mayChange) {
            return Optional.of(differs(own, target, type));
        }
        if (kind != ColumnType.Kind.STRING) {
            return Optional.empty();
        }
        return exact ? Optional.of(digitsLost(own, target)) : changedText(own, target);
    }

    private static String digitsLost(String own, String target) {
        int scale = WHOLE.contains(target) ? 0 : Integer.parseInt(target.replaceAll(".*,|\\)", ""));
        String digits = BuiltIns.PREFIX + "rtrim(" + BuiltIns.PREFIX + "regexp_extract(" + own
                + ", '^\\s*[-+]?[0-9]*\\.([0-9]*)\\s*$', 1), '0')";
        return BuiltIns.PREFIX + "length(" + digits + ") > " + scale + " OR " + differs(own, target, "DECIMAL(38,18)");
    }

    /** Of text DuckDB leaves out a time of day, an offset and parts of microseconds, and takes any number for a floating one. */
    private static Optional<String> changedText(String own, String target) {
        String finer = matches(own, "\\.[0-9]{6}[0-9]*[1-9]");
        return switch (target) {
            case "FLOAT", "DOUBLE" ->
                Optional.of(BuiltIns.PREFIX + "isinf(TRY_CAST(" + own + " AS " + target + ")) AND NOT "
                        + matches(own, "(?i)inf") + " OR " + matches(own, "^\\s*[-+]?[0-9]+\\s*$") + " AND "
                        + differs(own, target, "HUGEINT"));
            case "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS" ->
                Optional.of(differs(own, target, "TIMESTAMPTZ") + " OR " + finer);
            case "TIME" -> Optional.of(differs(own, target, "TIMETZ") + " OR " + finer);
            case "TIMESTAMP WITH TIME ZONE", "TIME WITH TIME ZONE" -> Optional.of(finer);
            default -> Optional.empty();
        };
    }

    private static String matches(String own, String pattern) {
        return BuiltIns.PREFIX + "regexp_matches(" + own + ", '" + pattern + "')";
    }

    private static String differs(String own, String target, String type) {
        return "TRY_CAST(TRY_CAST(" + own + " AS " + target + ") AS " + type + ") IS DISTINCT FROM TRY_CAST(" + own
                + " AS " + type + ")";
    }

    private Refusal refusal(long row, int why) {
        Target target = targets.get(why / 2);
        String column = rows.schema().column(why / 2).name();
        String reason = why % 2 == 0 ? "is null, but the column is not nullable" : "is not a valid " + target.type();
        return new Refusal(row, column, reason);
    }

    /** Inserts what can be inserted of rows that cannot be inserted together. */
    private void halve(String fits, long from, long to, String problem) {
        if (to - from == 1) {
            if (oneByOne.size() == MOST_REFUSED) {
                throw new KeywharfException(
                        "query.refused",
                        table,
                        "The table refuses more than " + MOST_REFUSED + " rows one by one, the last because: " + problem
                                + "; check its constraints against the rows");
            }
            oneByOne.add(new Refusal(from, "", problem));
            return;
        }
        long middle = (from + to) / 2;
        insertOrHalve(fits, from, middle);
        insertOrHalve(fits, middle, to);
    }

    private void insertOrHalve(String fits, long from, long to) {
        Optional<String> problem =
                // The counts close when the last part is inserted.
                insert("file_row_number >= " + from + " AND file_row_number < " + to + " AND " + fits, rows -> {});
        if (problem.isPresent()) {
            halve(fits, from, to, problem.get());
        }
    }

    /** Hands rows to the listener, given in their order, with the values that they came with. */
    private void reject(Iterator<Refusal> refusals) {
        long before = 0;
        @Nullable Refusal next = refusals.hasNext() ? refusals.next() : null;
        try (Rows spooled = Parquet.reader(rows.file()).rows()) {
            for (ColumnBatch batch = spooled.next(); batch != null && next != null; batch = spooled.next()) {
                while (next != null && next.row() < before + batch.size()) {
                    reject(batch, (int) (next.row() - before), next);
                    next = refusals.hasNext() ? refusals.next() : null;
                }
                before += batch.size();
            }
        }
    }

    private void reject(ColumnBatch batch, int row, Refusal refusal) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < rows.schema().size(); i++) {
            values.put(rows.schema().column(i).name(), batch.column(i).value(row));
        }
        Origin origin = rows.origins().of(refusal.row() + 1);
        counts.rejected(
                new RejectedRow(origin.source(), origin.position(), refusal.column(), refusal.reason(), values));
    }
}
