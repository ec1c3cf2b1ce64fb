package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoqlTest {
    private static String bound(Object value) {
        return Soql.bind(":x", Map.of("x", value));
    }

    @Test
    void texts_are_quoted_and_escaped_by_the_documented_rules() {
        assertThat(bound("O'Hara")).isEqualTo("'O\\'Hara'");
        assertThat(bound("a\n\r\t\b\f\"\\b")).isEqualTo("'a\\n\\r\\t\\b\\f\\\"\\\\b'");
        assertThat(bound("\u0001")).isEqualTo("'\\u0001'");
        assertThat(bound("100%_é😀")).isEqualTo("'100%_é😀'");
        assertThat(bound('c')).isEqualTo("'c'");
        assertThat(bound(Thread.State.NEW)).isEqualTo("'NEW'");
        assertThat(bound(new UUID(0, 1))).isEqualTo("'00000000-0000-0000-0000-000000000001'");
        assertThat(Soql.text("it's")).isEqualTo("'it\\'s'");
    }

    @Test
    void a_text_cannot_end_its_quotes() {
        assertThat(Soql.bind("SELECT Id FROM A WHERE N = :n", Map.of("n", "' OR Name != '")))
                .isEqualTo("SELECT Id FROM A WHERE N = '\\' OR Name != \\''");
        assertThat(Soql.bind("WHERE N = :n", Map.of("n", "\\' OR 1=1"))).isEqualTo("WHERE N = '\\\\\\' OR 1=1'");
    }

    @Test
    void numbers_booleans_and_null_are_not_quoted() {
        assertThat(bound(5)).isEqualTo("5");
        assertThat(bound(-5_000_000_000L)).isEqualTo("-5000000000");
        assertThat(bound(1e-7)).isEqualTo("0.00000010");
        assertThat(bound(0.1f)).isEqualTo("0.1");
        assertThat(bound(new BigDecimal("1E+3"))).isEqualTo("1000");
        assertThat(bound(BigInteger.TEN)).isEqualTo("10");
        assertThat(bound(true)).isEqualTo("true");
        assertThat(Soql.bind("WHERE A = :x", Collections.singletonMap("x", null)))
                .isEqualTo("WHERE A = null");
    }

    @Test
    void times_are_in_utc_and_to_the_millisecond() {
        assertThat(bound(LocalDate.of(2026, 1, 2))).isEqualTo("2026-01-02");
        assertThat(bound(Instant.parse("2026-01-02T03:04:05Z"))).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(bound(Instant.parse("2026-01-02T03:04:05.060Z"))).isEqualTo("2026-01-02T03:04:05.060Z");
        assertThat(bound(OffsetDateTime.parse("2026-01-02T03:04:05+02:00"))).isEqualTo("2026-01-02T01:04:05Z");
        assertThat(bound(LocalTime.of(9, 5))).isEqualTo("09:05:00.000Z");
    }

    @Test
    void what_has_no_form_is_refused_by_name() {
        assertRefused(Instant.parse("2026-01-02T03:04:05.000001Z"), "finer than the milliseconds");
        assertRefused(LocalDateTime.of(2026, 1, 2, 3, 4), "bind a LocalDate for a date, an Instant");
        assertRefused(LocalDate.of(1600, 1, 1), "years 1700 to 4000");
        assertRefused(Double.NaN, "not a finite number");
        assertRefused(new BigDecimal("1E+5000"), "beyond the numbers");
        assertRefused(new byte[1], "has no form in SOQL");
        assertRefused(List.of(), "the collection is empty");
        assertRefused(List.of(List.of(1)), "collection in a collection");
        assertThatIllegalArgumentException().isThrownBy(() -> bound("\uD83D")).withMessageContaining("surrogate");
    }

    private static void assertRefused(Object value, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bound(value))
                .withMessageStartingWith("Parameter :x cannot be bound")
                .withMessageContaining(reason);
    }

    @Test
    void collections_are_lists() {
        assertThat(Soql.bind("WHERE A IN :x", Map.of("x", List.of("a", "b'c")))).isEqualTo("WHERE A IN ('a','b\\'c')");
        assertThat(Soql.bind("WHERE A IN:x", Map.of("x", List.of(1)))).isEqualTo("WHERE A IN (1)");
    }

    @Test
    void names_in_texts_comments_and_times_are_left_alone() {
        assertThat(Soql.bind("SELECT ':a' /* :b */ // :c\n, 'it\\':d' , 2026-01-01T10:00:00Z = :x", Map.of("x", 1)))
                .isEqualTo("SELECT ':a' /* :b */ // :c\n, 'it\\':d' , 2026-01-01T10:00:00Z = 1");
        assertThat(Soql.bind("WHERE A = LAST_N_DAYS:30 AND B=:b", Map.of("b", 2)))
                .isEqualTo("WHERE A = LAST_N_DAYS:30 AND B=2");
    }

    @Test
    void a_count_of_days_is_bound_behind_its_colon() {
        assertThat(Soql.bind("WHERE A > LAST_N_DAYS:days", Map.of("days", 30))).isEqualTo("WHERE A > LAST_N_DAYS:30");
        assertThat(Soql.bind("WHERE A < N_DAYS_AGO:days", Map.of("days", 3L))).isEqualTo("WHERE A < N_DAYS_AGO:3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Soql.bind("WHERE A > LAST_N_DAYS:days", Map.of("days", "1 OR")))
                .withMessageContaining("whole number");
    }

    @Test
    void names_without_values_and_values_without_names_are_errors() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Soql.bind("WHERE A = :nam", Map.of("name", 1)))
                .withMessageContaining("no value for :nam")
                .withMessageContaining("[name]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Soql.bind("WHERE A = :a", Map.of("a", 1, "b", 2)))
                .withMessageContaining("no :b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Soql.bind("WHERE A = 'it", Map.of()))
                .withMessageContaining("does not end");
    }

    @Test
    void a_value_that_holds_a_name_is_not_bound_a_second_time() {
        assertThat(Soql.bind("A = :a AND B = :b", Map.of("a", ":b", "b", ":a"))).isEqualTo("A = ':b' AND B = ':a'");
    }

    @Test
    void statements_that_are_too_long_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Soql.bind("A = :a", Map.of("a", "x".repeat(Soql.MAX_CHARACTERS))))
                .withMessageContaining("100000 characters");
        assertThatIllegalArgumentException().isThrownBy(() -> Soql.bind("x".repeat(Soql.MAX_CHARACTERS + 1), Map.of()));
    }

    @Test
    void patterns_take_a_text_as_it_is() {
        assertThat(bound(Soql.startsWith("50%_\\'"))).isEqualTo("'50\\%\\_\\\\\\'%'");
        assertThat(bound(Soql.contains("a"))).isEqualTo("'%a%'");
        assertThat(bound(Soql.endsWith("a"))).hasToString("'%a'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Name", "Account.Owner.Name", "Score__c", "ns__Field__c", "Rel__r.Name"})
    void names_are_let_through(String name) {
        assertThat(Soql.identifier(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "Name FROM User", "a.", ".a", "1a", "_a", "a_", "a'", "a,b", "naïve", "a\n"})
    void what_is_not_a_name_is_refused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Soql.identifier(name))
                .withMessageContaining("not the name of an object or field");
    }

    @Test
    void search_texts_have_no_operators() {
        assertThat(Soql.searchText("a?&|!{}[]()^~*:\\\"'+-b\n"))
                .isEqualTo("a\\?\\&\\|\\!\\{\\}\\[\\]\\(\\)\\^\\~\\*\\:\\\\\\\"\\'\\+\\-b ");
        assertThatIllegalArgumentException().isThrownBy(() -> Soql.searchText(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> Soql.searchText("x".repeat(4_001)));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> hard = Arbitraries.strings()
                .withChars("'\"\\%_\n\r\t\b\f:a{}u0\u0001é")
                .ofMinLength(1)
                .ofMaxLength(12);
        Arbitrary<String> any = Arbitraries.strings()
                .withCharRange(' ', '\uD7FF')
                .ofMinLength(1)
                .ofMaxLength(30);
        return Arbitraries.oneOf(hard, any, any.map(text -> text + "😀"));
    }

    /** The fake reads literals with its own parser and finds the one record whose text is the same. */
    @Property(tries = 150)
    void the_org_understands_the_same_text(@ForAll("texts") String text) {
        FakeSalesforce fake = new FakeSalesforce();
        fake.insert("Sample__c", Map.of("Name", "-" + text + "-", "Ext__c", "wanted"));
        fake.insert("Sample__c", Map.of("Name", "-" + text + "-x"));
        fake.insert("Sample__c", Map.of("Name", "x-" + text + "-"));
        QueryContext org = QueryOrg.of(fake);

        assertThat(org.query("SELECT Ext__c FROM Sample__c WHERE Name = :text", Map.of("text", "-" + text + "-"))
                        .records())
                .singleElement()
                .isEqualTo(Map.of("Ext__c", "wanted"));
        assertThat(org.query(
                                "SELECT Ext__c FROM Sample__c WHERE Name LIKE :text",
                                Map.of("text", Soql.startsWith("-" + text)))
                        .size())
                .isEqualTo(2);
    }
}
