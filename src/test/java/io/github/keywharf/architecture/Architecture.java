package io.github.keywharf.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Clock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The rules of who may import whom, for a tree of packages under any root. */
final class Architecture {
    private static final List<String> VALUES = List.of("", "table");
    private static final List<String> SEAMS =
            List.of("store", "secret", "tls", "key", "event", "sql", "dictionary", "query", "http", "catalog");
    private static final List<String> FORMATS = List.of("format");
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
    private static final List<String> FLOWS = List.of("pipeline", "totesys", "batch", "sharing");
    /** Flows that are another one with the names and the defaults of one system. */
    private static final Map<String, String> PRESETS = Map.of("totesys", "pipeline");

    private static final List<String> EDGE = List.of("lambda", "azure.functions");
    private static final List<String> INTERNAL = List.of("internal");

    /** The packages of each layer; a child without an entry of its own belongs to the nearest package above it. */
    private static final Map<String, List<String>> LAYERS = Map.of(
            "values", VALUES,
            "seams", SEAMS,
            "formats", FORMATS,
            "backends", BACKENDS,
            "flows", FLOWS,
            "edge", EDGE,
            "internal", INTERNAL);

    /** Packages that are cut into features, with the rules of {@link Room}. */
    private static final List<String> DOORS =
            Stream.of(FORMATS, BACKENDS, FLOWS, EDGE).flatMap(List::stream).toList();

    /** The kinds of packages of a door, from below. */
    private enum Room {
        /** {@code <door>.value}: public values that machinery below the features needs. */
        VALUE,
        /** {@code <door>.internal.<room>}: machinery that several features share. */
        INTERNAL,
        /** {@code <door>.<feature>}: public types, and their machinery hidden beside them. */
        FEATURE,
        /** {@code <door>}: the manager, its builder and what only they return. */
        MANAGER
    }

    /** Features that stand on their door package until the named subsystem moves what they use below it. */
    static final Map<String, String> ABOVE_THEIR_DOOR = Map.of("cassandra.key", "cassandra", "format.delta", "format");

    /** Packages with too many files until the named subsystem is cut into features. */
    static final Map<String, String> LARGE = Map.of(
            "cassandra", "cassandra",
            "batch", "batch",
            "format", "format",
            "salesforce", "salesforce",
            "aws", "aws");

    /** Packages whose code compares what a client sends with a secret. */
    private static final List<String> SECRETIVE = List.of("secret", "key", "batch", "cassandra.key");

    private static final Set<String> EARLY =
            Set.of("equals", "equalsIgnoreCase", "contentEquals", "compareTo", "regionMatches");

    private static final Set<String> CLOCKS =
            Set.of("java.time.Instant", "java.time.LocalDate", "java.time.LocalDateTime", "java.time.ZonedDateTime");

    private final String root;
    private final int mostFiles;

    /**
     * @param mostFiles how many files a package may have
     */
    Architecture(String root, int mostFiles) {
        this.root = root;
        this.mostFiles = mostFiles;
    }

    /** {@code edge -> flows -> formats -> seams -> values} and {@code backends -> formats, seams, values}. */
    ArchRule layers() {
        return layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("values")
                .definedBy(layer("values"))
                .layer("seams")
                .definedBy(layer("seams"))
                .layer("formats")
                .definedBy(layer("formats"))
                .layer("backends")
                .definedBy(layer("backends"))
                .layer("flows")
                .definedBy(layer("flows"))
                .layer("edge")
                .definedBy(layer("edge"))
                .layer("internal")
                .definedBy(layer("internal"))
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

    private DescribedPredicate<JavaClass> layer(String name) {
        return DescribedPredicate.describe(
                name,
                type -> (type.getPackageName() + ".").startsWith(root + ".")
                        && LAYERS.get(name).contains(owner(type)));
    }

    /** A package that no layer names would escape the layers rule. */
    ArchRule everyPackageHasALayer() {
        return classes()
                .should(each("belong to a layer", type -> {
                    boolean named = relative(type).isEmpty() || !owner(type).isEmpty();
                    return named ? Stream.empty() : Stream.of("is in a package that no layer names");
                }))
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
        return standApart("flows", FLOWS).as("a flow never imports another flow, but a preset the one that it sets");
    }

    private ArchRule standApart(String description, List<String> packages) {
        return slices().assignedFrom(
                        slice(description, type -> Optional.of(owner(type)).filter(packages::contains)))
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        DescribedPredicate.describe("a preset", type -> PRESETS.containsKey(owner(type))),
                        DescribedPredicate.describe("what it sets", type -> PRESETS.containsValue(owner(type))))
                .allowEmptyShould(true);
    }

    ArchRule arrowsInADoorPointDown() {
        return classes()
                .that(DescribedPredicate.describe("are behind a door", type -> DOORS.contains(owner(type))))
                .should(each("import only what is below them", this::importsFromAbove))
                .allowEmptyShould(true)
                .as("arrows in a door point down: manager, features, internal rooms, values");
    }

    private Stream<String> importsFromAbove(JavaClass type) {
        return dependencies(type, target -> {
            boolean isAllowed = room(target) == Room.MANAGER && ABOVE_THEIR_DOOR.containsKey(relative(type));
            return owner(target).equals(owner(type)) && room(target).compareTo(room(type)) > 0 && !isAllowed;
        });
    }

    ArchRule featuresFormNoCycle() {
        return slices().assignedFrom(slice(
                        "features",
                        type -> Optional.of(owner(type))
                                .filter(door -> DOORS.contains(door) && room(type) == Room.FEATURE)
                                .map(door -> door + "." + withinOwner(type).split("\\.")[0])))
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .as("features of a door form no cycle");
    }

    ArchRule roomsAreImportedFromWithin() {
        return classes()
                .should(each(
                        "import no internal room of another package",
                        type -> dependencies(
                                type,
                                target -> room(target) == Room.INTERNAL
                                        && !owner(target).equals(owner(type)))))
                .allowEmptyShould(true)
                .as("an internal room is imported from within its door only");
    }

    /** Counts the files on the package's {@code package-info}, which {@link #packagesAreNullMarked} demands. */
    ArchRule packagesAreSmall() {
        return classes()
                .that()
                .haveSimpleName("package-info")
                .should(each("stand beside at most " + mostFiles + " files", type -> {
                    long files = files(type.getPackage());
                    return files <= mostFiles || LARGE.containsKey(relative(type))
                            ? Stream.empty()
                            : Stream.of(files + " files");
                }))
                .allowEmptyShould(true)
                .as("a package has at most " + mostFiles + " files");
    }

    static long files(JavaPackage directory) {
        return directory.getClasses().stream()
                .flatMap(type -> type.getSource().flatMap(Source::getFileName).stream())
                .distinct()
                .count();
    }

    ArchRule flowsKnowNoBackend() {
        return noClasses()
                .that(layer("flows"))
                .should()
                .dependOnClassesThat(layer("backends"))
                .allowEmptyShould(true)
                .as("a flow never imports a backend: the host hands it a store, a sink, a source");
    }

    /** Also refuses a third-party package that the table does not know. */
    ArchRule thirdPartyStaysHome() {
        return classes()
                .should(each("import a third-party package only in its home", this::strangers))
                .allowEmptyShould(true)
                .as("a third-party package is imported in one package of ours and its children");
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
                flowsKnowNoBackend(),
                flowsStandApart(),
                arrowsInADoorPointDown(),
                featuresFormNoCycle(),
                roomsAreImportedFromWithin(),
                packagesAreSmall(),
                thirdPartyStaysHome(),
                packagesSayWhatTheyHold(),
                buildersAreNested(),
                packagesAreNullMarked(),
                logsOnlyThroughSlf4j(),
                printsNothing(),
                timeComesIn(),
                secretsAreComparedInConstantTime());
    }

    private Stream<String> strangers(JavaClass type) {
        return dependencies(type, target -> !ThirdParty.isWelcome(target.getPackageName(), root, relative(type)));
    }

    /** Descriptions of a type's dependencies on types for which the condition holds. */
    private static Stream<String> dependencies(JavaClass type, Predicate<JavaClass> condition) {
        return type.getDirectDependenciesFromSelf().stream()
                .filter(dependency -> condition.test(dependency.getTargetClass().getBaseComponentType()))
                .map(Dependency::getDescription)
                .distinct();
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

    private String[] packages(List<String> names) {
        return names.stream().map(this::qualified).toArray(String[]::new);
    }

    private String qualified(String name) {
        return name.isEmpty() ? root : root + "." + name;
    }

    /** Package of a type below the root; empty for the root itself and for types of others. */
    private String relative(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(root + ".") ? name.substring(root.length() + 1) : "";
    }

    /** Longest name in {@link #LAYERS} that the type's package has or is below; empty for the root and for strangers. */
    private String owner(JavaClass type) {
        String name = relative(type);
        return LAYERS.values().stream()
                .flatMap(List::stream)
                .filter(owner -> !owner.isEmpty() && (name + ".").startsWith(owner + "."))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    /** Rest of the type's package below its owner; empty for the owner itself. */
    private String withinOwner(JavaClass type) {
        String owner = owner(type);
        String name = relative(type);
        return name.length() == owner.length() || owner.isEmpty() ? "" : name.substring(owner.length() + 1);
    }

    private Room room(JavaClass type) {
        return switch (withinOwner(type).split("\\.")[0]) {
            case "" -> Room.MANAGER;
            case "value" -> Room.VALUE;
            case "internal" -> Room.INTERNAL;
            default -> Room.FEATURE;
        };
    }
}
