package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.salesforce.QueryOrg.Written;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that no healthy org gives, and some that it may give in another order. */
class QueryPagesTest {
    private static final String NEXT = "/services/data/v66.0/query/01g-2";

    private static String page(int total, boolean done, String link, String... names) {
        StringBuilder records = new StringBuilder();
        for (String name : names) {
            records.append(records.isEmpty() ? "" : ",").append("{'attributes':{'type':'A'},'Name':'" + name + "'}");
        }
        return "{'totalSize':" + total + ",'done':" + done + (link == null ? "" : ",'nextRecordsUrl':'" + link + "'")
                + ",'records':[" + records + "]}";
    }

    private static KeywharfException refused(Written answers) {
        return catchThrowableOfType(
                KeywharfException.class,
                () -> answers.query("SELECT Name FROM A").records());
    }

    @Test
    void the_keys_of_a_page_come_in_any_order() {
        Written answers = new Written()
                .json("{'records':[{'Name':'a'}],'nextRecordsUrl':'" + NEXT
                        + "','x':{'y':[1]},'done':false,'totalSize':2}")
                .json("{'done':true,'records':[{'Name':'b'}],'totalSize':2}");

        assertThat(answers.query("SELECT Name FROM A").records())
                .containsExactly(Map.of("Name", "a"), Map.of("Name", "b"));
        assertThat(answers.asked()).containsExactly("/services/data/v66.0/query", NEXT);
    }

    @Test
    void a_page_may_be_empty_while_others_follow() {
        Written answers = new Written()
                .describe("Name", "string")
                .json(page(1, false, NEXT))
                .json(page(1, true, null, "a"));

        assertThat(answers.query("SELECT Name FROM A").table().size()).isEqualTo(1);
    }

    @Test
    void a_result_that_ends_early_is_a_mismatch() {
        KeywharfException error =
                refused(new Written().json(page(3, false, NEXT, "a")).json(page(3, true, null, "b")));

        assertThat(error.code()).isEqualTo("salesforce.count_mismatch");
        assertThat(error).hasMessageContaining("counted 3 records").hasMessageContaining("sent 2 records");
    }

    @Test
    void rows_before_a_mismatch_are_given_and_those_of_its_page_are_not() {
        Written answers = new Written()
                .describe("Name", "string")
                .json(page(3, false, NEXT, "a"))
                .json(page(3, true, null, "b"));

        try (Rows rows = answers.query("SELECT Name FROM A").rows()) {
            ColumnBatch first = rows.next();
            assertThat(first).isNotNull();
            assertThat(first.size()).isEqualTo(1);
            assertThat(catchThrowableOfType(KeywharfException.class, rows::next).code())
                    .isEqualTo("salesforce.count_mismatch");
        }
    }

    @Test
    void rows_that_failed_do_not_go_on_behind_the_page_that_is_missing() {
        String children = "/services/data/v66.0/query/01g-3";
        Written answers = new Written()
                .describe("Name", "string")
                .json("{'totalSize':2,'done':false,'nextRecordsUrl':'" + NEXT + "','records':[{'Name':'a','Bs':"
                        + page(2, false, children, "b") + "}]}")
                .answer(HttpResponse.json(400, "[{\"errorCode\":\"UNKNOWN\",\"message\":\"once\"}]"))
                .json(page(2, true, null, "c"));

        try (Rows rows =
                answers.query("SELECT Name, (SELECT Name FROM Bs) FROM A").rows()) {
            assertThat(catchThrowableOfType(KeywharfException.class, rows::next))
                    .hasMessageContaining("once");
            assertThat(catchThrowableOfType(IllegalStateException.class, rows::next))
                    .hasMessageContaining("missing");
        }
    }

    @Test
    void more_rows_than_counted_are_a_mismatch() {
        assertThat(refused(new Written().json(page(1, true, null, "a", "b"))).code())
                .isEqualTo("salesforce.count_mismatch");
    }

    @Test
    void pages_without_a_link_to_the_others_are_a_mismatch() {
        assertThat(refused(new Written().json(page(2, false, null, "a"))))
                .hasMessageContaining("no link")
                .extracting(KeywharfException::code)
                .isEqualTo("salesforce.count_mismatch");
    }

    @Test
    void a_link_that_was_followed_before_is_a_mismatch() {
        Written answers = new Written().json(page(9, false, NEXT, "a")).json(page(9, false, NEXT, "b"));

        assertThat(refused(answers))
                .hasMessageContaining("circle")
                .extracting(KeywharfException::code)
                .isEqualTo("salesforce.count_mismatch");
        assertThat(answers.asked()).hasSize(2);
    }

    @Test
    void empty_pages_without_end_are_a_mismatch() {
        Written answers = new Written();
        for (int i = 0; i < 200; i++) {
            answers.json(page(9, false, NEXT + i));
        }

        assertThat(refused(answers).code()).isEqualTo("salesforce.count_mismatch");
        assertThat(answers.asked()).hasSize(101);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/services/data/v66.0/query/01g-2",
                "//evil.example/services/data/x",
                "/services/data/../oauth2/token",
                "/services/apexrest/x",
                "/services/data//evil.example/x",
                "/services/data/v66.0/query/a b",
                "/services/data/v66.0/query/x#y",
                "query/01g-2"
            })
    void links_that_lead_elsewhere_are_not_followed(String link) {
        Written answers = new Written().json(page(2, false, link, "a"));

        assertThat(refused(answers).code()).isEqualTo("salesforce.bad_answer");
        assertThat(answers.asked()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{'done':true,'records':[]}",
                "{'totalSize':0,'records':[]}",
                "{'totalSize':0,'done':true}",
                "{'totalSize':1,'done':true,'records':{}}",
                "{'totalSize':1,'done':true,'records':[1]}",
                "{'totalSize':0,'done':true,'records':[]} x",
                "{'totalSize':'1','done':true,'records':[]}",
                "{'totalSize':-1,'done':true,'records':[]}",
                "<html>"
            })
    void what_is_not_a_page_is_a_bad_answer(String json) {
        assertThat(refused(new Written().json(json)).code()).isEqualTo("salesforce.bad_answer");
    }

    @Test
    void a_page_that_ends_in_its_middle_is_asked_for_again() {
        Written answers = new Written()
                .describe("Name", "string")
                .json(page(1, true, null, "a").substring(0, 60))
                .json(page(1, true, null, "b"));

        assertThat(answers.query("SELECT Name FROM A").table().row(0).value("Name"))
                .isEqualTo("b");
    }

    @Test
    void children_are_counted_too() {
        String child =
                "{'totalSize':1,'done':true,'records':[{'Name':'A','Bs':{'records':[{'X':1}],'done':true,'totalSize':2}}]}";

        assertThat(catchThrowableOfType(
                                KeywharfException.class,
                                () -> new Written()
                                        .json(child)
                                        .query("SELECT Name, (SELECT X FROM Bs) FROM A")
                                        .records())
                        .code())
                .isEqualTo("salesforce.count_mismatch");
        assertThat(catchThrowableOfType(
                                KeywharfException.class,
                                () -> new Written()
                                        .json(child.replace("'done':true,'totalSize':2", "'done':false,'totalSize':2"))
                                        .query("SELECT Name, (SELECT X FROM Bs) FROM A")
                                        .records())
                        .code())
                .isEqualTo("salesforce.count_mismatch");
    }

    @Test
    void children_of_children_are_followed() {
        String inner =
                "{'totalSize':2,'done':false,'nextRecordsUrl':'/services/data/v66.0/query/in','records':[{'Y':1}]}";
        Written answers = new Written()
                .json("{'totalSize':1,'done':true,'records':[{'Bs':{'totalSize':2,'done':false,'nextRecordsUrl':"
                        + "'/services/data/v66.0/query/out','records':[{'X':1,'Cs':null}]}}]}")
                .json("{'totalSize':2,'done':true,'records':[{'X':2,'Cs':" + inner + "}]}")
                .json("{'totalSize':2,'done':true,'records':[{'Y':2}]}");

        assertThat(answers.query("SELECT (SELECT X, (SELECT Y FROM Cs) FROM Bs) FROM A")
                        .records()
                        .get(0)
                        .get("Bs"))
                .hasToString("[{X=1, Cs=null}, {X=2, Cs=[{Y=1}, {Y=2}]}]");
    }

    @ParameterizedTest
    @CsvSource({
        "int, 1.5",
        "int, 3000000000",
        "int, 'x'",
        "double, 'x'",
        "double, 1e999",
        "boolean, 'maybe'",
        "date, '2026-02-30'",
        "datetime, '2026-01-01'",
        "time, '25:00:00.000Z'",
        "string, {'a':1}",
        "string, '\\ud83d'"
    })
    void a_value_that_does_not_fit_names_column_row_and_value(String type, String value) {
        String json = value.startsWith("{") || value.matches("[0-9.e]+") ? value : "'" + value + "'";
        Written answers = new Written()
                .describe("F", type)
                .json("{'totalSize':2,'done':true,'records':[{'F':null},{'F':" + json + "}]}");

        KeywharfException error = catchThrowableOfType(
                KeywharfException.class, () -> answers.query("SELECT F FROM A").table());

        assertThat(error.code()).isEqualTo("salesforce.bad_record");
        assertThat(error).hasMessageContaining("Column 'F' of row 2 of A");
        if (!value.startsWith("{") && !value.startsWith("\\")) {
            assertThat(error).hasMessageContaining("'" + value + "'");
        }
    }

    @Test
    void a_selected_field_that_is_not_there_is_an_error_and_not_null() {
        KeywharfException e = catchThrowableOfType(
                KeywharfException.class,
                () -> new Written()
                        .describe("Id", "id", "Title", "string")
                        .json("{'totalSize':2,'done':true,'records':[{'Id':'1','Title':null},{'Id':'2'}]}")
                        .query("SELECT Id, Title FROM Contact")
                        .table());

        assertThat(e.code()).isEqualTo("salesforce.bad_answer");
        assertThat(e).hasMessageContaining("Row 2 of Contact").hasMessageContaining("'Title'");
    }

    /** A child with these parts of an answer in it, by a query of its parent's name and number, and of its grandparent's name. */
    private static List<?> children(String... parents) {
        StringBuilder records = new StringBuilder();
        for (String parent : parents) {
            records.append(records.isEmpty() ? "" : ",").append("{" + parent + "}");
        }
        String parentOf = "{'fields':[{'name':'%1$sId','type':'reference','relationshipName':'%1$s',"
                + "'referenceTo':['%1$s']},{'name':'Name','type':'string'},{'name':'No__c','type':'double'}]}";
        return new Written()
                        .json(parentOf.formatted("P"))
                        .json(parentOf.formatted("G"))
                        .describe("Name", "string")
                        .json("{'totalSize':" + parents.length + ",'done':true,'records':[" + records + "]}")
                        .query("SELECT P.Name, P.No__c, P.G.Name, Name FROM C")
                        .table()
                        .rows()
                        .stream()
                        .map(row -> row.toMap().values().toString())
                        .toList();
    }

    @Test
    void parents_may_be_there_or_not_record_by_record() {
        assertThat(children(
                        "'P':null,'Name':'1'",
                        "'P':{'attributes':{},'Name':'p','No__c':0.5,'G':{'Name':'g'}},'Name':'2'",
                        "'Name':'3'",
                        "'Name':'4','P':{'G':null,'No__c':-0,'Name':null}",
                        "'P':{'Name':'q','No__c':null},'Name':null",
                        "'Name':'6','P':{'G':{'Name':null},'Name':'r','No__c':1.250}"))
                .hasToString("[[null, null, null, 1], [p, 0.5, g, 2], [null, null, null, 3], [null, -0.0, null, 4],"
                        + " [q, null, null, null], [r, 1.25, null, 6]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'P':{'Name':'p'},'Name':'2'|bad_answer|'P.No__c'",
                "'P':{'Name':'p','No__c':1,'G':{}},'Name':'2'|bad_answer|'P.G.Name'",
                "'P':{'Name':'p','No__c':1,'No__c':2},'Name':'2'|bad_record|'P.No__c'",
                "'P':{'Name':'p','No__c':1},'Name':'2','name':null|bad_record|'Name'",
                "'P':{'Name':'p','No__c':1},'P':{'Name':'p','No__c':1},'Name':'2'|bad_record|'P.Name'",
                "'P':{'Name':'p','No__c':1},'No__c':1,'Name':'2'|bad_record|'No__c'"
            })
    void a_field_of_a_parent_that_is_lost_or_doubled_is_an_error(String record, String code, String column) {
        KeywharfException e = catchThrowableOfType(
                KeywharfException.class, () -> children("'P':{'Name':'p','No__c':1},'Name':'1'", record, "'Name':'3'"));

        assertThat(e.code()).isEqualTo("salesforce." + code);
        assertThat(e).hasMessageContaining("ow 2 of C").hasMessageContaining(column);
    }

    @Test
    void values_of_aggregates_may_be_left_out() {
        assertThat(new Written()
                        .describe("Title", "string", "Score__c", "double")
                        .json("{'totalSize':1,'done':true,'records':[{'Title':'Cook'}]}")
                        .query("SELECT Title, MAX(Score__c) FROM Contact GROUP BY Title")
                        .table()
                        .row(0)
                        .value("expr0"))
                .isNull();
    }

    @Test
    void numbers_beyond_doubles_keep_their_value_in_records() {
        assertThat(new QueryOrg.Written()
                        .json(
                                "{'totalSize':1,'done':true,'records':[{'Big__c':1e400,'Long__c':98765432109876543210,'Small__c':0.5,'Tiny__c':-1e-400,'Zero__c':0.00}]}")
                        .query("SELECT Big__c, Long__c, Small__c, Tiny__c, Zero__c FROM Contact")
                        .records())
                .containsExactly(Map.of(
                        "Big__c",
                        new BigDecimal("1e400"),
                        "Long__c",
                        new BigInteger("98765432109876543210"),
                        "Small__c",
                        0.5,
                        "Tiny__c",
                        new BigDecimal("-1e-400"),
                        "Zero__c",
                        0.0));
    }

    @Test
    void whole_numbers_may_be_written_with_a_point() {
        Written answers = new Written()
                .describe("F", "int", "G", "long")
                .json("{'totalSize':1,'done':true,'records':[{'F':5.0,'G':6e2}]}");

        assertThat(answers.query("SELECT F, G FROM A").table().row(0).toMap().values())
                .containsExactly(5, 600L);
    }

    @Test
    void a_field_that_was_not_asked_for_is_an_error_and_not_left_out() {
        Written answers =
                new Written().describe("F", "int").json("{'totalSize':1,'done':true,'records':[{'F':5,'Other':6}]}");

        KeywharfException error = catchThrowableOfType(
                KeywharfException.class, () -> answers.query("SELECT F FROM A").table());

        assertThat(error.code()).isEqualTo("salesforce.bad_record");
        assertThat(error).hasMessageContaining("Other");
    }

    @Test
    void each_record_may_have_its_keys_in_an_order_and_a_case_of_its_own() {
        Written answers = new Written()
                .describe("A", "string", "B", "string", "C", "string")
                .json("{'totalSize':5,'done':true,'records':["
                        + "{'attributes':{'type':'X'},'A':'1','B':'2','C':'3'},"
                        + "{'attributes':{'type':'X'},'A':'4','B':'5','C':'6'},"
                        + "{'C':'9','A':'7','attributes':{'type':'X'},'B':'8'},"
                        + "{'b':'10','C':null,'a':null},"
                        + "{'A':null,'attributes':null,'B':'11','C':'12'}]}");

        List<String> rows = answers.query("SELECT a, B, C FROM X").table().rows().stream()
                .map(row -> row.toMap().values().toString())
                .toList();
        assertThat(rows).containsExactly("[1, 2, 3]", "[4, 5, 6]", "[7, 8, 9]", "[null, 10, null]", "[null, 11, 12]");
    }

    @Test
    void a_parent_of_several_kinds_has_the_fields_of_a_name() {
        Written answers = new Written()
                .json("{'fields':[{'name':'OwnerId','type':'reference','relationshipName':'Owner',"
                        + "'referenceTo':['Group','User']}]}")
                .answer(HttpResponse.json(404, "[{\"errorCode\":\"NOT_FOUND\",\"message\":\"x\"}]"))
                .describe("Name", "string")
                .json("{'totalSize':1,'done':true,'records':[{'Owner':{'attributes':{'type':'User'},'Name':'Ada'}}]}");

        assertThat(answers.query("SELECT Owner.Name FROM A").table().row(0).value("Owner.Name"))
                .isEqualTo("Ada");
    }

    @Test
    void a_search_gives_records_of_several_objects() {
        QueryContext org = new Written()
                .json("{'searchRecords':[{'attributes':{'type':'A'},'Id':'1'},{'attributes':{'type':'B'},'Id':'2'}]}")
                .context();

        assertThat(SearchCall.run(org.calls(), "FIND {x}"))
                .isEqualTo(List.of(
                        Map.of("attributes", Map.of("type", "A"), "Id", "1"),
                        Map.of("attributes", Map.of("type", "B"), "Id", "2")));
        assertThat(catchThrowableOfType(
                                KeywharfException.class,
                                () -> SearchCall.run(
                                        new Written().json("[]").context().calls(), "FIND {x}"))
                        .code())
                .isEqualTo("salesforce.bad_answer");
    }
}
