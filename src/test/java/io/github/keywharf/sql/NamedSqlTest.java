package io.github.keywharf.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.sql.NamedSql.Marks;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedSqlTest {

    @Test
    void names_become_marks_in_order() {
        NamedSql sql = NamedSql.parse("SELECT :a, x FROM t WHERE b = :b_2 AND c IN (:a,:B) AND d=:d; ", Marks.QUESTION);
        assertThat(sql.sql()).isEqualTo("SELECT ?, x FROM t WHERE b = ? AND c IN (?,?) AND d=?");
        assertThat(sql.parameters()).isEqualTo(List.of(":a", ":b_2", ":a", ":B", ":d"));
    }

    @Test
    void positions_become_marks_in_order() {
        NamedSql sql = NamedSql.parse("SELECT $2::int, foo$1, $$ $3 $$, '$4', arr[$1:$10] -- $5", Marks.QUESTION);
        assertThat(sql.sql()).isEqualTo("SELECT ?::int, foo$1, $$ $3 $$, '$4', arr[?:?] -- $5");
        assertThat(sql.parameters()).isEqualTo(List.of("$2", "$1", "$10"));
    }

    @Test
    void statement_only_reads_when_no_word_of_it_changes_anything() {
        for (String text : List.of(
                "SELECT 1",
                " /* DELETE */ (select 'update' UNION VALUES (2)) -- insert",
                "TABLE staff;",
                "WITH updates AS (SELECT 1) SELECT \"delete\" FROM updates",
                "values (1)")) {
            assertThat(NamedSql.parse(text, Marks.QUESTION).onlyReads())
                    .as(text)
                    .isTrue();
        }
        for (String text : List.of(
                "UPDATE staff SET id = 1",
                "EXPLAIN SELECT 1",
                "WITH gone AS (DELETE FROM staff RETURNING id) SELECT * FROM gone",
                "WITH n AS (SELECT 1) Insert INTO staff SELECT * FROM n",
                "SELECT * INTO copy FROM staff",
                "SELECT * FROM staff FOR UPDATE",
                "SELECT :id",
                "SELECT $1",
                "")) {
            assertThat(NamedSql.parse(text, Marks.QUESTION).onlyReads())
                    .as(text)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT ':a', 'it''s :b', E'\\':c', e'\\\\' || ':d'",
                "SELECT \":a\", \"x\"\":b\"",
                "SELECT 1 -- :a 'b\n, 2 --:c",
                "SELECT /* :a /* :b */ :c */ 1",
                "SELECT $$ :a ' $$, $tag$ :b $$ :c $tag$, $_1$:d$_1$",
                "SELECT '2024-01-01'::date, a::text::int",
                "SELECT arr[1:2], arr[lo:hi], arr[f(1):g], arr[\"l\":u]",
                "SELECT make_interval(days := 3)",
                "SELECT 'unfinished :a",
                "SELECT \"unfinished :a",
                "SELECT /* unfinished :a",
                "SELECT $$ unfinished :a",
                "SELECT foo$bar$ FROM t",
                "SELECT a : b"
            })
    void colons_that_are_not_names_stay(String text) {
        assertThat(NamedSql.parse(text, Marks.QUESTION)).isEqualTo(new NamedSql(text, text, List.of(), "select", true));
    }

    @Test
    void names_are_found_next_to_what_looks_like_something_else() {
        assertThat(NamedSql.parse(
                                "SELECT :a::date, ARRAY[:b,:c], arr[:d], arr[1: :e], -:f, 'x'||:g, foo$bar$,:h",
                                Marks.QUESTION)
                        .parameters())
                .isEqualTo(List.of(":a", ":b", ":c", ":d", ":e", ":f", ":g", ":h"));
        assertThat(NamedSql.parse("SELECT 'a\\' , :x, ':y'", Marks.QUESTION).parameters())
                .isEqualTo(List.of(":x"));
        assertThat(NamedSql.parse("SELECT type'a\\' , :x", Marks.QUESTION).parameters())
                .isEqualTo(List.of(":x"));
        assertThat(NamedSql.parse("SELECT 1--\n+:x", Marks.QUESTION).parameters())
                .isEqualTo(List.of(":x"));
    }

    @Test
    void operators_with_a_question_mark_are_kept_from_the_driver() {
        assertThat(NamedSql.parse("SELECT j ? 'a?', j ?| :keys -- ?\n", Marks.QUESTION)
                        .sql())
                .isEqualTo("SELECT j ?? 'a?', j ??| ? -- ?\n");
    }

    @Test
    void a_parameter_has_one_number_wherever_it_stands() {
        NamedSql sql = NamedSql.parse("SELECT :a, $2, :a, j ? 'x', {'k':v, 'l': :b, m:n}", Marks.NUMBER);
        assertThat(sql.sql()).isEqualTo("SELECT $1, $2, $1, j ? 'x', {'k':v, 'l': $3, m:n}");
        assertThat(sql.parameters()).isEqualTo(List.of(":a", "$2", ":b"));
    }

    @Test
    void the_first_word_is_that_after_comments() {
        assertThat(NamedSql.parse(" /* a /* b */ */ -- c\rCopy t", Marks.NUMBER).firstWord())
                .isEqualTo("copy");
        assertThat(NamedSql.parse("'select'", Marks.NUMBER).firstWord()).isEmpty();
    }
}
