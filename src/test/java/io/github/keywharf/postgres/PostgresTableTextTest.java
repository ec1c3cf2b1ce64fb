package io.github.keywharf.postgres;

import static io.github.keywharf.postgres.TestRows.assertCounts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteReport;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Rows of text, as a file has them, into columns of other types. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTableTextTest {

    private static final String COLUMNS =
            "id int PRIMARY KEY, wide bigint, price numeric(10,2), ratio float8, flag bool,"
                    + " day date, at timestamp, moment timestamptz, ref uuid, raw bytea, amount numeric, term interval,"
                    + " address inet, tags text[], details jsonb, spot point";

    private final TestDatabase database = new TestDatabase();

    @AfterAll
    void drop() {
        database.close();
    }

    private static Rows csv(String... lines) {
        byte[] bytes = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        return Csv.reader("lines.csv", () -> new ByteArrayInputStream(bytes)).rows();
    }

    @Test
    void texts_become_values_of_each_column() {
        String name = database.table(COLUMNS);
        PostgresTable table = database.database().table(name);
        String header = "id,wide,price,ratio,flag,day,at,moment,ref,raw,amount,term,address,tags,details,spot";
        String first = "1,9000000000,12.50,0.25,t,2024-02-29,2024-01-01T12:00:00,2024-01-01T12:00:00+02:00,"
                + "00000000-0000-0000-0000-000000000001,\\x00ff,1e-3,1 day,10.0.0.1/8,\"{a,b}\",\"{\"\"a\"\": 1}\",\"(1,2)\"";
        assertCounts(table.write(csv(header, first, "2,,,,,,,,,,,,,,,")), 2, 0, 0);
        String stored = "1|9000000000|12.50|0.25|t|2024-02-29|2024-01-01 12:00:00|2024-01-01 10:00:00+00|"
                + "00000000-0000-0000-0000-000000000001|\\x00ff|0.001|1 day|10.0.0.1/8|{a,b}|{\"a\": 1}|(1,2)";
        String all =
                "SELECT id, wide, price, ratio, flag, day, at, moment AT TIME ZONE 'UTC' || '+00', ref, raw, amount, term,"
                        + " address, tags, details, spot FROM " + name + " ORDER BY id";
        assertThat(database.query(all)).containsExactly(stored, "2" + "|".repeat(15));

        String changed = first.replace("1 day", "24:00:00").replace("\"(1,2)\"", "\"(1,2)\"");
        WriteReport report = table.upsertBy("id").write(csv(header, changed, "02,,,,,,,,,,,,,,,", "3,,,,,,,,,,,,,,,"));
        // An interval of 24 hours equals one of a day, and is not the same.
        assertCounts(report, 2, 0, 0);
        assertThat(report.leftOut().unchanged()).isEqualTo(1);
        assertThat(database.query("SELECT id, term FROM " + name + " ORDER BY id"))
                .containsExactly("1|24:00:00", "2|", "3|");
    }

    @Test
    void texts_that_are_no_values_are_rejected_row_by_row() {
        String name = database.table("id int, price numeric(4,2), term interval, size int4range");
        List<RejectedRow> rejects = new ArrayList<>();
        assertCounts(
                database.database()
                        .table(name)
                        .write(
                                csv(
                                        "id,price,term,size",
                                        "one,1.5,,",
                                        "2,1.555,,",
                                        "3,1.5,soon,",
                                        "4,1.5,1 day,\"[1,\"",
                                        "5,1.5,2 days,\"[1,4)\"",
                                        "6,155.5,,"),
                                rejects::add),
                1,
                5,
                0);
        assertThat(rejects)
                .extracting(RejectedRow::toString)
                .containsExactlyInAnyOrder(
                        "[lines.csv:2] id: 'one' is not a valid int32",
                        "[lines.csv:3] price: '1.555' is not a valid decimal(4,2)",
                        "[lines.csv:4] invalid input syntax for type interval: \"soon\"",
                        "[lines.csv:5] malformed range literal: \"[1,\"",
                        "[lines.csv:7] price: '155.5' is not a valid decimal(4,2)");
        assertThat(database.query("SELECT * FROM " + name)).containsExactly("5|1.50|2 days|[1,4)");
    }

    @Test
    void texts_mean_the_same_whatever_the_settings_of_the_database_and_of_this_host() {
        database.execute(
                "ALTER DATABASE " + database.name() + " SET DateStyle = 'SQL, DMY'",
                "ALTER DATABASE " + database.name() + " SET IntervalStyle = 'sql_standard'");
        String name = database.table("id int, moments timestamptz[], term interval, days daterange");
        List<RejectedRow> rejects = new ArrayList<>();
        try (PostgresDatabase other =
                database.as(TestDatabase.server().user(), TestDatabase.server().password())) {
            assertCounts(
                    other.table(name)
                            .write(
                                    csv(
                                            "id,moments,term,days",
                                            "1,{2024-01-02 00:00},-1 day 2:00,\"[2024-01-02,2024-01-03)\"",
                                            "2,,,\"[01/02/2024,02/02/2024)\""),
                                    rejects::add),
                    1,
                    1,
                    0);
        }
        database.execute(
                "ALTER DATABASE " + database.name() + " RESET DateStyle",
                "ALTER DATABASE " + database.name() + " RESET IntervalStyle");
        assertThat(rejects).singleElement().asString().contains("out of range");
        assertThat(database.query(
                        "SELECT extract(epoch FROM moments[1])::bigint, extract(epoch FROM term)::int, lower(days) ="
                                + " make_date(2024, 1, 2) FROM " + name))
                .containsExactly("1704153600|-79200|t");
    }

    @Test
    void texts_that_are_too_long_for_a_column_are_rejected_and_not_cut() {
        String name = database.table("id int, bits bit(3), few varchar(3)[], vary varbit(3)");
        List<RejectedRow> rejects = new ArrayList<>();
        assertCounts(
                database.database()
                        .table(name)
                        .write(
                                csv(
                                        "id,bits,few,vary",
                                        "1,101,{abc},1",
                                        "2,10101,{abc},1",
                                        "3,1,{abc},1",
                                        "4,101,{abcdef},1",
                                        "5,101,{abc},1010"),
                                rejects::add),
                1,
                4,
                0);
        assertThat(database.query("SELECT * FROM " + name)).containsExactly("1|101|{abc}|1");
        String names = database.table("n name");
        assertThatThrownBy(() -> database.database().table(names).write(csv("n", "a")))
                .hasMessageContaining("'n' is name, which does not take string");
    }

    @Test
    void keys_that_are_read_by_the_server_are_one_if_it_calls_them_equal() {
        String name = database.table("span interval PRIMARY KEY, n int");
        WriteReport report =
                database.database().table(name).upsertBy("span").write(csv("span,n", "1 day,1", "24:00,2", "3 days,3"));
        assertThat(report.leftOut().distinct()).isEqualTo(1);
        assertThat(database.query("SELECT span, n FROM " + name + " ORDER BY 1"))
                .containsExactly("24:00:00|2", "3 days|3");
    }

    @Test
    void a_header_with_another_separator_is_noticed() {
        assertThatThrownBy(() -> csv("id;name;amount", "1;a;2"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("format.bad_header"))
                .hasMessageContaining("'id;name;amount', and no ','; read it with separator(';')");
        assertThatThrownBy(() -> csv("id\tname", "1\ta")).hasMessageContaining("separator('\\t')");
        assertThat(csv("note", "a;b").toTable().size()).isEqualTo(1);
    }
}
