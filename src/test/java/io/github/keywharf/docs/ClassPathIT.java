package io.github.keywharf.docs;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import io.github.keywharf.testing.aws.FakeSecretsManager;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import io.github.keywharf.testing.salesforce.FakeSalesforceServer;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts each use of docs/reference/class-path.md in a process of its own, on a class path of the jars that the page lists for
 * it and no other. A class must have been loaded from each of them, so that the page lists none that is not needed.
 */
class ClassPathIT {
    private static final Path PAGE = Path.of("docs/reference/class-path.md");
    private static final Pattern LOADED = Pattern.compile("source: file:\\S*/([^/\\s]+\\.jar)");

    /** A jar that is not optional, in what Maven lists. */
    private static final Pattern REQUIRED = Pattern.compile(":(?:compile|runtime):([^()]*\\.jar)(?!.*\\(optional)");

    /** Jars of the class path of the tests, by file name. */
    private static final Map<String, Path> KNOWN = Stream.of(
                    System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .map(Path::of)
            .collect(toMap(jar -> jar.getFileName().toString(), jar -> jar, (first, second) -> first));

    @TempDir
    Path directory;

    /** A use as the page has it: what its line says, and the file names of its jars. */
    private record Use(String name, String jars, String megabytes, List<String> files) {}

    @TestFactory
    Stream<DynamicTest> each_use_runs_on_the_jars_that_the_page_lists_for_it() throws IOException {
        return uses().stream().map(use -> DynamicTest.dynamicTest(use.name(), () -> start(use)));
    }

    @Test
    void local_files_need_few_jars() throws IOException {
        assertThat(uses().stream()
                        .filter(use -> use.name().equals("LocalFiles"))
                        .findFirst()
                        .orElseThrow()
                        .files())
                .hasSizeLessThanOrEqualTo(18);
    }

    @Test
    void the_library_brings_the_jars_that_the_page_says_and_they_fit() throws Exception {
        Path list = directory.resolve("list.txt");
        Path output = directory.resolve("maven.txt");
        boolean windows = File.separatorChar == '\\';
        Process maven = new ProcessBuilder(
                        Path.of(windows ? "mvnw.cmd" : "mvnw").toAbsolutePath().toString(),
                        "-q",
                        "-B",
                        "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:list",
                        "-DincludeScope=runtime",
                        "-DoutputAbsoluteArtifactFilename=true",
                        "-DoutputFile=" + list)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(maven.waitFor()).as(Files.readString(output)).isZero();

        int jars = 0;
        long bytes = 0;
        for (String line : Files.readAllLines(list)) {
            Matcher jar = REQUIRED.matcher(line);
            if (jar.find()) {
                jars++;
                bytes += Files.size(Path.of(jar.group(1)));
            }
        }
        assertThat(bytes).isLessThanOrEqualTo(46_500_000);
        assertThat(PAGE).content().contains(String.format(Locale.ROOT, "%d jars and %.1f MB", jars, bytes / 1e6));
    }

    private void start(Use use) throws Exception {
        switch (use.name()) {
            case "LocalFiles", "Delta", "Batch", "SharingServer" -> run(use);
            case "SharingClient" -> {
                Path profile = directory.resolve("acme.share");
                try (ClassPathUse.Served served = ClassPathUse.Served.start(directory)) {
                    served.profile().write(profile);
                    run(use, profile.toString());
                }
            }
            case "Cassandra" -> {
                try (CassandraServer server = CassandraServer.builder().start()) {
                    String keyspace = server.createKeyspace("shop");
                    for (String table : List.of("orders", "loaded")) {
                        server.execute(
                                "CREATE TABLE " + keyspace + "." + table + " (tenant text PRIMARY KEY, units int)");
                    }
                    run(
                            use,
                            String.valueOf(server.port()),
                            server.localDatacenter(),
                            server.caCertificate().toString(),
                            server.superuser(),
                            server.superuserPassword(),
                            keyspace);
                }
            }
            case "Salesforce" -> {
                try (FakeSalesforceServer org = FakeSalesforceServer.start(new FakeSalesforce())) {
                    run(use, org.uri().toString(), FakeSalesforce.CLIENT_ID, FakeSalesforce.CLIENT_SECRET);
                }
            }
            case "Aws" -> {
                try (S3Server s3 = S3Server.start(AwsKeys.ACCESS_KEY, AwsKeys.SECRET_KEY);
                        FakeServer secrets = FakeServer.start(new FakeSecretsManager());
                        FakeServer flows = FakeServer.start(new FakeAppFlow().define("contacts", "OnDemand"))) {
                    s3.createBucket("lake");
                    run(
                            use,
                            AwsKeys.ACCESS_KEY,
                            AwsKeys.SECRET_KEY,
                            s3.endpoint().toString(),
                            secrets.uri().toString(),
                            flows.uri().toString());
                }
            }
            case "Postgres" -> {
                try (PostgresServer server = PostgresServer.start()) {
                    server.execute("postgres", "CREATE TABLE orders (tenant text PRIMARY KEY, units int)");
                    run(use, server.jdbcUrl("postgres"), server.user(), server.password());
                }
            }
            default -> throw new AssertionError(PAGE + " lists a use that is not known here: " + use);
        }
    }

    private void run(Use use, String... arguments) throws Exception {
        Path folder = Files.createDirectory(directory.resolve(use.name()));
        List<Path> jars = new ArrayList<>();
        for (String file : use.files()) {
            assertThat(KNOWN).as("jars of the build").containsKey(file);
            jars.add(KNOWN.get(file));
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:file=loaded.txt",
                "-classpath",
                Stream.concat(Stream.of(home(KeywharfException.class), home(ClassPathUse.class)), jars.stream())
                        .map(Path::toString)
                        .collect(joining(File.pathSeparator)),
                ClassPathUse.class.getName() + "$" + use.name()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        // What hangs has failed: its output says at what.
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();

        TreeSet<String> loaded = new TreeSet<>();
        try (Stream<String> lines = Files.lines(folder.resolve("loaded.txt"))) {
            lines.flatMap(line -> LOADED.matcher(line).results())
                    .map(found -> found.group(1))
                    .filter(file -> !home(KeywharfException.class).endsWith(file))
                    .forEach(loaded::add);
        }
        assertThat(loaded).as("what is needed").containsExactlyElementsOf(new TreeSet<>(use.files()));
        long bytes = 0;
        for (Path jar : jars) {
            bytes += Files.size(jar);
        }
        assertThat(use.jars() + ", " + use.megabytes())
                .as("jars and MB of %s", use.name())
                .isEqualTo(String.format(Locale.ROOT, "%d, %.1f", jars.size(), bytes / 1e6));
    }

    private static Path home(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** The page's table of uses, with the jars that its table of jars marks for each. */
    private static List<Use> uses() throws IOException {
        List<List<String>> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| "))
                .map(line -> Stream.of(line.substring(1).split("\\|"))
                        .map(cell -> cell.strip().replace("`", ""))
                        .toList())
                .toList();
        List<String> columns = rows.stream()
                .filter(row -> row.get(0).equals("jar"))
                .findFirst()
                .orElseThrow();
        List<Use> uses = new ArrayList<>();
        for (List<String> row : rows.subList(1, rows.indexOf(columns))) {
            int column = columns.indexOf(row.get(0));
            List<String> files = rows.stream()
                    .skip(rows.indexOf(columns) + 1)
                    .takeWhile(jar -> jar.size() == columns.size())
                    .filter(jar -> jar.get(column).equals("x"))
                    .map(jar -> jar.get(0).split(":"))
                    .map(name -> name[1] + "-" + name[2] + ".jar")
                    .toList();
            uses.add(new Use(row.get(0), row.get(2), row.get(3), files));
        }
        return uses;
    }
}
