package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Orders, five of a customer one after the other, with user-defined types and tuples as JSON. */
record StructRows() implements LoadData {
    private static final int ORDERS = 5;

    @Override
    public String name() {
        return "udt";
    }

    @Override
    public List<String> types() {
        return List.of(
                "address (street text, number int, town text, place frozen<tuple<double, double>>)",
                "contact (mail text, phone text, checked boolean)");
    }

    @Override
    public String columns() {
        return "customer int, number int, target frozen<address>, contact contact, total tuple<text, decimal>,"
                + " PRIMARY KEY (customer, number)";
    }

    @Override
    public Map<String, Object> row(int i, int rows) {
        long mixed = LoadData.mixed(i);
        Map<String, Object> target = new LinkedHashMap<>();
        target.put("street", "Street \"" + (mixed >>> 50) + "\"");
        target.put("number", (int) (mixed >>> 57));
        target.put("town", "Town, " + (mixed >>> 54));
        target.put("place", List.of((mixed >>> 44) / 16_384.0, (mixed >>> 43) / -16_384.0));
        Map<String, Object> contact = new LinkedHashMap<>();
        contact.put("mail", "customer" + i / ORDERS + "@example.com");
        contact.put("phone", i % 4 == 0 ? null : "+44 " + (mixed >>> 40));
        contact.put("checked", i % 3 == 0);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("customer", i / ORDERS);
        row.put("number", i % ORDERS);
        row.put("target", target);
        row.put("contact", contact);
        row.put("total", List.of(i % 2 == 0 ? "EUR" : "GBP", new BigDecimal((mixed >>> 48) + "." + (10 + i % 90))));
        return row;
    }

    @Override
    public int number(JsonNode row, int rows) {
        return row.get("customer").intValue() * ORDERS + row.get("number").intValue();
    }

    @Override
    public List<String> totals() {
        return List.of("number", "target", "total");
    }
}
