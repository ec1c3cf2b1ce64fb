package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.WarehouseTable;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The statements that take staged rows into a table. Each has two parameters, the first and the last number of the rows
 * it takes, and gives one row: how many were inserted, and how many updated. The counters of the staging table count the
 * others.
 */
final class MergeSql {

    static final int MERGE_RETURNS = 17;

    private static final String TALLY =
            ") SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM m";

    private final WarehouseTable table;
    private final TargetTable target;
    private final StageTable stage;
    private final List<String> all;
    private final List<String> rest;
    private final List<String> changing;

    MergeSql(WarehouseTable table, TargetTable target, StageTable stage) {
        this.table = table;
        this.target = target;
        this.stage = stage;
        this.all = table.schema().names();
        this.rest = all.stream().filter(name -> !table.key().contains(name)).toList();
        this.changing = all.stream()
                .filter(name -> !table.key().contains(name) || !column(name).isEqualOnlyIfSame())
                .toList();
    }

    /**
     * What the choice of a statement depends on.
     *
     * @param repeated whether a key may be staged twice
     * @param many whether the staged rows are many beside those of the table
     * @param indexed whether an index leads from a key to its newest version
     * @param version the server's
     * @param isDeleted a condition on a staged row {@code s} whose key is deleted: it must be taken as a version even if it
     *     changed nothing, and not be added to a table without versions; or empty
     * @param isSuperseded a condition on a stored version {@code v} that is not the newest although its record id may be
     *     the greatest; or empty
     * @param flow whose batch is loaded
     * @param origin where the versions of a batch that is loaded again stand
     */
    record Choice(
            boolean repeated,
            boolean many,
            boolean indexed,
            int version,
            String isDeleted,
            String isSuperseded,
            String flow,
            LateVersions.Origin origin) {}

    String statement(LoadMode mode, Choice choice) {
        return switch (mode) {
            case UPSERT ->
                choice.version() >= MERGE_RETURNS
                        ? merge(choice.repeated(), true, "")
                        : onConflict(choice.repeated(), true, "");
            case ADD_MISSING ->
                choice.version() >= MERGE_RETURNS
                        ? merge(choice.repeated(), false, choice.isDeleted())
                        : onConflict(choice.repeated(), false, choice.isDeleted());
            case APPEND_VERSIONS -> counted(appendVersions(choice));
            case APPEND_ABSENT_VERSIONS -> appendAbsent(choice);
        };
    }

    private TargetColumn column(String name) {
        return Objects.requireNonNull(target.columns().get(name), name);
    }

    /** The columns of an insert, in parentheses. */
    private String columns() {
        boolean identity = all.stream().anyMatch(name -> column(name).generated() == TargetColumn.Generated.IDENTITY);
        return " (" + Quoted.names(all) + ")" + (identity ? " OVERRIDING SYSTEM VALUE" : "");
    }

    /** Takes every staged row as a new one. */
    String append() {
        return counted("INSERT INTO " + target.quoted() + columns() + " SELECT "
                + stage.values("s", all) + " FROM " + stage.quoted() + " s WHERE " + range("s") + " ORDER BY "
                + stage.number());
    }

    private static String counted(String insert) {
        return "WITH m AS (" + insert + " RETURNING 1) SELECT count(*), 0 FROM m";
    }

    private String range(String alias) {
        return alias + "." + stage.number() + " BETWEEN ? AND ?";
    }

    /** The staged rows, of each key the last one, or the first where that is what stays. */
    private String source(boolean repeated, boolean last, String without) {
        String values = all.stream()
                .map(name -> stage.value("r", name) + " AS " + Quoted.name(name))
                .collect(Collectors.joining(", "));
        String from = " FROM " + stage.quoted() + " r WHERE " + range("r")
                + (without.isEmpty() || !table.isFact() ? "" : " AND " + orUnchanged("NOT " + without));
        if (!repeated) {
            return "SELECT " + values + from;
        }
        String nth = stage.free("keywharf_nth");
        return "SELECT " + Quoted.names(all) + " FROM (SELECT " + values + ", row_number() OVER (PARTITION BY "
                + list(table.key(), name -> stage.value("r", name)) // values: texts of one value may differ
                + " ORDER BY r." + stage.number() + (last ? " DESC" : "") + ") AS " + nth + from + ") d WHERE "
                + or("d." + nth + " = 1", StageTable.REPEATED);
    }

    /** A condition that counts the rows for which it is not true as unchanged. */
    private String orUnchanged(String condition) {
        return or(condition, StageTable.UNCHANGED);
    }

    private String or(String condition, String counter) {
        return "CASE WHEN " + condition + " THEN true ELSE " + stage.counting(counter) + " END";
    }

    private String merge(boolean repeated, boolean update, String without) {
        String source = source(repeated, update, without);
        return "WITH m AS (MERGE INTO " + target.quoted() + " t USING (" + source + ") s ON " + same("t", "s")
                + (update && !changing.isEmpty()
                        ? " WHEN MATCHED AND " + differs(changing, plain("t"), plain("s")) + " THEN UPDATE SET "
                                + sets(changing, "s")
                        : "")
                + " WHEN MATCHED AND NOT (" + stage.counting(StageTable.UNCHANGED) + ") THEN DO NOTHING"
                + " WHEN NOT MATCHED THEN INSERT" + columns() + " VALUES (" + list(all, plain("s"))
                + ") RETURNING merge_action() = 'INSERT' AS added" + TALLY;
    }

    private String onConflict(boolean repeated, boolean update, String without) {
        String source = source(repeated, update, without);
        boolean updates = update && !changing.isEmpty();
        if (!updates) {
            // Where nothing is set, nothing needs the right to update.
            source = "SELECT " + Quoted.names(all) + " FROM (" + source + ") n WHERE "
                    + orUnchanged("NOT EXISTS (SELECT FROM " + target.quoted() + " t WHERE " + same("t", "n") + ")");
        }
        return "WITH m AS (INSERT INTO " + target.quoted() + " AS t" + columns() + " " + source
                + " ON CONFLICT (" + Quoted.names(table.key()) + ") DO "
                + (updates
                        ? "UPDATE SET " + sets(changing, "excluded") + " WHERE "
                                + orUnchanged(differs(changing, plain("t"), plain("excluded")))
                        : "NOTHING")
                + " RETURNING xmax = 0 AS added" + TALLY;
    }

    private String appendVersions(Choice choice) {
        String nth = stage.free("keywharf_nth");
        String unchanged = stage.free("keywharf_same");
        String id = id();
        String key = Quoted.names(table.key());
        UnaryOperator<String> staged = name -> stage.value("s", name);
        String compared = list(rest, name -> stage.comparable(stage.value("r", name), name));
        String same = rest.isEmpty()
                ? "true"
                : "ROW(" + compared + ") IS NOT DISTINCT FROM lag(ROW(" + compared + ")) OVER w";
        String rows = choice.repeated()
                ? "(SELECT r.*, row_number() OVER w AS " + nth + ", " + same + " AS " + unchanged + " FROM "
                        + stage.quoted() + " r WHERE " + range("r") + " WINDOW w AS (PARTITION BY " + key
                        + " ORDER BY " + stage.number() + "))"
                : "(SELECT * FROM " + stage.quoted() + " r WHERE " + range("r") + ")";
        String newestOnly = choice.isSuperseded().isEmpty() ? "" : " AND NOT " + choice.isSuperseded();
        String newest = choice.indexed() && !choice.many()
                ? " LEFT JOIN LATERAL (SELECT v.* FROM " + target.quoted() + " v WHERE " + same("v", "s") + newestOnly
                        + " ORDER BY v." + id + " DESC LIMIT 1) v ON true"
                : " LEFT JOIN (SELECT DISTINCT ON (" + key + ") * FROM " + target.quoted() + " v WHERE true"
                        + newestOnly + " ORDER BY " + key + ", "
                        + id + " DESC) v ON " + same("v", "s");
        String changed = "(v." + id + " IS NULL OR " + differs(rest, staged, plain("v"))
                + (choice.isDeleted().isEmpty() ? "" : " OR " + choice.isDeleted()) + ")";
        String wanted = choice.repeated()
                ? "CASE WHEN s." + nth + " > 1 THEN NOT s." + unchanged + " ELSE " + changed + " END"
                : changed;
        return "INSERT INTO " + target.quoted() + columns() + " SELECT " + list(all, staged) + " FROM " + rows + " s"
                + newest + " WHERE " + orUnchanged(wanted) + " ORDER BY s." + stage.number();
    }

    /**
     * Adds what is missing of a batch that was loaded before, each version where its batch stands among those of its key:
     * unless a version of that batch is equal, or the one before, or the one after.
     */
    private String appendAbsent(Choice choice) {
        String nth = stage.free("keywharf_nth");
        String unchanged = stage.free("keywharf_same");
        String last = stage.free("keywharf_last");
        LateVersions.Origin origin = choice.origin();
        String id = id();
        UnaryOperator<String> staged = name -> stage.value("s", name);
        String compared = list(rest, name -> stage.comparable(stage.value("r", name), name));
        String same = rest.isEmpty()
                ? "true"
                : "ROW(" + compared + ") IS NOT DISTINCT FROM lag(ROW(" + compared + ")) OVER w";
        String stored = " FROM " + target.quoted() + " v" + LateVersions.join(target.schema(), table, "v", "l");
        String place = "CASE WHEN l.record_id IS NOT NULL THEN sign(l.batch - " + origin.batch() + ") WHEN v." + id
                + " <= " + origin.before() + " THEN -1 WHEN v." + id + " <= " + origin.end() + " THEN 0 ELSE 1 END";
        String equalAmong = "EXISTS (SELECT" + stored + " WHERE " + same("v", "s")
                + (origin.isKnown() ? " AND " + place + " = 0" : "") + " AND NOT "
                + differs(rest, staged, plain("v")) + ")";
        String wanted = "NOT " + equalAmong
                + (origin.isKnown()
                        ? " AND (s." + nth + " > 1 OR p." + id + " IS NULL OR " + differs(rest, staged, plain("p"))
                                + ") AND (NOT s." + last + " OR n." + id + " IS NULL OR "
                                + differs(rest, staged, plain("n")) + ")"
                        : "");
        String later = choice.repeated() && origin.isKnown()
                ? "coalesce((SELECT min(v." + id + ") - 1" + stored + " JOIN " + stage.quoted() + " s ON "
                        + same("v", "s") + " WHERE " + same("v", "i") + " AND l.record_id IS NULL AND " + place
                        + " = 0 AND NOT " + differs(rest, staged, plain("v")) + " AND s." + stage.number()
                        + " > (SELECT min(s." + stage.number() + ") FROM " + stage.quoted() + " s WHERE s."
                        + stage.number() + " > 0 AND " + same("s", "i") + " AND NOT "
                        + differs(rest, staged, plain("i")) + ")), " + origin.end() + ")"
                : String.valueOf(origin.end());
        return "WITH m AS (INSERT INTO " + target.quoted() + columns() + " SELECT " + list(all, staged)
                + " FROM (SELECT r.*, row_number() OVER w AS " + nth + ", " + same + " AS " + unchanged + ","
                + " lead(r." + stage.number() + ") OVER w IS NULL AS " + last + " FROM " + stage.quoted()
                + " r WHERE " + range("r") + " WINDOW w AS (PARTITION BY " + Quoted.names(table.key()) + " ORDER BY "
                + stage.number() + ")) s"
                + neighbour(stored, place + " = -1", "DESC", "p") + neighbour(stored, place + " = 1", "ASC", "n")
                + " WHERE "
                + orUnchanged("NOT coalesce(s." + nth + " > 1 AND s." + unchanged + ", false) AND " + wanted)
                + " ORDER BY s."
                + stage.number() + " RETURNING *), late AS (INSERT INTO "
                + LateVersions.quoted(target.schema())
                + " (table_name, record_id, after_record_id, flow, batch) SELECT " + Quoted.text(table.name()) + ", i."
                + id + ", " + later + ", " + Quoted.text(choice.flow()) + ", " + origin.batch()
                + " FROM m i) SELECT count(*), 0 FROM m";
    }

    private String neighbour(String stored, String where, String direction, String alias) {
        return " LEFT JOIN LATERAL (SELECT v.*" + stored + " WHERE " + same("v", "s") + " AND " + where
                + " ORDER BY coalesce(l.after_record_id, v." + id() + ") " + direction + ", coalesce(l.batch, 0) "
                + direction + ", v." + id() + " " + direction + " LIMIT 1) " + alias + " ON true";
    }

    private String id() {
        return Quoted.name(table.recordId().orElseThrow());
    }

    private String same(String one, String other) {
        return target.same(table.key(), one, other);
    }

    private String differs(List<String> columns, UnaryOperator<String> one, UnaryOperator<String> other) {
        return columns.isEmpty()
                ? "false"
                : "(" + list(columns, name -> stage.comparable(one.apply(name), name)) + ") IS DISTINCT FROM ("
                        + list(columns, name -> stage.comparable(other.apply(name), name)) + ")";
    }

    private String sets(List<String> columns, String from) {
        return list(columns, name -> Quoted.name(name) + " = " + from + "." + Quoted.name(name));
    }

    private static UnaryOperator<String> plain(String alias) {
        return name -> alias + "." + Quoted.name(name);
    }

    private static String list(List<String> columns, UnaryOperator<String> as) {
        return columns.stream().map(as).collect(Collectors.joining(", "));
    }
}
