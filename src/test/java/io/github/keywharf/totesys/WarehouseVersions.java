package io.github.keywharf.totesys;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that a warehouse says, without what may differ between two that were filled by different runs of one history. */
final class WarehouseVersions {

    private WarehouseVersions() {}

    /** By table or view, its rows as texts: each version of a fact in the order in which it came. */
    static Map<String, List<String>> of(Connection warehouse) throws SQLException {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String table : PipelineFixture.list(
                warehouse,
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
                        + " AND table_name ~ '^(dim|fact|current)_' ORDER BY 1")) {
            List<String> columns = PipelineFixture.list(
                    warehouse,
                    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
                            + " AND table_name = '" + table + "' ORDER BY ordinal_position");
            String id = columns.get(0);
            String order = table.startsWith("dim_") ? id : columns.get(1) + ", " + id;
            String row = table.startsWith("dim_") ? "to_jsonb(t)" : "to_jsonb(t) - '" + id + "'";
            all.put(
                    table,
                    PipelineFixture.list(warehouse, "SELECT " + row + " FROM " + table + " t ORDER BY " + order));
        }
        all.put(
                "deletions",
                PipelineFixture.list(
                        warehouse,
                        "SELECT table_name || ' ' || key_value || ' ' || (restored_at IS NULL) FROM keywharf_deletion"
                                + " ORDER BY table_name, key_value, deleted_at"));
        return all;
    }

    /** Where the second differs from the first, a few lines for each table; empty where they are alike. */
    static List<String> differences(Map<String, List<String>> wanted, Map<String, List<String>> found) {
        List<String> lines = new ArrayList<>();
        wanted.forEach((table, rows) -> {
            List<String> others = found.getOrDefault(table, List.of());
            if (!rows.equals(others)) {
                List<String> missing = new ArrayList<>(rows);
                others.forEach(missing::remove);
                List<String> extra = new ArrayList<>(others);
                rows.forEach(extra::remove);
                lines.add(table + ": " + rows.size() + " rows wanted, " + others.size() + " found; missing "
                        + missing.stream().limit(3).toList() + ", too many "
                        + extra.stream().limit(3).toList());
            }
        });
        return lines;
    }
}
