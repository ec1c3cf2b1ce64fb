package io.github.keywharf.dictionary;

import io.github.keywharf.dictionary.DictionaryColumn.Kind;
import io.github.keywharf.dictionary.DictionaryColumn.Order;
import io.github.keywharf.dictionary.DictionaryType.Field;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dictionaries for tests. */
final class Dictionaries {
    static final Instant READ = Instant.parse("2024-05-20T10:15:30Z");

    /** What would do harm, if anything took it for more than text. */
    static final String HOSTILE =
            "</script><script>alert(1)</script><img src=x onerror=alert(2)> | pipe `tick` [link](javascript:alert(3)) \"quoted\" 'single' & \u202Eturned\n# heading";

    private Dictionaries() {}

    static DataDictionary of(DictionaryKeyspace... keyspaces) {
        return new DataDictionary(
                "test",
                "5.0.9",
                READ,
                new DictionaryScope(DictionaryScope.Kind.ALL, List.of()),
                List.of(keyspaces),
                List.of(),
                List.of(),
                List.of());
    }

    static DataDictionary noted(DataDictionary dictionary, DictionaryNote... notes) {
        return new DataDictionary(
                dictionary.cluster(),
                dictionary.version(),
                dictionary.read(),
                dictionary.scope(),
                dictionary.keyspaces(),
                dictionary.roles(),
                dictionary.grants(),
                List.of(notes));
    }

    static DictionaryNote note(String path, String text) {
        return new DictionaryNote(path, text, "Ada", READ);
    }

    static DictionaryKeyspace keyspace(String name, List<DictionaryTable> tables, List<DictionaryType> types) {
        return new DictionaryKeyspace(
                name,
                DictionaryKeyspace.Kind.USER,
                true,
                new DictionaryKeyspace.Options(
                        true,
                        Map.of("class", "org.apache.cassandra.locator.SimpleStrategy", "replication_factor", "3")),
                tables,
                types,
                List.of(),
                List.of());
    }

    static DictionaryTable table(String keyspace, String name, String comment, DictionaryColumn... columns) {
        return new DictionaryTable(
                keyspace, name, comment, List.of(columns), List.of(), Map.of(), Optional.empty(), Optional.empty());
    }

    static DictionaryTable view(String keyspace, String name, String base, DictionaryColumn... columns) {
        return new DictionaryTable(
                keyspace,
                name,
                "",
                List.of(columns),
                List.of(),
                Map.of(),
                Optional.of(new DictionaryView(base, "id IS NOT NULL", false)),
                Optional.empty());
    }

    static DictionaryColumn partition(String name, String type) {
        return new DictionaryColumn(name, type, Kind.PARTITION_KEY, Optional.of(0), Optional.empty(), Optional.empty());
    }

    static DictionaryColumn clustering(String name, String type) {
        return new DictionaryColumn(
                name, type, Kind.CLUSTERING, Optional.of(0), Optional.of(Order.DESC), Optional.empty());
    }

    static DictionaryColumn regular(String name, String type) {
        return new DictionaryColumn(name, type, Kind.REGULAR, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A shop with a view, nested types, a note and a right. */
    static DataDictionary shop() {
        DictionaryTable orders = new DictionaryTable(
                "shop",
                "orders",
                "One row for each order",
                List.of(
                        regular("total", "decimal"),
                        regular("shipping", "frozen<address>"),
                        clustering("at", "timestamp"),
                        partition("customer", "uuid")),
                List.of(new DictionaryIndex(
                        "orders_total", DictionaryIndex.Kind.SAI, "total", Optional.of("sai"), Map.of())),
                Map.of("gc_grace_seconds", "864000"),
                Optional.empty(),
                Optional.of(new DictionarySize(12_000, 2_048)));
        DictionaryTable contact = table(
                "shop", "contact", "Whom to write to, by email", partition("id", "uuid"), regular("email", "text"));
        DictionaryTable byEmail =
                view("shop", "contact_by_email", "contact", partition("email", "text"), clustering("id", "uuid"));
        DictionaryType place = new DictionaryType("shop", "place", List.of(new Field("lat", "double")));
        DictionaryType address = new DictionaryType(
                "shop", "address", List.of(new Field("street", "text"), new Field("at", "frozen<place>")));
        DataDictionary dictionary = of(keyspace("shop", List.of(orders, contact, byEmail), List.of(address, place)));
        return noted(dictionary, note("shop.contact.email", "Personal data #gdpr"));
    }

    /** Every text that comes from others, hostile. */
    static DataDictionary hostile() {
        DictionaryTable table = new DictionaryTable(
                HOSTILE,
                HOSTILE,
                HOSTILE,
                List.of(
                        new DictionaryColumn(
                                HOSTILE,
                                HOSTILE,
                                Kind.PARTITION_KEY,
                                Optional.of(0),
                                Optional.empty(),
                                Optional.of(HOSTILE)),
                        clustering(HOSTILE + "2", "text"),
                        regular("plain", "frozen<\"" + HOSTILE.replace("\"", "\"\"") + "\">")),
                List.of(new DictionaryIndex(
                        HOSTILE, DictionaryIndex.Kind.CUSTOM, HOSTILE, Optional.of(HOSTILE), Map.of(HOSTILE, HOSTILE))),
                Map.of(HOSTILE, HOSTILE),
                Optional.of(new DictionaryView(HOSTILE, HOSTILE, true)),
                Optional.empty());
        return new DataDictionary(
                HOSTILE,
                HOSTILE,
                READ,
                new DictionaryScope(DictionaryScope.Kind.GRANTED, List.of(HOSTILE)),
                List.of(new DictionaryKeyspace(
                        HOSTILE,
                        DictionaryKeyspace.Kind.USER,
                        false,
                        new DictionaryKeyspace.Options(false, Map.of("class", HOSTILE, HOSTILE, HOSTILE)),
                        List.of(table),
                        List.of(new DictionaryType(HOSTILE, HOSTILE, List.of(new Field(HOSTILE, HOSTILE)))),
                        List.of(new DictionaryFunction(
                                HOSTILE,
                                HOSTILE,
                                List.of(new Field(HOSTILE, HOSTILE)),
                                HOSTILE,
                                HOSTILE,
                                HOSTILE,
                                true)),
                        List.of(new DictionaryAggregate(
                                HOSTILE,
                                HOSTILE,
                                List.of(HOSTILE),
                                HOSTILE,
                                HOSTILE,
                                HOSTILE,
                                Optional.of(HOSTILE),
                                Optional.of(HOSTILE))))),
                List.of(new DictionaryRole(HOSTILE, true, true, Optional.of(List.of(HOSTILE)))),
                List.of(new DictionaryGrant(HOSTILE, HOSTILE, List.of(HOSTILE))),
                List.of(
                        new DictionaryNote(HOSTILE, HOSTILE, HOSTILE.substring(0, 100), READ),
                        new DictionaryNote(HOSTILE + ".gone", HOSTILE, "Ada", READ)));
    }

    /** So many tables of eight columns in one keyspace. */
    static DataDictionary ofTables(int tables) {
        List<DictionaryTable> made = new ArrayList<>();
        for (int i = 0; i < tables; i++) {
            DictionaryColumn[] columns = new DictionaryColumn[8];
            columns[0] = partition("id", "uuid");
            for (int c = 1; c < columns.length; c++) {
                columns[c] = regular("column_" + c, c == 7 ? "frozen<address>" : "text");
            }
            made.add(table("wide", "table_" + i, "", columns));
        }
        return of(keyspace(
                "wide", made, List.of(new DictionaryType("wide", "address", List.of(new Field("street", "text"))))));
    }
}
