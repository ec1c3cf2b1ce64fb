package io.github.keywharf.build;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The last lines of a build: which test classes and tests took the longest, and which checks were skipped and why. A check
 * that is skipped passes silently in Maven's own summary, so it is named here.
 *
 * <p>Arguments of {@link #main}: the folders with the XML reports of Surefire and Failsafe. One that does not exist is left
 * out. {@code --without=} names the tag of tests that the build leaves to another one. With {@code --ci=true}, a skip that
 * {@link AllowedSkip} does not list for this machine fails the build.
 */
public final class BuildReport {
    /** How many of the slowest are listed. */
    static final int SLOWEST = 10;

    /** Each test, and each class with its set-up, that takes longer is listed, however many there are. */
    static final double LONG_SECONDS = 60;

    private static final String WITHOUT = "--without=";
    private static final String CI = "--ci=";

    private final List<AllowedSkip> allowed;
    private final List<TestClassResult> classes = new ArrayList<>();
    private String without = "";

    BuildReport(List<AllowedSkip> allowed) {
        this.allowed = allowed;
    }

    public static void main(String[] arguments) {
        BuildReport report = new BuildReport(AllowedSkip.ofThisMachine());
        for (String argument : arguments) {
            if (argument.startsWith(WITHOUT)) {
                report.without(argument.substring(WITHOUT.length()));
            } else if (!argument.startsWith(CI)) {
                report.read(Path.of(argument));
            }
        }
        report.print(System.out);
        if (List.of(arguments).contains(CI + true) && report.skipped().anyMatch(each -> !report.isAllowed(each))) {
            System.out.println("The build fails, as a check was skipped that src/test/resources/"
                    + AllowedSkip.class.getPackageName().replace('.', '/') + "/" + AllowedSkip.FILE
                    + " does not list for this machine.");
            System.exit(1);
        }
    }

    /** Adds all reports of a folder; a folder that is missing holds none. */
    void read(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(BuildReport::isReport)
                    .sorted()
                    .map(TestClassResult::read)
                    .forEach(classes::add);
        } catch (IOException e) {
            throw new UncheckedIOException("[" + folder + "] the test reports cannot be listed", e);
        }
    }

    /** Tests with this tag were left out; {@code none} for no tag. */
    void without(String tag) {
        without = tag.equals("none") ? "" : tag;
    }

    private static boolean isReport(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("TEST-") && name.endsWith(".xml");
    }

    void print(PrintStream out) {
        long tests = classes.stream().mapToLong(each -> each.tests().size()).sum();
        out.printf(Locale.ROOT, "%nTests: %,d in %,d classes%n", tests, classes.size());
        out.printf("The %d slowest test classes, with their set-up:%n", SLOWEST);
        slowest(classes.stream(), TestClassResult::seconds)
                .forEach(each -> out.printf(
                        Locale.ROOT,
                        "  %6.1f s  %s (%d)%n",
                        each.seconds(),
                        each.name(),
                        each.tests().size()));
        out.printf("The %d slowest tests:%n", SLOWEST);
        slowest(tests(), TestResult::seconds)
                .forEach(each -> out.printf(Locale.ROOT, "  %6.1f s  %s%n", each.seconds(), each.name()));
        printLong(out);
        if (skipped().findAny().isEmpty()) {
            out.println("No check was skipped.");
        }
        print(out, "SKIPPED", skipped().filter(this::isAllowed).toList());
        print(
                out,
                "SKIPPED ALTHOUGH THIS MACHINE SHOULD RUN THEM",
                skipped().filter(each -> !isAllowed(each)).toList());
        if (!without.isBlank()) {
            out.printf(
                    "NOT RUN: the slow tests with the tag '%s'; .ci/run runs them, and so does -Dslow.without=none.%n",
                    without);
        }
    }

    private void printLong(PrintStream out) {
        List<String> names = Stream.concat(
                        classes.stream()
                                .filter(each -> each.seconds() > LONG_SECONDS)
                                .map(TestClassResult::name),
                        tests().filter(each -> each.seconds() > LONG_SECONDS).map(TestResult::name))
                .toList();
        if (!names.isEmpty()) {
            out.printf("LONGER THAN A MINUTE, %d: %s%n", names.size(), String.join(", ", names));
        }
    }

    private static void print(PrintStream out, String title, List<TestResult> skipped) {
        if (!skipped.isEmpty()) {
            out.printf("%s, %d:%n", title, skipped.size());
            skipped.forEach(each -> out.printf("  %s: %s%n", each.name(), each.skipped()));
        }
    }

    private Stream<TestResult> skipped() {
        return tests().filter(TestResult::isSkipped);
    }

    private boolean isAllowed(TestResult skipped) {
        return allowed.stream().anyMatch(each -> each.covers(skipped));
    }

    private Stream<TestResult> tests() {
        return classes.stream().flatMap(each -> each.tests().stream());
    }

    private static <T> Stream<T> slowest(Stream<T> all, ToDoubleFunction<T> seconds) {
        return all.sorted(Comparator.comparingDouble(seconds).reversed()).limit(SLOWEST);
    }
}
