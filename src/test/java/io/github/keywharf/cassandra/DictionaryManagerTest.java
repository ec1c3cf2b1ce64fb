package io.github.keywharf.cassandra;

import static io.github.keywharf.cassandra.DictionaryFixture.dictionary;
import static io.github.keywharf.cassandra.DictionaryFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.schema.ClusteringOrder;
import com.datastax.oss.driver.api.core.metadata.schema.ColumnMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.IndexMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import io.github.keywharf.dictionary.DataDictionary;
import io.github.keywharf.dictionary.DictionaryChange;
import io.github.keywharf.dictionary.DictionaryColumn;
import io.github.keywharf.dictionary.DictionaryColumn.Kind;
import io.github.keywharf.dictionary.DictionaryHit;
import io.github.keywharf.dictionary.DictionaryIndex;
import io.github.keywharf.dictionary.DictionaryKeyspace;
import io.github.keywharf.dictionary.DictionaryScope;
import io.github.keywharf.dictionary.DictionaryTable;
import io.github.keywharf.dictionary.DictionaryType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DictionaryManagerTest {
    private static String keyspace;

    @BeforeAll
    static void make() {
        keyspace = DictionaryFixture.keyspace();
    }

    private static KeyspaceMetadata ofTheDriver() {
        return session().refreshSchema().getKeyspace(keyspace).orElseThrow();
    }

    @Test
    void tables_columns_and_indexes_are_those_that_the_driver_knows() {
        KeyspaceMetadata driver = ofTheDriver();
        DictionaryKeyspace read = dictionary().describeKeyspace(keyspace);

        assertThat(read.tables())
                .filteredOn(table -> !table.isView())
                .extracting(DictionaryTable::name)
                .containsExactlyInAnyOrderElementsOf(names(driver.getTables().keySet()));
        assertThat(read.views())
                .extracting(DictionaryTable::name)
                .containsExactlyInAnyOrderElementsOf(names(driver.getViews().keySet()));
        for (DictionaryTable table : read.tables()) {
            CqlIdentifier name = CqlIdentifier.fromInternal(table.name());
            RelationMetadata relation = table.isView()
                    ? driver.getView(name).orElseThrow()
                    : driver.getTable(name).orElseThrow();
            assertThat(table.columns())
                    .extracting(DictionaryColumn::name)
                    .containsExactlyInAnyOrderElementsOf(
                            names(relation.getColumns().keySet()));
            assertThat(table.columns(Kind.PARTITION_KEY))
                    .extracting(DictionaryColumn::name)
                    .isEqualTo(relation.getPartitionKey().stream()
                            .map(column -> column.getName().asInternal())
                            .toList());
            for (DictionaryColumn column : table.columns()) {
                ColumnMetadata known = relation.getColumn(CqlIdentifier.fromInternal(column.name()))
                        .orElseThrow();
                ClusteringOrder order = relation.getClusteringColumns().get(known);
                assertThat(plain(column.type())).isEqualTo(plain(known.getType().asCql(true, true)));
                assertThat(column.kind() == Kind.STATIC).isEqualTo(known.isStatic());
                assertThat(column.order().map(Enum::name))
                        .isEqualTo(Optional.ofNullable(order).map(Enum::name));
            }
        }
        assertThat(read.table("Client").indexes())
                .extracting(DictionaryIndex::name)
                .containsExactlyInAnyOrderElementsOf(names(driver.getTable(CqlIdentifier.fromInternal("Client"))
                        .orElseThrow()
                        .getIndexes()
                        .keySet()));
        for (DictionaryIndex index : read.table("Client").indexes()) {
            IndexMetadata known = driver.getTable(CqlIdentifier.fromInternal("Client"))
                    .orElseThrow()
                    .getIndex(index.name())
                    .orElseThrow();
            assertThat(index.target()).isEqualTo(known.getTarget());
            assertThat(index.className()).isEqualTo(known.getClassName());
        }
    }

    @Test
    void types_functions_and_replication_are_those_that_the_driver_knows() {
        KeyspaceMetadata driver = ofTheDriver();
        DictionaryKeyspace read = dictionary().describeKeyspace(keyspace);

        assertThat(read.options().replication()).isEqualTo(driver.getReplication());
        assertThat(read.types())
                .extracting(DictionaryType::name)
                .containsExactlyInAnyOrderElementsOf(
                        names(driver.getUserDefinedTypes().keySet()));
        UserDefinedType known = driver.getUserDefinedType(CqlIdentifier.fromInternal("Postal Address"))
                .orElseThrow();
        assertThat(read.findType("Postal Address").get().fields())
                .extracting(DictionaryType.Field::name)
                .isEqualTo(known.getFieldNames().stream()
                        .map(CqlIdentifier::asInternal)
                        .toList());
        assertThat(read.functions())
                .extracting(function -> function.signature() + " " + function.returns() + " " + function.language())
                .containsExactly("add_up(int, int) int java", "one_more(int) int java");
        assertThat(read.functions().get(0).body())
                .isEqualTo(driver.getFunctions().values().stream()
                        .filter(function ->
                                function.getSignature().getName().asInternal().equals("add_up"))
                        .findFirst()
                        .orElseThrow()
                        .getBody());
        assertThat(read.aggregates()).singleElement().satisfies(aggregate -> {
            assertThat(aggregate.signature()).isEqualTo("total(int)");
            assertThat(aggregate.finalFunction()).contains("one_more");
            assertThat(aggregate.initialState()).contains("0");
        });
    }

    private static List<String> names(java.util.Collection<CqlIdentifier> names) {
        return names.stream().map(CqlIdentifier::asInternal).toList();
    }

    /** The server writes tuples of the schema as frozen, which they always are. */
    private static String plain(String type) {
        return type.replace(keyspace + ".", "").replace(" ", "").replaceAll("frozen<(tuple<[^>]*>)>", "$1");
    }

    @Test
    void what_the_driver_leaves_out_is_there() {
        DictionaryTable client = dictionary().describe(keyspace, "Client");

        assertThat(client.column("eMail <b>|x").mask()).contains("system.mask_default()");
        assertThat(client.column("phone").mask()).contains("system.mask_inner(1, null, '#')");
        assertThat(client.column("org").mask()).isEmpty();
        assertThat(client.comment()).isEqualTo("It's <script>alert(1)</script> | a \"comment\"");
        assertThat(client.options())
                .containsEntry("default_time_to_live", "86400")
                .containsEntry("gc_grace_seconds", "3600")
                .containsEntry("caching", "{'keys': 'ALL', 'rows_per_partition': 'NONE'}")
                .doesNotContainKeys("comment", "id", "flags", "read_repair_chance");
        assertThat(client.indexes())
                .extracting(DictionaryIndex::kind)
                .containsExactly(
                        DictionaryIndex.Kind.SAI, DictionaryIndex.Kind.SECONDARY, DictionaryIndex.Kind.SECONDARY);
        assertThat(client.indexes().get(0).options()).isEqualTo(Map.of("similarity_function", "cosine"));
    }

    @Test
    void the_size_of_a_fresh_table_is_not_known() {
        session().execute("INSERT INTO " + keyspace + ".orders (id, total) VALUES (uuid(), 1)");

        assertThat(dictionary().describe(keyspace, "orders").size()).isEmpty();
        List<Row> sums = session().execute(DictionarySizes.QUERY).all();
        assertThat(sums).allSatisfy(row -> {
            assertThat(row.getLong("partitions")).isNotNegative();
            assertThat(row.getLong("bytes")).isNotNegative();
        });
    }

    @Test
    void sizes_of_nodes_are_added_and_what_all_count_as_empty_is_not_known() {
        DictionarySizes sizes = new DictionarySizes();
        sizes.add("k.t", 10, 1_000);
        sizes.add("k.t", 30, 7_000);
        sizes.add("k.empty", 0, 0);

        assertThat(sizes.of("k", "t")).hasValueSatisfying(size -> {
            assertThat(size.partitions()).isEqualTo(40);
            assertThat(size.meanPartitionBytes()).isEqualTo(200);
        });
        assertThat(sizes.of("k", "empty")).isEmpty();
        assertThat(sizes.of("k", "never")).isEmpty();
    }

    @Test
    void the_cql_of_the_server_recreates_a_keyspace_and_that_of_the_driver_all_but_masks() {
        String own = DictionaryFixture.createKeyspaceOfEveryKind();
        DataDictionary before = of(own);
        List<String> ofTheServer = dictionary().recreate(own);
        List<String> ofTheDriver = DictionaryDriverDdl.of(
                session().refreshSchema().getKeyspace(own).orElseThrow(), before.keyspace(own));

        session().execute("DROP KEYSPACE " + own);
        ofTheServer.forEach(session()::execute);
        assertThat(before.diff(of(own))).hasToString("no difference");

        session().execute("DROP KEYSPACE " + own);
        ofTheDriver.forEach(session()::execute);
        assertThat(before.diff(of(own)).changes())
                .extracting(DictionaryChange::attribute, DictionaryChange::path)
                .containsExactly(tuple("mask", own + ".Client.eMail <b>|x"), tuple("mask", own + ".Client.phone"));
        session().execute("DROP KEYSPACE " + own);
    }

    /** A dictionary of one keyspace alone, without rights. */
    private static DataDictionary of(String keyspace) {
        DataDictionary read = dictionary().read();
        return new DataDictionary(
                read.cluster(),
                read.version(),
                read.read(),
                read.scope(),
                List.of(read.keyspace(keyspace)),
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    void the_cql_of_a_table_has_its_indexes_and_views() {
        assertThat(dictionary().recreate(keyspace, "orders"))
                .satisfiesExactly(
                        table -> assertThat(table).startsWith("CREATE TABLE " + keyspace + ".orders ("),
                        index -> assertThat(index).startsWith("CREATE CUSTOM INDEX orders_email"),
                        view -> assertThat(view).startsWith("CREATE MATERIALIZED VIEW"));
        assertThat(dictionary().recreate(keyspace, "orders_by_customer"))
                .singleElement()
                .satisfies(view -> assertThat(view).startsWith("CREATE MATERIALIZED VIEW"));
        assertThat(dictionary().withInternals(true).recreate(keyspace, "hits").get(0))
                .contains("ID = ");
        assertThat(dictionary().recreate(keyspace, "hits").get(0)).doesNotContain("ID = ");
        assertThat(dictionary().recreate()).containsAll(dictionary().recreate(keyspace));
        assertThatThrownBy(() -> dictionary().recreate("system_views"))
                .extracting(DictionaryFixture::code)
                .isEqualTo("dictionary.no_cql");
    }

    @Test
    void a_table_that_another_session_made_is_there_immediately() {
        DictionaryManager dictionary = dictionary();
        String own = DictionaryFixture.SERVER.createKeyspace("fresh");
        assertThat(dictionary.listTables(own)).isEmpty();
        try (CqlSession other = DictionaryFixture.SERVER.session(
                DictionaryFixture.SERVER.superuser(), DictionaryFixture.SERVER.superuserPassword())) {
            other.execute("CREATE TABLE " + own + ".made (id int PRIMARY KEY)");

            assertThat(dictionary.listTables(own)).containsExactly("made");
        }
    }

    @Test
    void the_older_list_tables_is_list_keyspaces() {
        assertThat(dictionary().listKeyspaces()).contains(keyspace).isSorted().doesNotContain("system", "system_auth");
        assertThat(dictionary().listTables()).contains(keyspace + ".Client", keyspace + ".orders_by_customer");
        assertThat(dictionary().listTables(keyspace)).containsExactly("Client", "hits", "orders", "orders_by_customer");
    }

    @Test
    void system_and_virtual_keyspaces_are_shown_when_asked_for() {
        assertThat(dictionary().withSystem(true).listKeyspaces())
                .contains("system", "system_auth", keyspace)
                .doesNotContain("system_views");
        assertThat(dictionary().withVirtual(true).listKeyspaces())
                .contains("system_views", keyspace)
                .doesNotContain("system");
        assertThat(dictionary()
                        .describe("system_views", "clients")
                        .column("port")
                        .kind())
                .isEqualTo(Kind.CLUSTERING);
        assertThat(dictionary().describeKeyspace("system_auth").kind()).isEqualTo(DictionaryKeyspace.Kind.SYSTEM);
    }

    @Test
    void a_table_is_named_alone_in_the_keyspace_of_the_manager_or_with_its_own() {
        DictionaryManager within =
                CassandraManager.of(session()).withKeyspace(keyspace).dictionary();

        assertThat(within.describe("orders")).isEqualTo(dictionary().describe(keyspace + ".orders"));
        assertThat(within.findTable("nothing")).isEmpty();
        assertThat(dictionary().findTable(keyspace, "Client")).isPresent();
        assertThat(dictionary().findKeyspace("nowhere")).isEmpty();
        assertThatThrownBy(() -> dictionary().describe("orders"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write keyspace.table");
        assertThatThrownBy(() -> dictionary().describe(keyspace, "client"))
                .extracting(DictionaryFixture::code)
                .isEqualTo("dictionary.no_table");
        assertThatThrownBy(() -> dictionary().describeKeyspace("x' OR '1'='1"))
                .extracting(DictionaryFixture::code)
                .isEqualTo("dictionary.no_keyspace");
    }

    @Test
    void a_search_looks_through_names_and_comments() {
        assertThat(dictionary().search("email").stream()
                        .filter(hit -> hit.path().startsWith(keyspace + "."))
                        .map(DictionaryHit::path))
                .containsExactly(
                        keyspace + ".orders.email",
                        keyspace + ".Client.eMail <b>|x",
                        keyspace + ".orders.orders_email");
        assertThat(dictionary().search("alert " + keyspace))
                .extracting(DictionaryHit::path, DictionaryHit::where)
                .containsExactly(tuple(keyspace + ".Client", DictionaryHit.Where.COMMENT));
    }

    @Test
    void a_superuser_is_shown_all_and_no_secret() {
        DataDictionary read = dictionary().read();

        assertThat(read.scope().kind()).isEqualTo(DictionaryScope.Kind.ALL);
        assertThat(read.complete()).isTrue();
        assertThat(read.version()).isEqualTo("5.0.9");
        assertThat(read.cluster()).isEqualTo("keywharf-tests");
        assertThat(read.roles())
                .filteredOn(role -> role.name().equals(DictionaryFixture.SERVER.superuser()))
                .singleElement()
                .satisfies(role -> assertThat(role.superuser()).isTrue());
        assertThat(read.toJson()).doesNotContain("$2a$").doesNotContain(DictionaryFixture.SERVER.superuserPassword());
        assertThat(DataDictionary.parse(read.toJson())).isEqualTo(read);
        assertThat(read.toHtml()).doesNotContain("<script>alert(1)");
    }
}
