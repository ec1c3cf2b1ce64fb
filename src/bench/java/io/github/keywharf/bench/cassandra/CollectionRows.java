package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Profiles of customers, one a partition, with a list, a set, maps and a frozen list as JSON. */
record CollectionRows() implements LoadData {

    @Override
    public String name() {
        return "collections";
    }

    @Override
    public String columns() {
        return "id int PRIMARY KEY, name text, scores list<int>, tags set<text>, prices map<text, decimal>,"
                + " places map<int, text>, history frozen<list<double>>";
    }

    @Override
    public Map<String, Object> row(int i, int rows) {
        long mixed = LoadData.mixed(i);
        List<Object> scores = new ArrayList<>();
        TreeSet<String> tags = new TreeSet<>();
        Map<String, Object> prices = new LinkedHashMap<>();
        Map<String, Object> places = new LinkedHashMap<>();
        List<Object> history = new ArrayList<>();
        for (int k = 0; k < 3 + i % 4; k++) {
            scores.add((int) (mixed >>> (40 + k)));
            tags.add("tag \"" + (mixed >>> (50 + k)) + "\"");
            prices.put("article " + k, new BigDecimal((mixed >>> (45 + k)) + "." + (10 + k)));
            places.put(Integer.toString(k * 7), "place, " + (mixed >>> (48 + k)));
            history.add((mixed >>> (44 + k)) / 8.0);
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", i);
        row.put("name", "customer " + (mixed >>> 44));
        row.put("scores", scores);
        row.put("tags", List.copyOf(tags));
        row.put("prices", prices);
        row.put("places", places);
        row.put("history", history);
        return row;
    }

    @Override
    public int number(JsonNode row, int rows) {
        return row.get("id").intValue();
    }

    @Override
    public List<String> totals() {
        return List.of("id", "name", "history");
    }
}
