package io.github.keywharf.postgres;

import static io.github.keywharf.postgres.TestRows.assertCounts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Progress;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.source.TableSnapshot;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.WriteReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables copied into tables of another database, where types have other object ids. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTableCopyTest {

    /** Takes a block for each row. */
    private static final String SPARSE = "id int PRIMARY KEY, n int, note text) WITH (fillfactor = 10";

    private static final String SPARSE_ROWS = " SELECT i, i, repeat('x', 1000) FROM generate_series(1, 10000) i";

    private static final String TYPES = """
        CREATE TYPE mood AS ENUM ('happy', 'so so', 'it''s bad');
        CREATE TYPE place AS (name text, at point, moods mood[]);
        CREATE TYPE span AS RANGE (subtype = timestamptz);
        CREATE DOMAIN pence AS numeric(12,2) CHECK (VALUE >= 0);
        CREATE DOMAIN label AS text COLLATE "C" NOT NULL""";

    /** By built-in type, values of it. */
    private static final List<String> BUILT_IN = List.of(
            "bool: true, false",
            "bytea: '', '\\\\x00ff5c0a'",
            "\"char\": 'a', '\\\\'",
            "name: 'n', ''",
            "int8: -9223372036854775808, 9223372036854775807",
            "int2: -32768, 32767",
            "int4: -2147483648, 2147483647",
            "text: '', E'a\\tb\\n\\r\\\\N\\\\.\\b ☃ 😀', '\\N'",
            "oid: 0, 4294967295",
            "tid: '(0,1)', '(4294967295,65535)'",
            "xid: '4294967295'",
            "xid8: '18446744073709551615'",
            "cid: '7'",
            "json: '{\"a\" : 1, \"a\":  2}', 'null'",
            "jsonb: '{\"b\": [1.50, \"\\u0041\"]}', '\"x\"'",
            "jsonpath: '$.a[*] ? (@ > 1)'",
            "xml: '<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><a>é</a>', 'text'",
            "point: '(1.5,-2)', '(NaN,Infinity)'",
            "lseg: '[(0,0),(1,1)]'",
            "path: '((0,0),(1,1))', '[(0,0),(1,1)]'",
            "box: '((1,1),(0,0))'",
            "polygon: '((0,0),(1,1),(2,0))'",
            "line: '{1,-1,0}'",
            "circle: '<(0,0),5>'",
            "float4: 'NaN', '-Infinity', '3.4e38', '-0'",
            "float8: 'NaN', 'Infinity', 4.9e-324, '-0', 0.1",
            "money: '-12.34', '92233720368547758.07'",
            "macaddr: '08:00:2b:01:02:03'",
            "macaddr8: '08:00:2b:01:02:03:04:05'",
            "inet: '10.0.0.1/8', '2001:db8::1', '10.0.0.1'",
            "cidr: '10.0.0.0/8'",
            "bpchar: 'ab  ', ''",
            "char(5): 'ab'",
            "varchar: 'O''Keefe'",
            "varchar(20): 'twenty'",
            "date: '4713-01-01 BC', '5874897-12-31', 'infinity', '-infinity'",
            "time: '24:00', '00:00:00.000001'",
            "time(2): '12:00:00.25'",
            "timetz: '24:00-15:59', '00:00+00'",
            "timestamp: '4713-01-01 BC', '294276-12-31 23:59:59.999999', 'infinity'",
            "timestamp(3): '2024-02-29 23:59:59.999'",
            "timestamptz: '4713-01-01 00:00+00 BC', '294276-12-31 23:59:59.999999+00', '-infinity'",
            "interval: '1 year -2 mons 3 days -04:05:06.7', '-1 mon', '178000000 years', '0'",
            "interval day to second(2): '1 day 02:03:04.56'",
            "bit(3): '101'",
            "varbit: '', '10101010101'",
            "numeric: 'NaN', 'Infinity', 1.500, 1e-300, 12345678901234567890123456789012345678901234567890.5",
            "numeric(10,2): 'NaN', -99999999.99",
            "uuid: 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
            "pg_lsn: 'FFFFFFFF/FFFFFFFF'",
            "pg_snapshot: '10:20:10,14'",
            "txid_snapshot: '10:20:10,14'",
            "tsvector: '''a b'':1A,2B ''c'''",
            "tsquery: '''a'' & !''b'':*A'",
            "refcursor: 'cursor'",
            "regclass: 'pg_class', 'only_here'",
            "regtype: 'int4', 'mood'",
            "regproc: 'now'",
            "regprocedure: 'abs(int4)'",
            "regoper: '||/'",
            "regoperator: '+(int4,int4)'",
            "regconfig: 'simple'",
            "regdictionary: 'simple'",
            "regnamespace: 'public'",
            "regrole: 'pg_monitor'",
            "regcollation: '\"C\"'",
            "aclitem: 'pg_monitor=r/pg_monitor'",
            "int2vector: '1 2'",
            "oidvector: '1 2'",
            "int4range: '[1,10)', 'empty', '(,)'",
            "int8range: '[1,10)'",
            "numrange: '(1.50,2.5]'",
            "tsrange: '[2024-01-01 00:00,infinity]'",
            "tstzrange: '[2024-01-01 00:00+00,)'",
            "daterange: '[2024-01-01,2024-02-01)'",
            "int4multirange: '{[1,3),[5,7)}'",
            "nummultirange: '{}'",
            "tstzmultirange: '{[2024-01-01 00:00+00,2024-01-02 00:00+00)}'",
            "tsmultirange: '{[2024-01-01 00:00,2024-01-02 00:00)}'",
            "datemultirange: '{[2024-01-01,2024-02-01)}'",
            "int8multirange: '{[1,3)}'");

    private static final List<String> OWN = List.of(
            "mood: 'it''s bad'",
            "place: '(\"a, b\",\"(1,2)\",\"{happy,\\\"so so\\\"}\")', '(,,)'",
            "span: '[2024-01-01 00:00+00,2024-01-02 00:00+00)'",
            "span_multirange: '{[2024-01-01 00:00+00,2024-01-02 00:00+00)}'",
            "pence: 1.25",
            "label: 'a'");

    private final TestDatabase source = new TestDatabase();
    private final TestDatabase target = new TestDatabase();

    PostgresTableCopyTest() {
        source.execute(TYPES, "CREATE TABLE only_here ()");
        // Object ids of the same things differ.
        target.execute("CREATE TYPE first AS ENUM ('a')", "CREATE TABLE only_here ()", TYPES);
    }

    @AfterAll
    void drop() {
        source.close();
        target.close();
    }

    /** Creates the table on both sides. */
    private String table(String columns) {
        String table = source.table(columns);
        target.execute("DROP TABLE IF EXISTS " + table + " CASCADE", "CREATE TABLE " + table + " (" + columns + ")");
        return table;
    }

    private PostgresTable from(String name) {
        return source.database().table(name);
    }

    private PostgresTable to(String name) {
        return target.database().table(name);
    }

    private void assertSame(String name, String columns) {
        String sums = "SELECT count(*), sum(hashtextextended(md5((" + columns + ")::text), 0)) FROM " + name + " t";
        assertThat(target.query(sums)).isEqualTo(source.query(sums));
    }

    private static List<String> values(String type) {
        // A comma and a quote or digit are between values, and all values of a type are in one statement.
        return List.of(type.substring(type.indexOf(": ") + 2).split(", (?=['0-9EtfTF-])"));
    }

    private static String type(String line) {
        return line.substring(0, line.indexOf(": "));
    }

    @Test
    void each_value_of_each_built_in_type_and_of_its_array_arrives_as_it_is() {
        List<String> lines = new ArrayList<>(BUILT_IN);
        lines.addAll(OWN);
        for (String line : lines) {
            String type = type(line);
            String name = table("one " + type + ", many " + type + "[]");
            for (String value : values(line)) {
                source.execute("INSERT INTO " + name + " VALUES ((" + value + ")::" + type + ", ARRAY[(" + value
                        + "), (" + value + ")]::" + type + "[])");
            }
            if (!type.equals("label")) {
                source.execute("INSERT INTO " + name + " VALUES (NULL, ARRAY[NULL]::" + type + "[]), (NULL, NULL)");
            }
            WriteReport report = from(name).copyTo(to(name));
            assertThat(report.written()).as(type).isEqualTo(report.read()).isPositive();
            assertSame(name, "t");
        }
    }

    /** Types that the server has and no table can hold in another database, or nobody can write. */
    private static final String NOT_STORED =
            "('pg_node_tree', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list', 'pg_brin_bloom_summary',"
                    + " 'pg_brin_minmax_multi_summary', 'pg_ddl_command', 'gtsvector')";

    @Test
    void no_built_in_type_is_left_out_of_these_tests() {
        assertThat(source.query(
                        "SELECT format_type(oid, NULL) FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace"
                                + " AND typtype IN ('b', 'r', 'm') AND typcategory <> 'A' AND typname NOT IN "
                                + NOT_STORED))
                .isSubsetOf(source.query("SELECT format_type(t.name::regtype, NULL) FROM (VALUES ('"
                        + String.join(
                                "'), ('",
                                BUILT_IN.stream()
                                        .map(PostgresTableCopyTest::type)
                                        .toList())
                        + "')) t(name)"));
    }

    @Test
    void all_types_of_a_table_go_as_bytes_or_as_texts() {
        List<String> binary = BUILT_IN.stream()
                .filter(line -> !type(line).matches("reg.*|.*vector|refcursor|xml|aclitem|cid|.*_snapshot"))
                .toList();
        for (List<String> lines : List.of(binary, BUILT_IN)) {
            List<String> columns = new ArrayList<>();
            List<String> values = new ArrayList<>();
            for (String line : lines) {
                columns.add("c" + columns.size() + " " + type(line));
                values.add(values(line).get(0));
            }
            String name = table(String.join(", ", columns));
            source.execute("INSERT INTO " + name + " VALUES (" + String.join(", ", values) + ")");
            assertCounts(from(name).copyTo(to(name)), 1, 0, 0);
            assertSame(name, "t");
        }
    }

    @Test
    void amounts_of_money_are_the_same_whatever_the_currency_of_a_server() {
        String name = table("paid money, who regrole");
        source.execute("INSERT INTO " + name + " VALUES ('1234.56', 'pg_monitor')");
        target.execute("ALTER DATABASE " + target.name() + " SET lc_monetary = 'C'");
        assertCounts(from(name).copyTo(to(name)), 1, 0, 0);
        assertThat(target.query("SELECT paid::numeric FROM " + name)).containsExactly("1234.56");
    }

    @Test
    void columns_that_both_sides_compute_are_left_out_and_identities_are_kept() {
        String name = table("id int GENERATED ALWAYS AS IDENTITY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED");
        source.execute("INSERT INTO " + name + " (id, n) OVERRIDING SYSTEM VALUE VALUES (7, 1), (9, 2)");
        assertCounts(from(name).copyTo(to(name)), 2, 0, 0);
        assertSame(name, "t");
        assertThat(target.query("SELECT * FROM " + name)).containsExactly("7|1|2", "9|2|4");

        source.execute("CREATE TABLE plain (id int, n int, twice int)", "INSERT INTO plain VALUES (1, 2, 5)");
        assertThatThrownBy(() -> from("plain").copyTo(to(name)))
                .hasMessageContaining("'twice' is generated by the server from other columns");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void rows_that_the_table_refuses_are_found_and_all_others_are_written(int readers) {
        String name = table(SPARSE);
        source.execute("INSERT INTO " + name + SPARSE_ROWS, "UPDATE " + name + " SET note = 'later' WHERE id = 2500");
        target.execute(
                "ALTER TABLE " + name + " ADD CHECK (n <> 7000), ALTER n SET NOT NULL",
                "INSERT INTO " + name + " VALUES (300, 0, 'there')");
        source.execute("UPDATE " + name + " SET n = NULL WHERE id IN (10, 9999)");
        List<RejectedRow> rejects = new ArrayList<>();
        List<Long> done = new ArrayList<>();
        try (PostgresDatabase watched = PostgresDatabase.builder()
                .host(TestDatabase.server().host())
                .port(TestDatabase.server().port())
                .database(target.name())
                .credentials(
                        TestDatabase.server().user(),
                        Secret.of(TestDatabase.server().password()))
                .events(event -> {
                    if (event instanceof Progress progress) {
                        done.add(progress.done());
                    }
                })
                .build()) {
            WriteReport report = from(name).readers(readers).copyTo(watched.table(name), rejects::add);
            assertCounts(report, 9_996, 4, 0);
            assertThat(report.read()).isEqualTo(10_000);
        }
        assertThat(done).hasSizeGreaterThan(readers == 1 ? 2 : 1).endsWith(10_000L, 10_000L);
        assertThat(rejects)
                .extracting(row -> row.row().get("id"))
                .containsExactlyInAnyOrder("10", "300", "7000", "9999");
        assertThat(rejects)
                .filteredOn(row -> "9999".equals(row.row().get("id")))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.source()).isEqualTo(name);
                    assertThat(row.column()).isEqualTo("n");
                    assertThat(row.reason()).contains("null value in column \"n\"");
                });
        if (readers == 1) {
            assertThat(rejects)
                    .filteredOn(row -> "300".equals(row.row().get("id")))
                    .allSatisfy(row -> assertThat(row.position()).isBetween(298L, 300L));
        }
        assertThat(target.query("SELECT count(*), sum(id) FROM " + name))
                .containsExactly("9997|" + (10_000L * 10_001 / 2 - 10 - 7_000 - 9_999));
    }

    @Test
    void the_first_refused_row_ends_a_copy_without_a_listener_and_nothing_is_written() {
        String name = table("id int, n int CHECK (n < 3)");
        source.execute("ALTER TABLE " + name + " DROP CONSTRAINT " + name + "_n_check");
        source.execute("INSERT INTO " + name + " SELECT i, i FROM generate_series(1, 5) i");
        assertThatThrownBy(() -> from(name).copyTo(to(name)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("table.rejected"));
        assertThat(target.query("SELECT * FROM " + name)).isEmpty();
    }

    @Test
    void parts_read_at_the_same_time_have_all_rows_once() {
        String name = table(SPARSE);
        source.execute("INSERT INTO " + name + SPARSE_ROWS, "DELETE FROM " + name + " WHERE id % 7 = 0");
        assertThat(from(name).readers(5).rows().toTable().size()).isEqualTo(10_000 - 1_428);
        assertThat(from(name).readers(5).copyTo(to(name)).written()).isEqualTo(10_000 - 1_428);
        assertSame(name, "t");
        assertThatThrownBy(() -> from(name).readers(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 connections");
    }

    @Test
    void partitions_views_and_children_are_read_as_the_table_they_are_part_of() {
        String name = table("id int, n int");
        source.execute(
                "CREATE TABLE halves (id int, n int) PARTITION BY LIST (n)",
                "CREATE TABLE half_0 PARTITION OF halves FOR VALUES IN (0) WITH (fillfactor = 10)",
                "CREATE TABLE half_1 PARTITION OF halves FOR VALUES IN (1)",
                "INSERT INTO halves SELECT i, i % 2 FROM generate_series(1, 40000) i",
                "CREATE TABLE parent (id int, n int)",
                "CREATE TABLE child () INHERITS (parent)",
                "INSERT INTO parent VALUES (1, 1)",
                "INSERT INTO child VALUES (2, 2)",
                "CREATE VIEW seen AS SELECT id, n FROM halves WHERE id <= 10",
                "CREATE MATERIALIZED VIEW kept AS SELECT id, n FROM halves WHERE id <= 20",
                "CREATE TABLE empty (id int, n int)");
        assertThat(from("halves").readers(4).copyTo(to(name)).written()).isEqualTo(40_000);
        assertThat(from("parent").readers(2).copyTo(to(name)).written()).isEqualTo(2);
        assertThat(from("seen").readers(2).copyTo(to(name)).written()).isEqualTo(10);
        assertThat(from("kept").readers(2).copyTo(to(name)).written()).isEqualTo(20);
        assertThat(from("empty").readers(2).copyTo(to(name)).written()).isZero();
        assertThat(target.query("SELECT count(*), count(DISTINCT id) FROM " + name))
                .containsExactly("40032|40000");

        target.execute(
                "CREATE TABLE thirds (id int, n int) PARTITION BY LIST (n)",
                "CREATE TABLE third PARTITION OF thirds FOR VALUES IN (0)");
        assertCounts(from("seen").copyTo(to("thirds"), RejectListener.keep(9)), 5, 5, 0);
    }

    @Test
    void triggers_policies_and_rules_of_the_target_hold() {
        String name = table("id int PRIMARY KEY, n int");
        source.execute("INSERT INTO " + name + " SELECT i, i FROM generate_series(1, 6) i");
        target.execute(
                "CREATE FUNCTION skip_odd() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN IF NEW.n % 2 = 1 THEN RETURN NULL; END IF; RETURN NEW; END'",
                "CREATE TRIGGER skip BEFORE INSERT ON " + name + " FOR EACH ROW EXECUTE FUNCTION skip_odd()");
        assertCounts(from(name).copyTo(to(name)), 3, 0, 3);

        target.execute(
                "DROP TRIGGER skip ON " + name,
                "TRUNCATE " + name,
                "ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY low ON " + name + " USING (true) WITH CHECK (n < 4)",
                "CREATE ROLE copier LOGIN PASSWORD 'c'",
                "GRANT ALL ON " + name + " TO copier");
        try (PostgresDatabase copier = target.as("copier", "c")) {
            assertCounts(from(name).copyTo(copier.table(name), RejectListener.keep(9)), 3, 3, 0);
        }
        target.execute("TRUNCATE " + name, "CREATE RULE nothing AS ON INSERT TO " + name + " DO INSTEAD NOTHING");
        assertThatThrownBy(() -> from(name).copyTo(to(name)))
                .hasMessageContaining("cannot perform INSERT RETURNING on relation");
    }

    @Test
    void rows_that_refer_to_later_ones_are_written() {
        String name = table(SPARSE);
        source.execute("INSERT INTO " + name + SPARSE_ROWS, "UPDATE " + name + " SET n = 10001 - id");
        target.execute("ALTER TABLE " + name + " ADD FOREIGN KEY (n) REFERENCES " + name);
        source.execute("UPDATE " + name + " SET n = 0 WHERE id = 5");
        assertCounts(from(name).copyTo(to(name), RejectListener.keep(9)), 9_998, 2, 0);
        assertThat(target.query("SELECT id FROM " + name + " WHERE id IN (5, 9996)"))
                .isEmpty();
    }

    @Test
    void an_upsert_and_a_table_of_other_types_take_the_rows_one_by_one() {
        String name = table("id int PRIMARY KEY, n numeric(10,2), at timestamp");
        source.execute("INSERT INTO " + name + " VALUES (1, 1.5, '2024-01-01'), (2, 2.5, NULL)");
        target.execute("INSERT INTO " + name + " VALUES (1, 0, NULL)");
        assertCounts(from(name).copyTo(to(name).upsertBy("id")), 2, 0, 0);
        assertSame(name, "t");
        target.execute("CREATE TABLE wide (id bigint, n numeric(20,4), at timestamp, more text DEFAULT 'more')");
        assertCounts(from(name).copyTo(to("wide")), 2, 0, 0);
        assertThat(target.query("SELECT * FROM wide ORDER BY id"))
                .containsExactly("1|1.5000|2024-01-01 00:00:00|more", "2|2.5000||more");
        target.execute("CREATE TABLE narrow (id int, n numeric(3,1), needed int NOT NULL)");
        assertThatThrownBy(() -> from(name).copyTo(to("narrow")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.table_mismatch"))
                .hasMessageContaining("column 'at' is missing; column 'needed' needs a value");
        assertThatThrownBy(() -> from("nowhere").copyTo(to("narrow")))
                .hasMessageContaining("has no such table or view");
        assertThatThrownBy(() -> from(name).copyTo(to("nowhere"))).hasMessageContaining("has no such table or view");
    }

    @Test
    void types_of_one_name_that_are_made_of_other_things_are_not_the_same() {
        source.execute(
                "CREATE TYPE spot AS (lat int, lon int)",
                "CREATE TABLE spots (at spot)",
                "INSERT INTO spots VALUES ('(52,4)')");
        target.execute("CREATE TYPE spot AS (lon int, lat text)", "CREATE TABLE spots (at spot, far spot[])");
        List<TargetColumn> columns = List.of(column(source, "spots"));
        assertThat(columns.get(0).type()).isNotEqualTo(column(target, "spots").type());
    }

    private static TargetColumn column(TestDatabase database, String table) {
        try (TableSnapshot snapshot = database.source(table).open(table, 1)) {
            return snapshot.columns().get(0);
        }
    }

    @Test
    void rows_are_rejected_with_values_that_have_no_class_in_java() {
        String name = table("id int, bits bit(3), term interval, cursor refcursor, day date, amount numeric(4,2)");
        source.execute("INSERT INTO " + name
                + " SELECT i, '101', '1 day', 'c', 'infinity', 'NaN' FROM generate_series(1, 3) i");
        target.execute("ALTER TABLE " + name + " ADD CHECK (id <> 2)");
        List<RejectedRow> rejects = new ArrayList<>();
        assertCounts(from(name).copyTo(to(name), rejects::add), 2, 1, 0);
        assertThat(rejects.get(0).row().values()).containsExactly("2", "101", "1 day", "c", "infinity", "NaN");
    }

    @Test
    void a_source_that_fails_in_the_middle_leaves_nothing() {
        String name = table(SPARSE);
        source.execute("INSERT INTO " + name + SPARSE_ROWS);
        source.execute("CREATE VIEW broken AS SELECT id, 1 / (id - 9000) AS n, note FROM " + name);
        assertThatThrownBy(() -> from("broken").copyTo(to(name), RejectListener.keep(9)))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("[broken]");
        assertThat(target.query("SELECT * FROM " + name)).isEmpty();
    }
}
