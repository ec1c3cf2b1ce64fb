package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoqlSelectTest {
    private static List<String> names(String soql) {
        return SoqlSelect.of(soql).items().stream().map(SoqlSelect.Item::name).toList();
    }

    private static List<List<String>> keys(String soql) {
        return SoqlSelect.of(soql).items().stream().map(SoqlSelect.Item::keys).toList();
    }

    @Test
    void fields_and_paths_are_columns_of_their_names() {
        assertThat(names("select Id,Name , Account.Owner.Name from Contact where Name = 'SELECT x FROM y' limit 3"))
                .containsExactly("Id", "Name", "Account.Owner.Name");
        assertThat(keys("SELECT Account.Name FROM Contact")).containsExactly(List.of("Account", "Name"));
        assertThat(SoqlSelect.of("SELECT Id FROM Contact").object()).isEqualTo("Contact");
    }

    @Test
    void aliases_of_objects_are_resolved() {
        assertThat(names("SELECT c.Name, a.Name, Contact.Id FROM Contact c, c.Account a WHERE a.Name = 'x'"))
                .containsExactly("Name", "Account.Name", "Id");
        assertThat(names("SELECT c.Name FROM Contact AS c USING SCOPE mine")).containsExactly("Name");
    }

    @Test
    void aggregates_are_under_their_alias_or_numbered() {
        String soql = "SELECT Account.Name, LeadSource s, COUNT(Id), MAX(Score__c) best, SUM(Score__c)"
                + " FROM Contact GROUP BY Account.Name, LeadSource";
        assertThat(names(soql)).containsExactly("Account.Name", "s", "expr0", "best", "expr1");
        assertThat(keys(soql))
                .containsExactly(List.of("Name"), List.of("s"), List.of("expr0"), List.of("best"), List.of("expr1"));
    }

    @Test
    void functions_of_output_keep_the_field_or_have_an_alias() {
        String soql =
                "SELECT toLabel(Account.Type), FORMAT(convertCurrency(Amount)) amt, FORMAT(CloseDate) FROM Opportunity";
        assertThat(names(soql)).containsExactly("Account.Type", "amt", "CloseDate");
        assertThat(keys(soql)).containsExactly(List.of("Account", "Type"), List.of("amt"), List.of("CloseDate"));
    }

    @Test
    void children_typeof_and_fields_are_understood() {
        SoqlSelect select = SoqlSelect.of(
                "SELECT FIELDS(STANDARD), (SELECT Id, (SELECT Id FROM Tasks) FROM Contacts"
                        + " WHERE Name IN ('a)','b') GROUP BY x), TYPEOF What WHEN Account THEN Phone, Name ELSE Id END FROM Event");
        assertThat(select.items())
                .extracting(SoqlSelect.Item::shape)
                .containsExactly(SoqlSelect.Shape.FIELDS, SoqlSelect.Shape.CHILD, SoqlSelect.Shape.TYPEOF);
        assertThat(select.items()).extracting(SoqlSelect.Item::name).containsExactly("", "Contacts", "What");
        assertThat(select.items().get(0).functions()).containsExactly("STANDARD");
        assertThat(select.object()).isEqualTo("Event");
    }

    @Test
    void a_count_has_no_rows() {
        assertThat(SoqlSelect.of("SELECT COUNT() FROM Contact").counts()).isTrue();
        assertThat(SoqlSelect.of("SELECT COUNT(Id) FROM Contact").counts()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT COUNT(Id) FROM A|aggregates or GROUP BY",
                "SELECT Name FROM A GROUP BY Name|aggregates or GROUP BY",
                "SELECT Id, (SELECT Id FROM Contacts) FROM A|a child subquery",
                "SELECT TYPEOF What WHEN A THEN B END FROM E|TYPEOF",
                "SELECT FIELDS(ALL) FROM A LIMIT 200|FIELDS()",
                "SELECT Id FROM A LIMIT 5 OFFSET 5|OFFSET"
            })
    void what_bulk_jobs_refuse_is_known(String soql, String reason) {
        assertThat(SoqlSelect.of(soql).restOnly()).contains(reason);
    }

    @Test
    void other_queries_go_by_bulk() {
        SoqlSelect select = SoqlSelect.of(
                "SELECT Id, Account.Name FROM Contact WHERE Id IN (SELECT ContactId FROM Case GROUP BY ContactId)"
                        + " AND Name != 'OFFSET' ORDER BY Id");
        assertThat(select.restOnly()).isEmpty();
        assertThat(select.ordered()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "FIND {x}",
                "SELECT Id",
                "SELECT Id FROM",
                "SELECT Id FROM 'Contact'",
                "SELECT Id Name, FROM Contact",
                "SELECT (SELECT Id FROM Contacts FROM Account",
                "SELECT (SELECT Id) FROM Account",
                "SELECT Id 5 FROM Contact",
                "SELECT COUNT(Id FROM Contact"
            })
    void what_cannot_be_read_is_refused(String soql) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SoqlSelect.of(soql))
                .withMessageStartingWith("The query ");
        assertThat(SoqlSelect.find(soql)).isEmpty();
    }
}
