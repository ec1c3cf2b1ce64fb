package io.github.keywharf.postgres;

import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.WarehouseTable;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The statements that take staged rows into a table. Each has two parameters, the first and the last number of the rows
 * it takes, and gives one row: how many were inserted and how many updated.
 */
final class MergeSql {

    private static final int MERGE_RETURNS = 17;

    private final WarehouseTable table;
    private final TargetTable target;
    private final StageTable stage;
    private final List<String> all;
    private final List<String> rest;

    MergeSql(WarehouseTable table, TargetTable target, StageTable stage) {
        this.table = table;
        this.target = target;
        this.stage = stage;
        this.all = table.schema().names();
        this.rest = all.stream().filter(name -> !table.key().contains(name)).toList();
    }

    /**
     * What the choice of a statement depends on.
     *
     * @param repeated whether a key may be staged twice
     * @param many whether the staged rows are many beside those of the table
     * @param indexed whether an index leads from a key to its newest version
     * @param version the server's
     * @param isDeleted a condition on a staged row {@code s} whose key must be taken even if it changed nothing; or empty
     */
    record Choice(boolean repeated, boolean many, boolean indexed, int version, String isDeleted) {}

    String statement(LoadMode mode, Choice choice) {
        return switch (mode) {
            case UPSERT ->
                choice.version() >= MERGE_RETURNS
                        ? merge(choice.repeated(), true)
                        : onConflict(choice.repeated(), true);
            case ADD_MISSING ->
                choice.version() >= MERGE_RETURNS
                        ? merge(choice.repeated(), false)
                        : onConflict(choice.repeated(), false);
            case APPEND_VERSIONS -> counted(appendVersions(choice));
            case APPEND_ABSENT_VERSIONS -> counted(appendAbsent());
        };
    }

    /** Takes every staged row as a new one. */
    String append() {
        return counted("INSERT INTO " + target.quoted() + " (" + Quoted.names(all) + ") SELECT "
                + stage.values("s", all) + " FROM " + stage.quoted() + " s WHERE " + range("s") + " ORDER BY "
                + StageTable.NUMBER);
    }

    private static String counted(String insert) {
        return "WITH m AS (" + insert + " RETURNING 1) SELECT count(*), 0 FROM m";
    }

    private static String range(String alias) {
        return alias + "." + StageTable.NUMBER + " BETWEEN ? AND ?";
    }

    /** The staged rows, of each key the last one, or the first where that is what stays. */
    private String source(boolean repeated, boolean last) {
        String key = Quoted.names(table.key());
        String values = all.stream()
                .map(name -> stage.value("r", name) + " AS " + Quoted.name(name))
                .collect(Collectors.joining(", "));
        String from = " FROM " + stage.quoted() + " r WHERE " + range("r");
        return repeated
                ? "SELECT DISTINCT ON (" + key + ") " + values + from + " ORDER BY " + key + ", r." + StageTable.NUMBER
                        + (last ? " DESC" : "")
                : "SELECT " + values + from;
    }

    private String merge(boolean repeated, boolean update) {
        return "WITH m AS (MERGE INTO " + target.quoted() + " t USING (" + source(repeated, update) + ") s ON "
                + same("t", "s")
                + (update && !rest.isEmpty()
                        ? " WHEN MATCHED AND " + differs(rest, plain("t"), plain("s")) + " THEN UPDATE SET " + sets("s")
                        : "")
                + " WHEN NOT MATCHED THEN INSERT (" + Quoted.names(all) + ") VALUES (" + list(all, plain("s"))
                + ") RETURNING merge_action() AS a)"
                + " SELECT count(*) FILTER (WHERE a = 'INSERT'), count(*) FILTER (WHERE a = 'UPDATE') FROM m";
    }

    private String onConflict(boolean repeated, boolean update) {
        return "WITH m AS (INSERT INTO " + target.quoted() + " AS t (" + Quoted.names(all) + ") "
                + source(repeated, update) + " ON CONFLICT (" + Quoted.names(table.key()) + ") DO "
                + (update && !rest.isEmpty()
                        ? "UPDATE SET " + sets("excluded") + " WHERE " + differs(rest, plain("t"), plain("excluded"))
                        : "NOTHING")
                + " RETURNING xmax = 0 AS added)"
                + " SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM m";
    }

    private String appendVersions(Choice choice) {
        String id = Quoted.name(table.recordId().orElseThrow());
        String key = Quoted.names(table.key());
        UnaryOperator<String> staged = name -> stage.value("s", name);
        String compared = list(rest, name -> stage.comparable(stage.value("r", name), name));
        String same = rest.isEmpty()
                ? "true"
                : "ROW(" + compared + ") IS NOT DISTINCT FROM lag(ROW(" + compared + ")) OVER w";
        String rows = choice.repeated()
                ? "(SELECT r.*, row_number() OVER w AS keywharf_nth, " + same + " AS keywharf_same FROM "
                        + stage.quoted() + " r WHERE " + range("r") + " WINDOW w AS (PARTITION BY " + key
                        + " ORDER BY " + StageTable.NUMBER + "))"
                : "(SELECT * FROM " + stage.quoted() + " r WHERE " + range("r") + ")";
        String newest = choice.indexed() && !choice.many()
                ? " LEFT JOIN LATERAL (SELECT v.* FROM " + target.quoted() + " v WHERE " + same("v", "s")
                        + " ORDER BY v." + id + " DESC LIMIT 1) v ON true"
                : " LEFT JOIN (SELECT DISTINCT ON (" + key + ") * FROM " + target.quoted() + " ORDER BY " + key + ", "
                        + id + " DESC) v ON " + same("v", "s");
        String changed = "(v." + id + " IS NULL OR " + differs(rest, staged, plain("v"))
                + (choice.isDeleted().isEmpty() ? "" : " OR " + choice.isDeleted()) + ")";
        String wanted = choice.repeated()
                ? "CASE WHEN s.keywharf_nth > 1 THEN NOT s.keywharf_same ELSE " + changed + " END"
                : changed;
        return "INSERT INTO " + target.quoted() + " (" + Quoted.names(all) + ") SELECT " + list(all, staged) + " FROM "
                + rows + " s" + newest + " WHERE " + wanted + " ORDER BY s." + StageTable.NUMBER;
    }

    private String appendAbsent() {
        UnaryOperator<String> staged = name -> stage.value("s", name);
        String partition = list(all, name -> stage.comparable(stage.value("r", name), name));
        return "INSERT INTO " + target.quoted() + " (" + Quoted.names(all) + ") SELECT " + list(all, staged)
                + " FROM (SELECT r.*, row_number() OVER (PARTITION BY " + partition + " ORDER BY " + StageTable.NUMBER
                + ") AS keywharf_nth FROM " + stage.quoted() + " r WHERE " + range("r") + ") s"
                + " WHERE s.keywharf_nth = 1 AND NOT EXISTS (SELECT FROM " + target.quoted() + " v WHERE "
                + same("v", "s") + " AND NOT (" + differs(rest, staged, plain("v")) + ")) ORDER BY s."
                + StageTable.NUMBER;
    }

    private String same(String one, String other) {
        return table.key().stream()
                .map(name -> one + "." + Quoted.name(name) + " = " + other + "." + Quoted.name(name))
                .collect(Collectors.joining(" AND "));
    }

    private String differs(List<String> columns, UnaryOperator<String> one, UnaryOperator<String> other) {
        return columns.isEmpty()
                ? "false"
                : "(" + list(columns, name -> stage.comparable(one.apply(name), name)) + ") IS DISTINCT FROM ("
                        + list(columns, name -> stage.comparable(other.apply(name), name)) + ")";
    }

    private String sets(String from) {
        return list(rest, name -> Quoted.name(name) + " = " + from + "." + Quoted.name(name));
    }

    private static UnaryOperator<String> plain(String alias) {
        return name -> alias + "." + Quoted.name(name);
    }

    private static String list(List<String> columns, UnaryOperator<String> as) {
        return columns.stream().map(as).collect(Collectors.joining(", "));
    }
}
