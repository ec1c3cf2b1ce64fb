package io.github.keywharf.sharing.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.sharing.server.SharedUsage.Answer;
import io.github.keywharf.sharing.server.SharedUsage.Client;
import io.github.keywharf.store.ObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** A file with a row that a client needs is never left out. */
final class HintsPropertyTest {

    private record Row(@Nullable String tenant, @Nullable Integer n) {}

    /** A predicate in both forms, and what it says of a row: true, false, or null for neither. */
    private interface Predicate {
        String sql();

        String json();

        @Nullable
        Boolean test(Row row);
    }

    private record Comparison(String column, String operator, Object value) implements Predicate {
        private static final Map<String, String> OPS = Map.of(
                "=", "equal", "<", "lessThan", "<=", "lessThanOrEqual", ">", "greaterThan", ">=", "greaterThanOrEqual");

        @Override
        public String sql() {
            return column + " " + operator + " " + (value instanceof String ? "'" + value + "'" : value);
        }

        @Override
        public String json() {
            String type = value instanceof String ? "string" : "long";
            return "{\"op\":\"" + OPS.get(operator) + "\",\"children\":[{\"op\":\"column\",\"name\":\"" + column
                    + "\",\"valueType\":\"" + type + "\"},{\"op\":\"literal\",\"value\":\"" + value
                    + "\",\"valueType\":\"" + type
                    + "\"}]}";
        }

        @Override
        public @Nullable Boolean test(Row row) {
            Integer order = null;
            if (value instanceof String text && row.tenant() != null) {
                order = row.tenant().compareTo(text);
            } else if (value instanceof Integer number && row.n() != null) {
                order = row.n().compareTo(number);
            }
            if (order == null) {
                return null;
            }
            return switch (operator) {
                case "=" -> order == 0;
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                default -> order >= 0;
            };
        }
    }

    private record IsNull(String column) implements Predicate {
        @Override
        public String sql() {
            return column + " IS NULL";
        }

        @Override
        public String json() {
            return "{\"op\":\"isNull\",\"children\":[{\"op\":\"column\",\"name\":\"" + column
                    + "\",\"valueType\":\"long\"}]}";
        }

        @Override
        public Boolean test(Row row) {
            return (column.equals("n") ? row.n() : row.tenant()) == null;
        }
    }

    /** Of a function that no server knows. */
    private record Unknown(boolean truth) implements Predicate {
        @Override
        public String sql() {
            return "weird(n)";
        }

        @Override
        public String json() {
            return "{\"op\":\"weird\",\"children\":[]}";
        }

        @Override
        public Boolean test(Row row) {
            return truth;
        }
    }

    private record Junction(boolean and, List<Predicate> parts) implements Predicate {
        @Override
        public String sql() {
            return "("
                    + String.join(
                            and ? " AND " : " OR ",
                            parts.stream().map(Predicate::sql).toList()) + ")";
        }

        @Override
        public String json() {
            return "{\"op\":\"" + (and ? "and" : "or") + "\",\"children\":["
                    + String.join(",", parts.stream().map(Predicate::json).toList()) + "]}";
        }

        @Override
        public @Nullable Boolean test(Row row) {
            boolean unknown = false;
            for (Predicate part : parts) {
                Boolean state = part.test(row);
                if (state == null) {
                    unknown = true;
                } else if (state != and) {
                    return state;
                }
            }
            return unknown ? null : Boolean.valueOf(and);
        }
    }

    private record Not(Predicate part) implements Predicate {
        @Override
        public String sql() {
            return "NOT (" + part.sql() + ")";
        }

        @Override
        public String json() {
            return "{\"op\":\"not\",\"children\":[" + part.json() + "]}";
        }

        @Override
        public @Nullable Boolean test(Row row) {
            Boolean state = part.test(row);
            return state == null ? null : Boolean.valueOf(!state);
        }
    }

    private static Predicate predicate(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 4 : 7)) {
            case 0, 1 ->
                new Comparison("n", List.of("=", "<", "<=", ">", ">=").get(random.nextInt(5)), random.nextInt(10));
            case 2 ->
                new Comparison(
                        "tenant",
                        List.of("=", "<", "<=", ">", ">=").get(random.nextInt(5)),
                        List.of("a", "b", "c").get(random.nextInt(3)));
            case 3 ->
                random.nextInt(3) == 0
                        ? new Unknown(random.nextBoolean())
                        : new IsNull(random.nextBoolean() ? "n" : "tenant");
            case 4 -> new Not(predicate(random, depth + 1));
            default ->
                new Junction(random.nextBoolean(), List.of(predicate(random, depth + 1), predicate(random, depth + 1)));
        };
    }

    @Property(tries = 60)
    void no_file_with_a_needed_row_is_left_out(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, List<Row>> files = new HashMap<>();
        Client client = client(random, files);
        for (int i = 0; i < 20; i++) {
            Predicate predicate = predicate(random, 0);
            Map<String, Object> body = new TreeMap<>();
            if (random.nextBoolean()) {
                body.put("predicateHints", List.of(predicate.sql()));
            } else {
                body.put("jsonPredicateHints", predicate.json());
            }
            int limit = random.nextInt(20);
            if (random.nextBoolean()) {
                body.put("limitHint", limit);
            }
            Answer answer = client.query("s", SharedUsage.body(body));
            List<String> found = answer.all("file").stream()
                    .map(file -> file.path("stats").asText())
                    .map(stats -> SharedUsage.json(stats).path("name").asText())
                    .toList();
            long all = 0;
            long needed = 0;
            for (Map.Entry<String, List<Row>> file : files.entrySet()) {
                long rows = file.getValue().stream()
                        .filter(row -> Boolean.TRUE.equals(predicate.test(row)))
                        .count();
                all += rows;
                needed += found.contains(file.getKey()) ? rows : 0;
            }
            assertThat(needed)
                    .as("%s of %s, found %s", body, files, found)
                    .isGreaterThanOrEqualTo(body.containsKey("limitHint") ? Math.min(limit, all) : all);
        }
    }

    private static Client client(Random random, Map<String, List<Row>> files) {
        StringBuilder log = new StringBuilder(
                "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n{\"metaData\":{\"id\":\"x\",\"format\":{\"provider\":\"parquet\"},"
                        + "\"schemaString\":\"{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"tenant\\\",\\\"type\\\":\\\"string\\\","
                        + "\\\"nullable\\\":true,\\\"metadata\\\":{}},{\\\"name\\\":\\\"n\\\",\\\"type\\\":\\\"long\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}]}\","
                        + "\"partitionColumns\":[\"tenant\"],\"configuration\":{}}}\n");
        for (int i = 0; i < 8; i++) {
            String tenant =
                    random.nextInt(5) == 0 ? null : List.of("a", "b", "c").get(random.nextInt(3));
            List<Row> rows = new ArrayList<>();
            for (int row = 1 + random.nextInt(4); row > 0; row--) {
                rows.add(new Row(tenant, random.nextInt(5) == 0 ? null : random.nextInt(10)));
            }
            files.put("f" + i, rows);
            List<Integer> numbers = rows.stream()
                    .map(Row::n)
                    .filter(java.util.Objects::nonNull)
                    .sorted()
                    .toList();
            String bounds = numbers.isEmpty() || random.nextInt(5) == 0
                    ? ""
                    : ",\\\"minValues\\\":{\\\"n\\\":" + numbers.get(0) + "},\\\"maxValues\\\":{\\\"n\\\":"
                            + numbers.get(numbers.size() - 1) + "}";
            log.append("{\"add\":{\"path\":\"f" + i + "\",\"partitionValues\":{\"tenant\":"
                    + (tenant == null ? "null" : "\"" + tenant + "\"")
                    + "},\"size\":7,\"modificationTime\":1,\"dataChange\":true,\"stats\":\"{\\\"name\\\":\\\"f" + i
                    + "\\\",\\\"numRecords\\\":" + rows.size() + bounds + ",\\\"nullCount\\\":{\\\"n\\\":"
                    + (rows.size() - numbers.size()) + "}}\"}}\n");
        }
        ObjectStore store = ObjectStore.inMemory();
        store.createIfAbsent(
                "t/_delta_log/00000000000000000000.json", log.toString().getBytes(UTF_8));
        DeltaSharingServer server = DeltaSharingServer.builder(ObjectStore.inMemory())
                .table("t", store, "t")
                .build();
        ShareCatalog catalog = server.catalog(SharedUsage.HOST);
        catalog.ensureShare(Share.of("s", SharedTable.of("t", "platform.usage")));
        catalog.ensureRecipient(Recipient.of("r"));
        catalog.ensureGrant("s", "r");
        return Client.of(server, catalog.activate("r").orElseThrow());
    }
}
