package io.github.keywharf.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Keeps the library inside the rules, and shows on a small wrong library (the fixture) that each rule can fail. */
class ArchitectureTest {
    private static final String ROOT = "io.github.keywharf";
    private static final String WRONG = ROOT + ".architecture.fixture";

    private static final Architecture rules = new Architecture(ROOT, 42);
    private static final Architecture rulesOfTheFixture = new Architecture(WRONG, 3);

    private static final JavaClasses library = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .withImportOption(new ImportOption.DoNotIncludeJars())
            .importPackages(ROOT);
    private static final JavaClasses fixture = new ClassFileImporter().importPackages(WRONG);

    @Test
    void the_library_is_seen() {
        assertThat(library).isNotEmpty();
    }

    @TestFactory
    Stream<DynamicTest> the_library_keeps_the_rule() {
        return rules.all().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(library)));
    }

    /** The pom puts {@code testing} into the test jar, without tests, and nothing else. */
    @Test
    void the_test_jar_is_complete() {
        JavaClasses tests = new ClassFileImporter()
                .withImportOption(location -> location.contains("/test-classes/"))
                .importPackages(ROOT);
        DescribedPredicate<JavaClass> shipped = DescribedPredicate.describe(
                "in the test jar",
                type -> type.getPackageName().startsWith(ROOT + ".testing")
                        && !type.getName().matches(".*(Test|IT)(\\$.*)?"));
        DescribedPredicate<JavaClass> left = DescribedPredicate.describe(
                "among the tests that stay", type -> tests.contain(type.getName()) && !shipped.test(type));

        ArchRuleDefinition.noClasses()
                .that(shipped)
                .should()
                .dependOnClassesThat(left)
                .check(tests);
    }

    @Test
    void a_value_that_imports_a_seam_is_refused() {
        assertRefused(rulesOfTheFixture.layers(), "table.ValueThatStores", "store.Store");
    }

    @Test
    void a_seam_that_imports_a_format_is_refused() {
        assertRefused(rulesOfTheFixture.layers(), "sql.SeamThatFormats", "format.Format");
    }

    @Test
    void a_format_that_imports_a_backend_is_refused() {
        assertRefused(rulesOfTheFixture.layers(), "format.FormatThatCopies", "postgres.Copy");
    }

    @Test
    void a_backend_that_imports_a_flow_is_refused() {
        assertRefused(rulesOfTheFixture.layers(), "aws.BackendThatFlows", "totesys.Flow");
    }

    @Test
    void a_package_without_a_layer_is_refused() {
        assertRefused(rulesOfTheFixture.everyPackageHasALayer(), "util.Helper");
    }

    @Test
    void packages_that_import_each_other_are_refused() {
        assertRefused(rulesOfTheFixture.noCycles(), "store.StoreWithKeys", "key.KeysInStore");
    }

    @Test
    void a_backend_that_imports_a_backend_is_refused() {
        assertRefused(rulesOfTheFixture.backendsStandApart(), "aws.BackendThatCopies", "postgres.Copy");
    }

    @Test
    void what_imports_the_package_of_its_door_from_below_is_refused() {
        assertRefused(
                rulesOfTheFixture.arrowsInADoorPointDown(), "load.FeatureWithManager", "cassandra.BackendWithKeys");
    }

    @Test
    void a_room_that_imports_a_feature_is_refused() {
        assertRefused(rulesOfTheFixture.arrowsInADoorPointDown(), "session.RoomWithFeature", "plan.Plan");
    }

    @Test
    void a_value_that_imports_a_room_is_refused() {
        assertRefused(rulesOfTheFixture.arrowsInADoorPointDown(), "value.ValueWithRoom", "session.Session");
    }

    @Test
    void managers_may_import_features_and_features_rooms() {
        assertThat(faults(rulesOfTheFixture.arrowsInADoorPointDown()))
                .doesNotContain("BackendWithKeys: ", "unload.Unload: ", "session.Session: ");
        assertThat(faults(rulesOfTheFixture.roomsAreImportedFromWithin())).doesNotContain("unload.Unload: ");
    }

    @Test
    void features_that_import_each_other_by_way_of_their_children_are_refused() {
        assertRefused(rulesOfTheFixture.featuresFormNoCycle(), "cassandra.load", "cassandra.unload");
        assertThat(faults(rulesOfTheFixture.noCycles())).doesNotContain("cassandra.unload");
    }

    @Test
    void a_room_that_is_imported_from_outside_of_its_door_is_refused() {
        assertRefused(rulesOfTheFixture.roomsAreImportedFromWithin(), "functions.EdgeInRoom", "session.Session");
    }

    @Test
    void a_package_with_too_many_files_is_refused() {
        assertRefused(rulesOfTheFixture.packagesAreSmall(), "load.package-info", "4 files");
    }

    @Test
    void exceptions_are_still_needed() {
        Architecture.LARGE
                .keySet()
                .forEach(name -> assertThat(Architecture.files(library.getPackage(ROOT + "." + name)))
                        .as(name)
                        .isGreaterThan(42));
        Architecture.ABOVE_THEIR_DOOR.forEach((feature, door) -> assertThat(
                        library.getPackage(ROOT + "." + feature).getPackageDependenciesFromThisPackage())
                .as(feature)
                .contains(library.getPackage(ROOT + "." + door)));
    }

    @Test
    void a_child_that_imports_another_backend_is_refused() {
        assertRefused(rulesOfTheFixture.backendsStandApart(), "cassandra.key.Keys", "postgres.Copy");
    }

    @Test
    void a_flow_that_imports_a_backend_is_refused() {
        assertRefused(rulesOfTheFixture.flowsKnowNoBackend(), "totesys.FlowThatCopies", "postgres.Copy");
    }

    @Test
    void a_flow_that_imports_a_flow_is_refused() {
        assertRefused(rulesOfTheFixture.flowsStandApart(), "batch.FlowThatFollows", "totesys.Flow");
    }

    @Test
    void a_preset_may_import_the_flow_that_it_sets_which_may_not_import_the_preset() {
        assertRefused(rulesOfTheFixture.flowsStandApart(), "star.EngineThatKnowsItsPreset");
        assertThat(faults(rulesOfTheFixture.flowsStandApart())).doesNotContain("totesys.Preset");
    }

    @Test
    void a_third_party_package_away_from_home_is_refused() {
        assertRefused(rulesOfTheFixture.thirdPartyStaysHome(), "aws.BackendWithParquet", "org.apache.parquet");
    }

    @Test
    void a_client_of_the_jdk_outside_of_http_is_refused() {
        assertRefused(rulesOfTheFixture.thirdPartyStaysHome(), "totesys.FlowThatCalls", "java.net.http");
    }

    @Test
    void a_server_outside_of_its_backend_is_refused() {
        assertRefused(rulesOfTheFixture.thirdPartyStaysHome(), "http.SeamThatServes", "org.eclipse.jetty");
    }

    @Test
    void a_seam_that_imports_its_backend_is_refused() {
        assertRefused(rulesOfTheFixture.layers(), "http.SeamThatServes", "http.jetty.Served");
    }

    @Test
    void a_metrics_library_outside_of_its_adapter_is_refused() {
        assertRefused(rulesOfTheFixture.thirdPartyStaysHome(), "event.SeamThatMeters", "io.micrometer");
    }

    @Test
    void an_unknown_third_party_package_is_refused() {
        assertRefused(rulesOfTheFixture.thirdPartyStaysHome(), "format.FormatWithStranger", "org.awaitility");
    }

    @Test
    void a_third_party_package_at_home_or_in_a_child_of_it_is_allowed() {
        assertThat(faults(rulesOfTheFixture.thirdPartyStaysHome()))
                .doesNotContain("SeamThatCalls", "jetty.Served:", "jetty.Served>", "FeatureWithDriver");
    }

    @Test
    void a_public_type_in_a_package_that_says_nothing_is_refused() {
        assertRefused(rulesOfTheFixture.packagesSayWhatTheyHold(), "util.Helper");
    }

    @Test
    void a_builder_beside_what_it_builds_is_refused() {
        assertRefused(rulesOfTheFixture.buildersAreNested(), "aws.BackendBuilder");
    }

    @Test
    void a_package_that_is_not_null_marked_is_refused() {
        assertRefused(rulesOfTheFixture.packagesAreNullMarked(), "store.Store");
        assertThat(faults(rulesOfTheFixture.packagesAreNullMarked())).doesNotContain("totesys.Flow");
    }

    @Test
    void java_util_logging_is_refused() {
        assertRefused(rulesOfTheFixture.logsOnlyThroughSlf4j(), "totesys.FlowThatPrints");
    }

    @Test
    void printing_is_refused_but_for_the_terminal_bar() {
        assertRefused(rulesOfTheFixture.printsNothing(), "totesys.FlowThatPrints");
        assertThat(faults(rulesOfTheFixture.printsNothing())).doesNotContain("event.Bar");
    }

    @Test
    void reading_the_machines_clock_is_refused() {
        assertRefused(rulesOfTheFixture.timeComesIn(), "totesys.FlowThatTellsTime");
    }

    @Test
    void a_comparison_that_shows_where_secrets_differ_is_refused() {
        assertRefused(rulesOfTheFixture.secretsAreComparedInConstantTime(), "isSame(", "isRevealed(");
        assertThat(faults(rulesOfTheFixture.secretsAreComparedInConstantTime())).doesNotContain("isNamed(");
    }

    @Test
    void every_rule_fails_on_the_fixture() {
        assertThat(rulesOfTheFixture.all())
                .allMatch(rule -> rule.evaluate(fixture).hasViolation());
    }

    private static void assertRefused(ArchRule rule, String... named) {
        assertThat(faults(rule)).contains(named);
    }

    private static String faults(ArchRule rule) {
        return String.join("\n", rule.evaluate(fixture).getFailureReport().getDetails());
    }
}
