package io.github.keywharf.dictionary;

import static io.github.keywharf.dictionary.Dictionaries.keyspace;
import static io.github.keywharf.dictionary.Dictionaries.note;
import static io.github.keywharf.dictionary.Dictionaries.noted;
import static io.github.keywharf.dictionary.Dictionaries.partition;
import static io.github.keywharf.dictionary.Dictionaries.regular;
import static io.github.keywharf.dictionary.Dictionaries.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DictionaryHit.Where;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDictionaryTest {
    private static final DataDictionary SHOP = Dictionaries.shop();

    @Test
    void columns_stand_key_first_and_the_rest_by_name() {
        assertThat(SHOP.table("shop", "orders").columns())
                .extracting(DictionaryColumn::name)
                .containsExactly("customer", "at", "shipping", "total");
        assertThat(SHOP.table("shop", "orders").key()).isEqualTo("((customer), at)");
    }

    @Test
    void what_is_absent_is_said_with_what_is_there() {
        assertThatThrownBy(() -> SHOP.table("shop", "order"))
                .isInstanceOf(KeywharfException.class)
                .hasMessage(
                        "[shop] There is no table 'order', or it may not be seen; there are contact, contact_by_email,"
                                + " orders")
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("dictionary.no_table");
        assertThatThrownBy(() -> SHOP.keyspace("shopp"))
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("dictionary.no_keyspace");
        assertThatThrownBy(() -> SHOP.table("shop", "orders").column("tot\u0007al"))
                .hasMessageContaining("There is no column 'tot al'")
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("dictionary.no_column");
        assertThat(SHOP.findTable("shop", "order")).isEmpty();
        assertThat(SHOP.findTable("shopp", "orders")).isEmpty();
    }

    @Test
    void a_size_is_known_or_absent_but_never_nothing() {
        assertThat(SHOP.table("shop", "contact").size()).isEmpty();
        assertThat(SHOP.table("shop", "orders").size().get()).hasToString("about 12,000 partitions of 2.0 KiB");
        assertThatThrownBy(() -> new DictionarySize(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new DictionarySize(Long.MAX_VALUE, Long.MAX_VALUE).bytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void a_whole_name_is_found_before_its_beginning_a_word_inside_it_a_type_and_a_text() {
        DataDictionary dictionary = noted(
                Dictionaries.of(keyspace(
                        "mail",
                        List.of(
                                table("mail", "a", "", partition("email", "text")),
                                table("mail", "b", "", partition("email_kind", "text")),
                                table("mail", "c", "", partition("workEmail", "text")),
                                table("mail", "d", "", partition("femailed", "text")),
                                table("mail", "e", "", partition("to", "frozen<email>")),
                                table("mail", "f", "Sent by email", partition("id", "text")),
                                table("mail", "g", "", partition("noted", "text"))),
                        List.of())),
                note("mail.g.noted", "an EMAIL"));

        assertThat(dictionary.search("Email"))
                .extracting(DictionaryHit::path, DictionaryHit::where)
                .containsExactly(
                        tuple("mail.a.email", Where.NAME),
                        tuple("mail.b.email_kind", Where.NAME),
                        tuple("mail.c.workEmail", Where.NAME),
                        tuple("mail.d.femailed", Where.NAME),
                        tuple("mail.e.to", Where.TYPE),
                        tuple("mail.f", Where.COMMENT),
                        tuple("mail.g.noted", Where.NOTE));
        assertThat(dictionary.search("email").get(5)).hasToString("table mail.f, by its comment: Sent by email");
    }

    @Test
    void each_word_of_a_search_must_be_in_the_thing_or_its_path() {
        assertThat(SHOP.search("contact email"))
                .extracting(DictionaryHit::path)
                .containsExactly(
                        "shop.contact_by_email", "shop.contact", "shop.contact.email", "shop.contact_by_email.email");
        assertThat(SHOP.search("orders email")).isEmpty();
        assertThat(SHOP.search("gdpr")).extracting(DictionaryHit::path).containsExactly("shop.contact.email");
        assertThat(SHOP.search("shop")).extracting(DictionaryHit::path).containsExactly("shop");
        assertThat(SHOP.search("  ")).isEmpty();
        assertThatThrownBy(() -> SHOP.search("x".repeat(1_001))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void equal_dictionaries_do_not_differ_whenever_they_were_read() {
        DataDictionary later = new DataDictionary(
                "another",
                "5.0.10",
                Dictionaries.READ.plusSeconds(60),
                SHOP.scope(),
                SHOP.keyspaces(),
                SHOP.roles(),
                SHOP.grants(),
                SHOP.notes());

        assertThat(SHOP.diff(later).isEmpty()).isTrue();
        assertThat(SHOP.diff(later)).hasToString("no difference");
    }

    @Test
    void a_difference_is_a_line_and_a_value() {
        DictionaryTable orders = table(
                "shop",
                "orders",
                "One row for each order",
                partition("customer", "text"),
                regular("total", "decimal"),
                regular("paid", "boolean"));
        DictionaryTable stock = table("shop", "stock", "", partition("sku", "text"), regular("count", "int"));
        DataDictionary after = Dictionaries.of(
                keyspace("shop", List.of(orders, stock), SHOP.keyspace("shop").types()));

        DictionaryDiff diff = SHOP.diff(after);

        assertThat(diff.toString().lines())
                .containsExactly(
                        "~ table shop.orders, key: ((customer), at) -> ((customer))",
                        "~ table shop.orders, option gc_grace_seconds: 864000 -> (none)",
                        "~ column shop.orders.customer, type: uuid -> text",
                        "+ column shop.orders.paid boolean",
                        "+ table shop.stock ((sku))",
                        "- table shop.contact ((id))",
                        "- view shop.contact_by_email ((email), id)",
                        "- column shop.orders.at timestamp",
                        "- column shop.orders.shipping frozen<address>",
                        "- index shop.orders.orders_total on total");
        assertThat(diff.changes(DictionaryChange.Kind.CHANGED).get(2))
                .isEqualTo(new DictionaryChange(
                        DictionaryChange.Kind.CHANGED,
                        DictionaryObject.COLUMN,
                        "shop.orders.customer",
                        "type",
                        "uuid",
                        "text"));
        assertThat(after.diff(SHOP).changes()).hasSameSizeAs(diff.changes());
    }

    @Test
    void rights_and_notes_differ_too() {
        DataDictionary bare = Dictionaries.of(SHOP.keyspace("shop"));
        DataDictionary granted = new DataDictionary(
                "test",
                "",
                Dictionaries.READ,
                SHOP.scope(),
                SHOP.keyspaces(),
                List.of(new DictionaryRole("org_acme", false, false, Optional.of(List.of()))),
                List.of(new DictionaryGrant("org_acme", "keyspace shop", List.of("SELECT", "MODIFY"))),
                SHOP.notes());

        assertThat(bare.diff(granted).toString().lines())
                .containsExactly(
                        "~ column shop.contact.email, note: (none) -> Personal data #gdpr",
                        "+ role org_acme",
                        "+ grant org_acme on keyspace shop MODIFY, SELECT");
        assertThat(granted.diff(Dictionaries.of()).toString().lines())
                .as("rights on what is gone are gone with it")
                .containsExactly("- keyspace shop SimpleStrategy, replication_factor 3", "- role org_acme");
        DataDictionary more = new DataDictionary(
                "test",
                "",
                Dictionaries.READ,
                SHOP.scope(),
                SHOP.keyspaces(),
                granted.roles(),
                List.of(new DictionaryGrant("org_acme", "keyspace shop", List.of("SELECT"))),
                SHOP.notes());
        assertThat(granted.diff(more))
                .hasToString("~ grant org_acme on keyspace shop, permissions: MODIFY, SELECT -> SELECT");
    }

    @Test
    void a_difference_of_sight_is_said() {
        DataDictionary part = new DataDictionary(
                "test",
                "",
                Dictionaries.READ,
                new DictionaryScope(DictionaryScope.Kind.GRANTED, List.of("org_acme")),
                List.of(),
                List.of(),
                List.of(),
                List.of());

        DictionaryDiff diff = SHOP.diff(part);

        assertThat(diff.sameScope()).isFalse();
        assertThat(diff.toString()).endsWith("(compared: complete, with: what may be seen by org_acme)");
        assertThat(part.complete()).isFalse();
    }

    @Test
    void a_note_about_what_is_gone_is_recognised() {
        DataDictionary dictionary = noted(
                SHOP,
                note("shop", "all of it"),
                note("shop.orders", "the table"),
                note("shop.orders.total", "the column"),
                note("shop.orders.gone", "no column"),
                note("shop.gone", "no table"),
                note("gone", "no keyspace"));

        assertThat(dictionary.strayNotes())
                .extracting(DictionaryNote::path)
                .containsExactly("gone", "shop.gone", "shop.orders.gone");
        assertThat(dictionary.findNote("shop.orders").get().by()).isEqualTo("Ada");
    }

    @Test
    void tags_are_the_words_after_a_hash() {
        assertThat(note("a", "Keep #GDPR, #pii-data; not a#b, &#39; or # alone. #gdpr")
                        .tags())
                .containsExactly("gdpr", "pii-data");
        assertThatThrownBy(() -> note("a", "x".repeat(DictionaryNote.MAX_TEXT + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4001 characters");
    }

    @Test
    void markdown_shows_hostile_texts_and_obeys_none() {
        String markdown = Dictionaries.hostile().toMarkdown();

        assertThat(markdown).doesNotContain("<").doesNotContain("\u202E").contains("&lt;script&gt;");
        assertThat(markdown.lines())
                .filteredOn(line -> line.startsWith("|"))
                .allSatisfy(line -> assertThat(line.replace("\\|", "")).matches("(\\|[^|]*)+\\|"));
        assertThat(markdown.lines()).noneMatch(line -> line.startsWith("# heading"));
        assertThat(markdown.replace("\\[", "")).doesNotContain("[link");
        assertThat(markdown.replace("\\`", "")).doesNotContain("`");
    }

    @Test
    void markdown_lists_tables_types_and_notes() {
        assertThat(SHOP.toMarkdown().lines())
                .contains(
                        "# Data dictionary of test",
                        "### shop.orders",
                        "| customer | uuid | partition key |  |  |",
                        "| at | timestamp | clustering, descending |  |  |",
                        "| email | text |  |  | Personal data \\#gdpr (Ada) |",
                        "### Type address",
                        "- index orders_total on total (SAI)");
    }

    @Test
    void the_end_of_a_name_says_in_which_form_it_is_written(@TempDir Path directory) throws IOException {
        Path json = SHOP.write(directory.resolve("dictionary.json"));
        Path html = SHOP.write(directory.resolve("dictionary.HTML"));
        SHOP.write(json);
        ObjectStore store = ObjectStore.inMemory();
        SHOP.write(store, "docs/dictionary.md");

        assertThat(DataDictionary.parse(Files.readString(json))).isEqualTo(SHOP);
        assertThat(html).content().startsWith("<!doctype html>");
        assertThat(new String(store.readSmall("docs/dictionary.md"), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(SHOP.toMarkdown());
        assertThat(directory).isDirectoryNotContaining(file -> file.toString().contains(".tmp"));
        assertThatThrownBy(() -> SHOP.write(directory.resolve("dictionary.txt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'dictionary.txt' does not end with .json, .md or .html");
        assertThatThrownBy(() -> SHOP.write(directory.resolve("none/dictionary.md")))
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("dictionary.not_written");
    }

    @Test
    void values_read_well() {
        assertThat(SHOP)
                .hasToString("DataDictionary[test, 1 keyspace, 2 tables, 1 view, 2 types, 1 index, 1 note,"
                        + " read 2024-05-20T10:15:30Z, complete]");
        assertThat(SHOP.table("shop", "orders")).hasToString("""
                shop.orders, about 12,000 partitions of 2.0 KiB
                  -- One row for each order
                  customer  uuid             partition key
                  at        timestamp        clustering, descending
                  shipping  frozen<address>
                  total     decimal
                  index orders_total on total (SAI)""");
        assertThat(SHOP.keyspace("shop").toString()).startsWith("shop: SimpleStrategy, replication_factor 3\n");
        assertThat(Dictionaries.hostile().toString()).doesNotContain("\n").doesNotContain("\u202E");
    }

    @Test
    void values_are_not_changed_by_what_they_were_made_of() {
        List<DictionaryColumn> columns = new ArrayList<>(List.of(partition("id", "uuid")));
        Map<String, String> options = new java.util.HashMap<>(Map.of("cdc", "true"));
        DictionaryTable made =
                new DictionaryTable("shop", "t", "", columns, List.of(), options, Optional.empty(), Optional.empty());
        columns.clear();
        options.clear();

        assertThat(made.columns()).hasSize(1);
        assertThat(made.options()).containsEntry("cdc", "true");
    }
}
