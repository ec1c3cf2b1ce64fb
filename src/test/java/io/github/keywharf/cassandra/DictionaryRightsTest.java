package io.github.keywharf.cassandra;

import static io.github.keywharf.cassandra.DictionaryFixture.as;
import static io.github.keywharf.cassandra.DictionaryFixture.dictionary;
import static io.github.keywharf.cassandra.DictionaryFixture.session;
import static io.github.keywharf.cassandra.DictionaryFixture.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.dictionary.DataDictionary;
import io.github.keywharf.dictionary.DictionaryGrant;
import io.github.keywharf.dictionary.DictionaryKeyspace;
import io.github.keywharf.dictionary.DictionaryRole;
import io.github.keywharf.dictionary.DictionaryScope;
import io.github.keywharf.dictionary.DictionaryTable;
import io.github.keywharf.dictionary.DictionaryType;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server shows its schema to everyone who can log in; the dictionary does not. */
class DictionaryRightsTest {
    private static String mine;
    private static String others;

    @BeforeAll
    static void make() {
        mine = DictionaryFixture.keyspace();
        others = DictionaryFixture.createSmallKeyspace();
    }

    @Test
    void a_key_sees_what_the_organisation_s_role_has_rights_on() {
        session().execute("CREATE ROLE org_acme");
        session().execute("GRANT SELECT ON KEYSPACE " + mine + " TO org_acme");
        session().execute("GRANT MODIFY ON KEYSPACE " + mine + " TO org_acme");
        user("key_acme", "org_acme");
        try (CassandraManager key = as("key_acme")) {
            // The server itself shows this session the others' tables.
            assertThat(key.execute("SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", others)
                            .table()
                            .size())
                    .isPositive();

            DataDictionary read = key.dictionary().read();

            assertThat(read.keyspaces()).singleElement().satisfies(keyspace -> {
                assertThat(keyspace.whole()).isTrue();
                assertThat(keyspace).isEqualTo(dictionary().describeKeyspace(mine));
            });
            assertThat(read.scope())
                    .isEqualTo(new DictionaryScope(DictionaryScope.Kind.GRANTED, List.of("key_acme", "org_acme")));
            assertThat(read.complete()).isFalse();
            assertThat(read.roles()).extracting(DictionaryRole::name).containsExactly("key_acme", "org_acme");
            assertThat(read.roles().get(0).memberOf()).contains(List.of("org_acme"));
            assertThat(read.grants())
                    .containsExactly(new DictionaryGrant("org_acme", "keyspace " + mine, List.of("MODIFY", "SELECT")));
            assertThat(read.toJson()).doesNotContain(others);
            assertThat(key.dictionary().search("Client"))
                    .allMatch(hit -> hit.path().startsWith(mine + "."));
            assertThat(key.dictionary().recreate()).noneMatch(statement -> statement.contains(others));
            assertThat(key.dictionary().findKeyspace(others)).isEmpty();
            assertThatThrownBy(() -> key.dictionary().describe(others, "orders"))
                    .hasMessageContaining("or it may not be seen; there is none")
                    .extracting(DictionaryFixture::code)
                    .isEqualTo("dictionary.no_keyspace");
            assertThat(key.dictionary().withGrantFilter(false).listKeyspaces()).contains(mine, others);
            assertThat(key.dictionary().withSystem(true).listKeyspaces()).contains("system_auth", mine);

            session().execute("REVOKE org_acme FROM key_acme");
            org.awaitility.Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(key.dictionary().listKeyspaces()).isEmpty());
        }
    }

    @Test
    void a_right_on_a_table_shows_the_table_its_views_and_its_types() {
        user("one_table", "SELECT ON TABLE " + mine + ".orders");
        user("another_table", "MODIFY ON TABLE " + mine + ".\"Client\"");
        try (CassandraManager key = as("one_table");
                CassandraManager another = as("another_table")) {
            DictionaryKeyspace seen = key.dictionary().describeKeyspace(mine);

            assertThat(seen.whole()).isFalse();
            assertThat(seen.tables()).extracting(DictionaryTable::name).containsExactly("orders", "orders_by_customer");
            assertThat(seen.types()).isEmpty();
            assertThat(seen.functions()).isEmpty();
            assertThat(seen.aggregates()).isEmpty();
            assertThat(key.dictionary().recreate(mine))
                    .noneMatch(statement -> statement.contains("Client") || statement.contains("CREATE TYPE"))
                    .hasSize(4);
            assertThat(another.dictionary().describeKeyspace(mine).types())
                    .extracting(DictionaryType::name)
                    .containsExactly("Postal Address", "place");
            assertThat(another.dictionary().recreate(mine).subList(0, 3))
                    .satisfiesExactly(
                            keyspace -> assertThat(keyspace).startsWith("CREATE KEYSPACE"),
                            type -> assertThat(type).startsWith("CREATE TYPE " + mine + ".place"),
                            type -> assertThat(type).startsWith("CREATE TYPE " + mine + ".\"Postal Address\""));
        }
    }

    @Test
    void a_right_on_functions_shows_functions_and_one_to_create_only_the_name() {
        user(
                "one_function",
                "EXECUTE ON FUNCTION " + mine + ".one_more(int)",
                "EXECUTE ON ALL FUNCTIONS IN KEYSPACE " + others);
        user("creator", "CREATE ON KEYSPACE " + mine, "UNMASK ON KEYSPACE " + others, "CREATE ON ALL KEYSPACES");
        try (CassandraManager key = as("one_function");
                CassandraManager creator = as("creator")) {
            DataDictionary seen = key.dictionary().read();

            assertThat(seen.tables()).isEmpty();
            assertThat(seen.keyspace(mine).functions())
                    .extracting(f -> f.name())
                    .containsExactly("one_more");
            assertThat(seen.keyspace(mine).aggregates()).isEmpty();
            assertThat(seen.keyspace(others).functions()).hasSize(2);
            assertThat(seen.keyspace(others).aggregates()).hasSize(1);
            assertThat(key.dictionary().recreate(others)).hasSize(4);
            assertThat(creator.dictionary().listKeyspaces()).containsExactly(mine);
            assertThat(creator.dictionary().listTables()).isEmpty();
        }
    }

    @Test
    void a_role_without_rights_sees_nothing_and_fails_at_nothing() {
        user("nobody");
        try (CassandraManager key = as("nobody")) {
            DataDictionary seen = key.dictionary().read();

            assertThat(seen.keyspaces()).isEmpty();
            assertThat(seen.grants()).isEmpty();
            assertThat(seen.scope()).hasToString("what may be seen by nobody");
            assertThat(key.dictionary().recreate()).isEmpty();
        }
    }

    @Test
    void who_may_select_everything_or_list_every_right_or_is_a_member_of_a_superuser_sees_all() {
        session().execute("CREATE ROLE superusers WITH SUPERUSER = true");
        user("reads_all", "SELECT ON ALL KEYSPACES");
        user("lists_all", "DESCRIBE ON ALL ROLES");
        user("in_superusers", "superusers");
        for (String user : List.of("reads_all", "lists_all", "in_superusers")) {
            try (CassandraManager key = as(user)) {
                DataDictionary seen = key.dictionary().read();

                assertThat(seen.scope().kind()).as(user).isEqualTo(DictionaryScope.Kind.ALL);
                assertThat(seen.keyspaces())
                        .extracting(DictionaryKeyspace::name)
                        .contains(mine, others);
            }
        }
    }
}
