package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What an unload set out to do, the same for all its attempts.
 *
 * @param table the table, with its keyspace
 * @param id of the table
 * @param format of the files
 * @param columns name and type of each column of the files
 * @param parts for each file the pieces of the ring in it, as {@link TokenSpan#format} writes them
 */
record UnloadPlan(String table, UUID id, String format, List<PlanColumn> columns, List<List<List<String>>> parts) {

    /** A column of the files. */
    record PlanColumn(String name, String type) {
        @Override
        public String toString() {
            return name + " " + type;
        }
    }

    static List<PlanColumn> columns(Schema schema) {
        return schema.columns().stream()
                .map(column -> new PlanColumn(column.name(), column.type().toString()))
                .toList();
    }

    /** Deals pieces out to at most so many files, neighbours together. */
    static List<List<List<String>>> parts(List<List<String>> spans, int files) {
        int count = Math.min(files, spans.size());
        List<List<List<String>>> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) spans.size() * i / count);
            int to = (int) ((long) spans.size() * (i + 1) / count);
            parts.add(List.copyOf(spans.subList(from, to)));
        }
        return parts;
    }

    long ranges() {
        return parts.stream().mapToLong(List::size).sum();
    }

    List<String> names() {
        return columns.stream().map(PlanColumn::name).toList();
    }

    /**
     * Refuses to go on with something else than was begun.
     *
     * @param now what this attempt would do, its parts left out of account
     * @throws KeywharfException with code {@code cassandra.unload_mismatch} or {@code cassandra.schema_changed}
     */
    void checkContinuedBy(UnloadPlan now, UnloadSource source, String folder) {
        if (!table.equals(now.table) || !format.equals(now.format) || !names().equals(now.names())) {
            throw new KeywharfException(
                    "cassandra.unload_mismatch",
                    source.subject(),
                    "The folder " + folder + " holds an unfinished unload of " + table + " as " + format
                            + " with the columns " + names() + ", and cannot be continued as " + now.format
                            + " with the columns " + now.names()
                            + "; choose another folder, or delete what is in this one");
        }
        if (!id.equals(now.id)) {
            throw source.changed("the table was dropped and recreated since the unload began", null);
        }
        if (!columns.equals(now.columns)) {
            throw source.changed(
                    "the columns are " + now.columns + " now, and were " + columns + " when the unload began", null);
        }
    }
}
