package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Query, QueryAll and their cursors (REST API Developer Guide, "Query", "QueryAll", "Query More Results"). */
final class QueryRoutes {
    /** Cursors, nested ones too, live for two days from the query ("Query More Results"). */
    private static final Duration CURSOR_LIFE = Duration.ofDays(2);

    private static final int MOST_ROWS = 2_000;
    private static final int FEWEST_ROWS = 200;
    private static final Pattern BATCH_SIZE = Pattern.compile("(?i)batchSize\\s*=\\s*([0-9]{1,6})");
    private static final Pattern LOCATOR = Pattern.compile("([A-Za-z0-9]{18})-([0-9]{1,9})");

    private final FakeOrg org;
    private final Map<String, Cursor> cursors = new HashMap<>();
    private int pageSize = MOST_ROWS;
    private int childPageSize = FEWEST_ROWS;
    private long opened;

    QueryRoutes(FakeOrg org) {
        this.org = org;
    }

    private record Cursor(SoqlRun run, List<FakeRecord> rows, Instant opened) {}

    void pageSize(int most) {
        pageSize = most;
    }

    void childPageSize(int most) {
        childPageSize = most;
    }

    void expireCursors() {
        cursors.clear();
    }

    HttpResponse query(HttpRequest request, String root, boolean deletedToo) {
        String soql =
                request.query("q").orElseThrow(() -> Refusal.malformedQuery("A query string has to be specified"));
        SoqlRun run = SoqlRun.of(org, SoqlParser.parse(soql), deletedToo);
        if (run.query().items().stream().anyMatch(Soql.TypeOf.class::isInstance)) {
            throw Refusal.malformedQuery("TYPEOF needs a polymorphic relationship");
        }
        if (run.query().isCount()) {
            return Json.response(200, page(run.count(), true, null));
        }
        if (run.query().isAggregate()) {
            List<ObjectNode> groups = run.groups();
            if (groups.size() > MOST_ROWS) {
                throw new Refusal(
                        500,
                        "EXCEEDED_ID_LIMIT",
                        "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch");
            }
            ObjectNode page = page(groups.size(), true, null);
            ((ArrayNode) page.get("records")).addAll(groups);
            return Json.response(200, page);
        }
        int size = Math.min(pageSize, batchSize(request));
        return Json.response(200, first(run, run.rows(), size, root));
    }

    HttpResponse more(HttpRequest request, String root, String locator) {
        Matcher parts = LOCATOR.matcher(locator);
        Cursor cursor = parts.matches() ? cursors.get(parts.group(1)) : null;
        if (cursor == null
                || !org.now().isBefore(cursor.opened().plus(CURSOR_LIFE))
                || Integer.parseInt(parts.group(2)) >= cursor.rows().size()) {
            throw new Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
        }
        int size = Math.min(pageSize, batchSize(request));
        return Json.response(200, page(parts.group(1), cursor, Integer.parseInt(parts.group(2)), size, root));
    }

    /** From 200 to 2,000 rows; what is asked beyond is brought into that range ("Query Options Header"). */
    private static int batchSize(HttpRequest request) {
        Matcher asked =
                BATCH_SIZE.matcher(request.header("Sforce-Query-Options").orElse(""));
        return asked.find() ? Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Integer.parseInt(asked.group(1)))) : MOST_ROWS;
    }

    private ObjectNode first(SoqlRun run, List<FakeRecord> rows, int size, String root) {
        String id = SalesforceIds.of("01g", ++opened);
        Cursor cursor = new Cursor(run, List.copyOf(rows), org.now());
        if (rows.size() > size) {
            cursors.put(id, cursor);
        }
        return page(id, cursor, 0, size, root);
    }

    private ObjectNode page(String id, Cursor cursor, int from, int size, String root) {
        int to = Math.min(from + size, cursor.rows().size());
        boolean done = to == cursor.rows().size();
        ObjectNode page = page(cursor.rows().size(), done, done ? null : root + "/query/" + id + "-" + to);
        ArrayNode records = (ArrayNode) page.get("records");
        for (FakeRecord row : cursor.rows().subList(from, to)) {
            records.add(cursor.run().json(row, root, (run, rows) -> first(run, rows, childPageSize, root)));
        }
        return page;
    }

    private static ObjectNode page(long total, boolean done, @Nullable String next) {
        ObjectNode page = Json.object().put("totalSize", total).put("done", done);
        if (next != null) {
            page.put("nextRecordsUrl", next);
        }
        page.putArray("records");
        return page;
    }
}
