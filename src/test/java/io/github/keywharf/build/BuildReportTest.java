package io.github.keywharf.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildReportTest {

    @TempDir
    private Path folder;

    @Test
    void skipped_checks_are_the_last_lines_with_their_reasons() throws IOException {
        report("fast", """
            <testsuite name="a.b.FastTest" time="1.5">
              <properties><property name="skipped" value="no"/></properties>
              <testcase name="runs" classname="a.b.FastTest" time="0.5"/>
              <testcase name="looks_at_the_page" classname="a.b.FastTest" time="0"><skipped
                  message="org.opentest4j.TestAbortedException: Assumption failed: there is&#10;no browser"/></testcase>
              <testcase name="needs_a_disk" classname="a.b.FastTest" time="0"><skipped
                  type="org.opentest4j.TestAbortedException"><![CDATA[TestAbortedException:
            there is no disk
            \tat a.b.FastTest.needs_a_disk(FastTest.java:1)]]></skipped></testcase>
              <testcase name="later" classname="a.b.FastTest" time="0"><skipped/></testcase>
            </testsuite>\
            """);

        assertThat(printed(new AllowedSkip("any", "FastTest", "")).lines().toList())
                .endsWith(
                        "SKIPPED, 3:",
                        "  FastTest.looks_at_the_page: org.opentest4j.TestAbortedException: Assumption failed: there"
                                + " is no browser",
                        "  FastTest.needs_a_disk: TestAbortedException: there is no disk",
                        "  FastTest.later: no reason was given");
    }

    @Test
    void a_skip_that_is_not_allowed_on_this_machine_is_listed_apart() throws IOException {
        report("skips", """
            <testsuite name="a.PageTest" time="1">
              <testcase name="looks" classname="a.PageTest" time="0"><skipped message="there is no browser"/></testcase>
              <testcase name="looks_again" classname="a.PageTest" time="0"><skipped
                  message="there is no browser"/></testcase>
              <testcase name="" classname="a.DiskIT" time="0"><skipped message="a measurement"/></testcase>
            </testsuite>\
            """);

        assertThat(printed(
                                new AllowedSkip("any", "PageTest.looks", "no browser"),
                                new AllowedSkip("any", "DiskIT", "no disk"))
                        .lines()
                        .toList())
                .endsWith(
                        "SKIPPED, 1:",
                        "  PageTest.looks: there is no browser",
                        "SKIPPED ALTHOUGH THIS MACHINE SHOULD RUN THEM, 2:",
                        "  PageTest.looks_again: there is no browser",
                        "  DiskIT.: a measurement");
    }

    @Test
    void only_a_build_of_ci_fails_for_a_skip_that_is_not_allowed() throws Exception {
        report("skips", """
            <testsuite name="a.PageTest" time="1">
              <testcase name="looks" classname="a.PageTest" time="0"><skipped message="there is no browser"/></testcase>
            </testsuite>\
            """);

        assertThat(exitCode("--ci=true")).isOne();
        assertThat(exitCode("--ci=${env.CI}")).isZero();
        Files.delete(folder.resolve("TEST-skips.xml"));
        assertThat(exitCode("--ci=true")).isZero();
    }

    private int exitCode(String ci) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        Path.of(BuildReport.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString(),
                        BuildReport.class.getName(),
                        folder.toString(),
                        ci)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void the_skips_that_are_allowed_are_of_tests_that_exist() throws IOException {
        Map<String, String> tests = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                tests.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }

        assertThat(AllowedSkip.all()).isNotEmpty().allSatisfy(skip -> {
            String[] names = skip.test().split("\\.");
            assertThat(tests).containsKey(names[0]);
            assertThat(skip.machine()).isIn("any", "linux", "mac", "windows", "not-linux", "user");
            if (names.length > 1) {
                assertThat(tests.values()).anyMatch(source -> source.contains(" void " + names[1] + "("));
            }
        });
        assertThat(AllowedSkip.kinds("Linux", "root")).contains("any", "linux").doesNotContain("user", "not-linux");
        assertThat(AllowedSkip.kinds("Mac OS X", "joe")).contains("any", "mac", "not-linux", "user");
        assertThat(AllowedSkip.kinds("Windows 11", "joe")).contains("windows", "not-linux");
    }

    @Test
    void the_slowest_classes_and_tests_come_first() throws IOException {
        for (int i = 1; i <= 12; i++) {
            report("c" + i, """
                <testsuite name="a.C%1$dTest" time="1,00%2$d.5">
                  <testcase name="t" classname="a.C%1$dTest" time="%1$d"/>
                </testsuite>\
                """.formatted(i, i % 10));
        }

        String printed = printed();

        assertThat(printed).contains("Tests: 12 in 12 classes", "1009.5 s  C9Test (1)", "12.0 s  C12Test.t");
        assertThat(printed).doesNotContain(" C2Test.t", " C1Test.t").endsWith("No check was skipped.\n");
        assertThat(printed.indexOf("C12Test.t")).isLessThan(printed.indexOf("C11Test.t"));
    }

    @Test
    void a_class_or_test_that_takes_longer_than_a_minute_is_named() throws IOException {
        report("long", """
            <testsuite name="a.LongTest" time="60.1">
              <testcase name="long" classname="a.LongTest" time="60.01"/>
              <testcase name="short" classname="a.LongTest" time="60"/>
            </testsuite>\
            """);
        report("short", """
            <testsuite name="a.ShortTest" time="60"/>\
            """);

        assertThat(printed().lines()).contains("LONGER THAN A MINUTE, 2: LongTest, LongTest.long");
    }

    @Test
    void a_folder_that_is_missing_holds_no_reports() {
        BuildReport report = new BuildReport(List.of());
        report.read(folder.resolve("nowhere"));

        assertThat(print(report)).contains("Tests: 0 in 0 classes");
    }

    @Test
    void tests_that_were_left_to_another_build_are_the_last_line() {
        BuildReport report = new BuildReport(List.of());
        report.without("long");
        assertThat(print(report)).endsWith("""
                No check was skipped.
                NOT RUN: the slow tests with the tag 'long'; .ci/run runs them, and so does -Dslow.without=none.
                """);
        report.without("none");
        assertThat(print(report)).endsWith("No check was skipped.\n");
    }

    private void report(String name, String xml) throws IOException {
        Files.writeString(folder.resolve("TEST-" + name + ".xml"), xml);
        Files.writeString(folder.resolve(name + ".txt"), "not a report");
    }

    private String printed(AllowedSkip... allowed) {
        BuildReport report = new BuildReport(List.of(allowed));
        report.read(folder);
        return print(report);
    }

    private static String print(BuildReport report) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            report.print(out);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
