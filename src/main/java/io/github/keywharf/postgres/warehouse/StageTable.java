package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.CopyColumns;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A temporary table that rows are copied into before they are merged: the columns of the load without their
 * constraints, after the row's number. Rows whose number is negative were refused and count for their key only.
 */
final class StageTable {

    /** Below it the planner's guess is as good as a look. */
    private static final long ANALYZE_ROWS = 2_000;

    /** The counter of rows whose key came again. */
    static final String REPEATED = "_repeated";

    /** The counter of rows that the table has already. */
    static final String UNCHANGED = "_unchanged";

    private static final int KEYS_AT_ONCE = 1_000;

    private final LoadContext context;
    private final String name;
    private final Schema schema;
    private final String number;
    private final Map<String, TargetColumn> targets;
    private final Set<String> cast;
    private List<String> counters = List.of();
    private boolean counting;

    private StageTable(
            LoadContext context, String name, Schema schema, Map<String, TargetColumn> targets, Set<String> cast) {
        this.context = context;
        this.name = name;
        this.schema = schema;
        this.number = free("keywharf_row");
        this.targets = targets;
        this.cast = cast;
    }

    /** Creates the table for the columns of a load. */
    static StageTable create(LoadContext context, TargetTable target, Schema schema) throws SQLException {
        Set<String> cast = schema.columns().stream()
                .filter(column -> CopyColumns.isCast(
                        column.type(), Objects.requireNonNull(target.columns().get(column.name()), column.name())))
                .map(Column::name)
                .collect(Collectors.toSet());
        return create(context, target, schema, cast);
    }

    /** Creates the table for columns that hold what the target's do, and are read back as texts. */
    static StageTable ofTarget(LoadContext context, TargetTable target, List<String> columns) throws SQLException {
        Schema texts = Schema.of(columns.stream()
                .map(name -> Column.nullable(name, ColumnType.STRING))
                .toList());
        return create(context, target, texts, Set.of());
    }

    private static StageTable create(LoadContext context, TargetTable target, Schema schema, Set<String> cast)
            throws SQLException {
        String name =
                "pg_temp." + Quoted.name("keywharf_stage_" + context.stages().incrementAndGet());
        StageTable stage = new StageTable(context, name, schema, target.columns(), cast);
        String columns = schema.columns().stream()
                .map(column -> ", " + Quoted.name(column.name()) + " " + stage.type(column.name()))
                .collect(Collectors.joining());
        context.update("CREATE TEMPORARY TABLE " + name.substring("pg_temp.".length()) + " (" + stage.number + " bigint"
                + columns + ") ON COMMIT DROP");
        return stage;
    }

    /**
     * Creates counters of rows that a merge leaves out. PostgreSQL returns no such rows, and a second comparison would
     * take as long as the first; a sequence counts each row in the condition that leaves it out.
     */
    void createCounters(List<String> wanted) throws SQLException {
        context.update(wanted.stream()
                .map(counter ->
                        "CREATE TEMPORARY SEQUENCE " + counterName(counter) + " OWNED BY " + name + "." + number)
                .collect(Collectors.joining("; ")));
        counters = wanted;
    }

    private String counterName(String counter) {
        return name.replaceFirst("keywharf_stage", "keywharf" + counter);
    }

    /** A condition that is false, and counts the row that it is evaluated for. */
    String counting(String counter) {
        return "nextval(" + Quoted.text(counterName(counter)) + ") < 0";
    }

    /** Sets the counters to 0 before rows are counted: no rollback does. */
    void resetCounters() throws SQLException {
        if (counting && !counters.isEmpty()) {
            context.count(counters.stream()
                    .map(counter -> "setval(" + Quoted.text(counterName(counter)) + ", 1, false)")
                    .collect(Collectors.joining(", ", "SELECT ", "")));
        }
        counting = true;
    }

    /** Rows left out since the counters were set to 0. */
    LeftOut counted() throws SQLException {
        if (counters.isEmpty()) {
            return LeftOut.NONE;
        }
        return Jdbc.first(
                        context.connection(),
                        "SELECT " + count(REPEATED) + ", " + count(UNCHANGED),
                        row -> LeftOut.byDistinct(row.getLong(1)).plus(LeftOut.asUnchanged(row.getLong(2))))
                .orElseThrow();
    }

    private String count(String counter) {
        return counters.contains(counter)
                ? "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM " + counterName(counter) + ")"
                : "0";
    }

    private String type(String column) {
        TargetColumn target = target(column);
        return target.isJson() || cast.contains(column)
                ? "text"
                : target.declared() + (target.collation().isEmpty() ? "" : " COLLATE " + target.collation());
    }

    private TargetColumn target(String column) {
        return Objects.requireNonNull(targets.get(column), column);
    }

    /** The value of a staged column as the target takes it. */
    String value(String alias, String column) {
        String plain = alias + "." + Quoted.name(column);
        TargetColumn target = target(column);
        return target.isJson() || cast.contains(column) ? plain + "::" + target.bare() : plain;
    }

    /** The values of columns, separated by commas, each under its name. */
    String values(String alias, List<String> columns) {
        return columns.stream().map(column -> value(alias, column)).collect(Collectors.joining(", "));
    }

    /** Whether the values of a column are compared with those of other tables as they are staged. */
    boolean isAsDeclared(String column) {
        return schema.contains(column) && !target(column).isJson() && !cast.contains(column);
    }

    /** What to compare of a column, staged or in the target. */
    String comparable(String value, String column) {
        return target(column).image(value);
    }

    /** The column of the row's number within the load. */
    String number() {
        return number;
    }

    /** A name that no column of the load has: this one, if it is not taken. */
    String free(String name) {
        String free = name;
        while (schema.contains(free)) {
            free += "_";
        }
        return free;
    }

    String quoted() {
        return name;
    }

    Schema schema() {
        return schema;
    }

    /** Adds keys of rows that are not to be merged but count as staged. */
    void addKeys(Table keys) throws SQLException {
        List<String> names = keys.schema().names();
        String places = ", ?".repeat(names.size());
        try (PreparedStatement insert = context.connection()
                .prepareStatement("INSERT INTO " + name + " (" + number + ", " + Quoted.names(names) + ") VALUES (-1"
                        + places + ")")) {
            int waiting = 0;
            for (Row row : keys) {
                for (int i = 0; i < names.size(); i++) {
                    insert.setObject(i + 1, row.value(i));
                }
                insert.addBatch();
                if (++waiting % KEYS_AT_ONCE == 0) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        }
    }

    /** Lets the planner look at the columns that rows are found and joined by, if there are many rows. */
    void analyze(long rows, List<String> key) throws SQLException {
        if (rows >= ANALYZE_ROWS) {
            context.update("ANALYZE " + name + " (" + number + ", " + Quoted.names(key) + ")");
        }
    }

    /** Lets rows be found by their numbers quickly, if there are many. */
    void index(long rows) throws SQLException {
        if (rows >= ANALYZE_ROWS) {
            context.update("CREATE INDEX ON " + name + " (" + number + ")");
        }
    }

    void drop() throws SQLException {
        context.update("DROP TABLE " + name);
    }

    /** The values of a row that was read back with the number first, then all columns as they are staged. */
    Map<String, @Nullable Object> row(ResultSet row) throws SQLException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < schema.size(); i++) {
            Column column = schema.column(i);
            values.put(column.name(), value(row, i + 2, column.type()));
        }
        return values;
    }

    private static @Nullable Object value(ResultSet row, int at, ColumnType type) throws SQLException {
        if (row.getString(at) == null) {
            return null;
        }
        return switch (type.kind()) {
            case BOOLEAN -> row.getBoolean(at);
            case INT32 -> row.getInt(at);
            case INT64 -> row.getLong(at);
            case FLOAT32 -> row.getFloat(at);
            case FLOAT64 -> row.getDouble(at);
            case DECIMAL -> row.getBigDecimal(at);
            case BYTES -> row.getBytes(at);
            case UUID -> row.getObject(at, java.util.UUID.class);
            case DATE -> row.getObject(at, java.time.LocalDate.class);
            case TIME -> row.getObject(at, java.time.LocalTime.class);
            case TIMESTAMP -> row.getObject(at, java.time.LocalDateTime.class);
            case TIMESTAMP_UTC ->
                row.getObject(at, java.time.OffsetDateTime.class).toInstant();
            default -> row.getString(at);
        };
    }
}
