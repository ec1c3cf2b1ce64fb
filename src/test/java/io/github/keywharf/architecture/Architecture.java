package io.github.keywharf.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The rules of who may import whom, for a tree of packages under any root. */
final class Architecture {
    private static final List<String> VALUES = List.of("", "table");
    private static final List<String> SEAMS = List.of(
            "store", "secret", "tls", "key", "event", "sql", "dictionary", "query", "http", "http.upload", "catalog");
    private static final List<String> FORMATS = List.of("format", "format.delta");
    private static final List<String> BACKENDS = List.of(
            "cassandra",
            "salesforce",
            "aws",
            "azure",
            "databricks",
            "postgres",
            "query.duckdb",
            "query.spark",
            "http.jetty",
            "event.micrometer",
            "event.opentelemetry");
    /** Parts of a backend that stand on its public types. */
    private static final List<String> CHILDREN = List.of("cassandra.key");

    private static final List<String> FLOWS =
            List.of("totesys", "batch", "mirror", "sharing", "sharing.client", "sharing.server", "sharing.usage");
    private static final List<String> EDGE = List.of("lambda", "azure.functions");
    private static final List<String> INTERNAL = List.of("internal");

    /** Packages whose code compares what a client sends with a secret. */
    private static final List<String> SECRETIVE = List.of("secret", "key", "batch", "cassandra.key");

    private static final Set<String> EARLY =
            Set.of("equals", "equalsIgnoreCase", "contentEquals", "compareTo", "regionMatches");

    private static final Set<String> CLOCKS =
            Set.of("java.time.Instant", "java.time.LocalDate", "java.time.LocalDateTime", "java.time.ZonedDateTime");

    private final String root;

    Architecture(String root) {
        this.root = root;
    }

    /** {@code edge -> flows -> formats -> seams -> values} and {@code backends -> formats, seams, values}. */
    ArchRule layers() {
        return layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("values")
                .definedBy(packages(VALUES))
                .layer("seams")
                .definedBy(packages(SEAMS))
                .layer("formats")
                .definedBy(packages(FORMATS))
                .layer("backends")
                .definedBy(packages(concat(BACKENDS, CHILDREN)))
                .layer("flows")
                .definedBy(packages(FLOWS))
                .layer("edge")
                .definedBy(packages(EDGE))
                .layer("internal")
                .definedBy(packages(INTERNAL))
                .whereLayer("internal")
                .mayNotAccessAnyLayer()
                .whereLayer("values")
                .mayOnlyAccessLayers("internal")
                .whereLayer("seams")
                .mayOnlyAccessLayers("internal", "values")
                .whereLayer("formats")
                .mayOnlyAccessLayers("internal", "values", "seams")
                .whereLayer("backends")
                .mayOnlyAccessLayers("internal", "values", "seams", "formats")
                .whereLayer("flows")
                .mayOnlyAccessLayers("internal", "values", "seams", "formats")
                .whereLayer("edge")
                .mayOnlyAccessLayers("internal", "values", "seams", "formats", "backends", "flows")
                .allowEmptyShould(true)
                .as("arrows between layers point down only");
    }

    /** A package that no layer names would escape the layers rule. */
    ArchRule everyPackageHasALayer() {
        String[] known = Stream.of(VALUES, SEAMS, FORMATS, BACKENDS, CHILDREN, FLOWS, EDGE, INTERNAL)
                .flatMap(List::stream)
                .map(this::qualified)
                .toArray(String[]::new);
        return classes()
                .should()
                .resideInAnyPackage(known)
                .allowEmptyShould(true)
                .as("every package belongs to a layer of the architecture test");
    }

    ArchRule noCycles() {
        return slices().assignedFrom(slice("packages", type -> Optional.of(type.getPackageName())))
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .as("packages are free of cycles");
    }

    ArchRule backendsStandApart() {
        return standApart("backends", BACKENDS).as("a backend never imports another backend");
    }

    ArchRule flowsStandApart() {
        return standApart("flows", FLOWS).as("a flow never imports another flow");
    }

    private ArchRule standApart(String description, List<String> packages) {
        return slices().assignedFrom(slice(description, type -> {
                    String name = relative(type);
                    String room = CHILDREN.contains(name) ? parent(name) : name;
                    return Optional.of(room).filter(packages::contains);
                }))
                .should()
                .notDependOnEachOther()
                .allowEmptyShould(true);
    }

    /** Of members that are not public Java itself keeps a child away. */
    ArchRule backendsDoWithoutTheirChildren() {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(BACKENDS))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(CHILDREN))
                .allowEmptyShould(true)
                .as("a backend never imports a child package, which stands on it");
    }

    ArchRule flowsKnowNoBackend() {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(FLOWS))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(concat(BACKENDS, CHILDREN)))
                .allowEmptyShould(true)
                .as("a flow never imports a backend: the host hands it a store, a sink, a source");
    }

    /** Also refuses a third-party package that the table does not know. */
    ArchRule thirdPartyStaysHome() {
        return classes()
                .should(each("import a third-party package only in its home", this::strangers))
                .allowEmptyShould(true)
                .as("a third-party package is imported in one package of ours");
    }

    ArchRule packagesSayWhatTheyHold() {
        return noClasses()
                .that()
                .arePublic()
                .should()
                .resideInAnyPackage("..common..", "..util..", "..utils..", "..model..", "..impl..", "..service..")
                .allowEmptyShould(true)
                .as("no public type lives under common, util, model, impl or service");
    }

    /** One way to configure: {@code CassandraManager.builder()}, which gives a {@code CassandraManager.Builder}. */
    ArchRule buildersAreNested() {
        return noClasses()
                .that(DescribedPredicate.describe("are top level", JavaClass::isTopLevelClass))
                .and()
                .arePublic()
                .should()
                .haveNameMatching(".*(Builder|Options|Settings)")
                .allowEmptyShould(true)
                .as("a builder is nested in what it builds");
    }

    ArchRule packagesAreNullMarked() {
        return classes()
                .that(DescribedPredicate.describe("are top level", JavaClass::isTopLevelClass))
                .should(each("have a @NullMarked package-info", type -> {
                    boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                    return marked ? Stream.empty() : Stream.of("has no @NullMarked package-info.java beside it");
                }))
                .allowEmptyShould(true);
    }

    ArchRule logsOnlyThroughSlf4j() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "org.apache.logging..", "org.apache.commons.logging..")
                .allowEmptyShould(true);
    }

    /** The terminal progress bar is the one place that prints. */
    ArchRule printsNothing() {
        return noClasses()
                .that(resideOutsideOfPackages(qualified("event")))
                .should(ACCESS_STANDARD_STREAMS)
                .allowEmptyShould(true);
    }

    ArchRule timeComesIn() {
        return noClasses()
                .should()
                .callMethodWhere(
                        DescribedPredicate.describe("the time is read from the machine", Architecture::asksTheTime))
                .allowEmptyShould(true)
                .as("time comes in as a java.time.InstantSource");
    }

    /** What compares the characters of a secret shows by its time how many are right. */
    ArchRule secretsAreComparedInConstantTime() {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(SECRETIVE))
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "what may be a secret is compared up to the first difference", Architecture::stopsEarly))
                .allowEmptyShould(true)
                .as("secrets are compared by MessageDigest.isEqual");
    }

    List<ArchRule> all() {
        return List.of(
                layers(),
                everyPackageHasALayer(),
                noCycles(),
                backendsStandApart(),
                backendsDoWithoutTheirChildren(),
                flowsKnowNoBackend(),
                flowsStandApart(),
                thirdPartyStaysHome(),
                packagesSayWhatTheyHold(),
                buildersAreNested(),
                packagesAreNullMarked(),
                logsOnlyThroughSlf4j(),
                printsNothing(),
                timeComesIn(),
                secretsAreComparedInConstantTime());
    }

    /** A child may import what its parent may. */
    private Stream<String> strangers(JavaClass type) {
        String own = relative(type);
        List<String> homes = CHILDREN.contains(own) ? List.of(own, parent(own)) : List.of(own);
        return type.getDirectDependenciesFromSelf().stream()
                .filter(dependency -> homes.stream()
                        .noneMatch(home -> ThirdParty.isWelcome(
                                dependency
                                        .getTargetClass()
                                        .getBaseComponentType()
                                        .getPackageName(),
                                root,
                                home)))
                .map(dependency -> dependency.getDescription())
                .distinct();
    }

    private static String parent(String child) {
        return child.substring(0, child.lastIndexOf('.'));
    }

    private static boolean asksTheTime(JavaMethodCall call) {
        String owner = call.getTargetOwner().getName();
        return switch (call.getName()) {
            case "now" ->
                CLOCKS.contains(owner)
                        && call.getTarget().getRawParameterTypes().isEmpty();
            case "currentTimeMillis" -> owner.equals(System.class.getName());
            default -> owner.equals(Clock.class.getName()) && call.getName().startsWith("system");
        };
    }

    /** {@code Arrays.equals}, or {@code equals} of a text in a method that reveals a secret. */
    private static boolean stopsEarly(JavaMethodCall call) {
        String name = call.getName();
        if (call.getTargetOwner().isEquivalentTo(Arrays.class)) {
            return name.equals("equals");
        }
        return call.getTargetOwner().isEquivalentTo(String.class)
                && EARLY.contains(name)
                && call.getOrigin().getMethodCallsFromSelf().stream()
                        .anyMatch(other -> other.getName().startsWith("reveal"));
    }

    private static ArchCondition<JavaClass> each(String description, Function<JavaClass, Stream<String>> faults) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                faults.apply(type)
                        .forEach(fault ->
                                events.add(SimpleConditionEvent.violated(type, type.getDescription() + ": " + fault)));
            }
        };
    }

    private static SliceAssignment slice(String description, Function<JavaClass, Optional<String>> name) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return name.apply(type).map(SliceIdentifier::of).orElseGet(SliceIdentifier::ignore);
            }

            @Override
            public String getDescription() {
                return description;
            }
        };
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private String[] packages(List<String> names) {
        return names.stream().map(this::qualified).toArray(String[]::new);
    }

    private String qualified(String name) {
        return name.isEmpty() ? root : root + "." + name;
    }

    private String relative(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(root + ".") ? name.substring(root.length() + 1) : "";
    }
}
