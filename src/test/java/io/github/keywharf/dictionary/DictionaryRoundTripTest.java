package io.github.keywharf.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DictionaryType.Field;
import io.github.keywharf.internal.PageData;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** A saved dictionary is the dictionary; anything else is refused with a reason. */
class DictionaryRoundTripTest {
    private static final Arbitrary<String> TEXT = Arbitraries.strings()
            .withCharRange(' ', '~')
            .withChars("\"'<>&\\\n\t\u202Eäß€\u0000")
            .ofMinLength(1)
            .ofMaxLength(12);

    private static Arbitrary<List<String>> texts() {
        return TEXT.list().ofMaxSize(3);
    }

    private static Arbitrary<Map<String, String>> map() {
        return Arbitraries.maps(TEXT, TEXT).ofMaxSize(3);
    }

    private static Arbitrary<DictionaryColumn> column() {
        return Combinators.combine(
                        TEXT,
                        TEXT,
                        Arbitraries.of(DictionaryColumn.Kind.class),
                        Arbitraries.integers().between(0, 5).optional(),
                        Arbitraries.of(DictionaryColumn.Order.class).optional(),
                        TEXT.optional())
                .as(DictionaryColumn::new);
    }

    private static Arbitrary<DictionaryIndex> index() {
        return Combinators.combine(TEXT, Arbitraries.of(DictionaryIndex.Kind.class), TEXT, TEXT.optional(), map())
                .as(DictionaryIndex::new);
    }

    private static Arbitrary<DictionaryTable> table(String keyspace) {
        return Combinators.combine(
                        TEXT,
                        TEXT,
                        column().list().ofMaxSize(4),
                        index().list().ofMaxSize(2),
                        map(),
                        Combinators.combine(TEXT, TEXT, Arbitraries.of(true, false))
                                .as(DictionaryView::new)
                                .optional(),
                        Combinators.combine(
                                        Arbitraries.longs().greaterOrEqual(1),
                                        Arbitraries.longs().greaterOrEqual(0))
                                .as(DictionarySize::new)
                                .optional())
                .as((name, comment, columns, indexes, options, view, size) ->
                        new DictionaryTable(keyspace, name, comment, columns, indexes, options, view, size));
    }

    private static Arbitrary<List<Field>> fields() {
        return Combinators.combine(TEXT, TEXT).as(Field::new).list().ofMaxSize(3);
    }

    private static Arbitrary<DictionaryKeyspace> keyspace() {
        return TEXT.flatMap(name -> Combinators.combine(
                        Arbitraries.of(DictionaryKeyspace.Kind.class),
                        Arbitraries.of(true, false),
                        map(),
                        table(name).list().ofMaxSize(3),
                        Combinators.combine(TEXT, fields())
                                .as((type, fields) -> new DictionaryType(name, type, fields))
                                .list()
                                .ofMaxSize(2),
                        Combinators.combine(TEXT, fields(), TEXT, TEXT, TEXT, Arbitraries.of(true, false))
                                .as((function, arguments, returns, language, body, onNull) -> new DictionaryFunction(
                                        name, function, arguments, returns, language, body, onNull))
                                .list()
                                .ofMaxSize(2),
                        Combinators.combine(TEXT, texts(), TEXT, TEXT, TEXT, TEXT.optional(), TEXT.optional())
                                .as((aggregate, types, returns, function, state, end, initial) ->
                                        new DictionaryAggregate(
                                                name, aggregate, types, returns, function, state, end, initial))
                                .list()
                                .ofMaxSize(2))
                .as((kind, flag, replication, tables, types, functions, aggregates) -> new DictionaryKeyspace(
                        name,
                        kind,
                        flag,
                        new DictionaryKeyspace.Options(!flag, replication),
                        tables,
                        types,
                        functions,
                        aggregates)));
    }

    @Provide
    Arbitrary<DataDictionary> dictionaries() {
        return Combinators.combine(
                        TEXT,
                        Arbitraries.longs().between(0, 4_000_000_000_000L).map(Instant::ofEpochMilli),
                        Combinators.combine(Arbitraries.of(DictionaryScope.Kind.class), texts())
                                .as(DictionaryScope::new),
                        keyspace().list().ofMaxSize(3),
                        Combinators.combine(
                                        TEXT,
                                        Arbitraries.of(true, false),
                                        Arbitraries.of(true, false),
                                        texts().optional())
                                .as(DictionaryRole::new)
                                .list()
                                .ofMaxSize(2),
                        Combinators.combine(TEXT, TEXT, texts())
                                .as(DictionaryGrant::new)
                                .list()
                                .ofMaxSize(2),
                        Combinators.combine(TEXT, TEXT)
                                .as((path, text) -> new DictionaryNote("p" + path, text, "Ada", Dictionaries.READ))
                                .list()
                                .ofMaxSize(3))
                .as((cluster, read, scope, keyspaces, roles, grants, notes) ->
                        new DataDictionary(cluster, "5.0.9", read, scope, keyspaces, roles, grants, notes));
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void what_was_saved_is_what_is_read(@ForAll("dictionaries") DataDictionary dictionary) {
        DataDictionary read = DataDictionary.parse(dictionary.toJson());

        assertThat(read).isEqualTo(dictionary);
        assertThat(dictionary.diff(read).isEmpty()).isTrue();
    }

    @Property(tries = 50, shrinking = ShrinkingMode.BOUNDED)
    void whatever_names_and_texts_are_they_are_not_markup(@ForAll("dictionaries") DataDictionary dictionary) {
        assertThat(HtmlChecks.harm(dictionary.toHtml())).isEmpty();
        assertThat(DataDictionary.parse(PageData.of(dictionary.toHtml()))).isEqualTo(dictionary);
        assertThat(dictionary.toMarkdown()).doesNotContain("<");
    }

    @Example
    void json_that_is_not_a_dictionary_is_refused_with_a_reason() {
        String json = Dictionaries.shop().toJson();

        assertRefused("", "is not a JSON object");
        assertRefused("[]", "is not a JSON object");
        assertRefused(json.substring(0, json.length() / 2), "cannot be read");
        assertRefused(json + "{}", "cannot be read");
        assertRefused(json.replace("\"version\" : 1", "\"version\" : 2"), "is of version 2, and this library reads 1");
        assertRefused("{}", "is of version ?");
        assertRefused(json.replace("\"PARTITION_KEY\"", "\"NO_KEY\""), "cannot be read");
        assertRefused(json.replace("\"whole\" : true", "\"whole\" : \"yes\""), "cannot be read");
        assertRefused(json.replace("\"partitions\" : 12000", "\"partitions\" : 0"), "cannot be read");
        assertRefused(json.replace("\"cluster\"", "\"cluster\" : \"twice\", \"cluster\""), "cannot be read");
        assertRefused("[".repeat(10_000), "cannot be read");
        assertRefused(" ".repeat(DataDictionary.MAX_JSON + 1), "at most 67108864 are read");
    }

    @Example
    void members_that_are_unknown_or_missing_are_named() {
        String json = Dictionaries.shop().toJson();

        assertRefused(
                json.replace("\"cluster\"", "\"later\" : [1, 2], \"cluster\""), "its member 'later' is not known");
        assertRefused(
                json.replaceFirst("\"durableWrites\" : true,", ""),
                "its member 'keyspaces[0].durableWrites' is missing");
        assertRefused(json.replaceFirst("\"name\" : \"shop\",", ""), "its member 'keyspaces[0].name' is missing");
    }

    private static void assertRefused(String json, String reason) {
        assertThatThrownBy(() -> DataDictionary.parse(json))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining(reason)
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("dictionary.bad_json");
    }
}
