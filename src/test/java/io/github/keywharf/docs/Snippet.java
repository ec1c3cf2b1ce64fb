package io.github.keywharf.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A piece of Java as it stands in a text, made into a program. */
final class Snippet {
    private static final List<String> PACKAGES = List.of(
            "",
            "table",
            "store",
            "secret",
            "catalog",
            "key",
            "tls",
            "event",
            "format",
            "format.delta",
            "sql",
            "dictionary",
            "postgres",
            "cassandra",
            "cassandra.key",
            "aws",
            "azure",
            "azure.functions",
            "databricks",
            "salesforce",
            "testing.contract",
            "query",
            "query.duckdb",
            "http",
            "http.jetty",
            "http.upload",
            "pipeline",
            "pipeline.star",
            "pipeline.zone",
            "totesys",
            "batch",
            "sharing",
            "sharing.client",
            "sharing.server",
            "sharing.usage");

    private static final String CLASS = "Snippet";
    private static final Pattern COMPLETE = Pattern.compile("(?m)^public (?:final )?class (\\w+)");

    private Snippet() {}

    /**
     * Compiles the block into {@code directory}: as it stands if it begins a public class at the margin, otherwise as the
     * body of a {@code main} that may throw anything.
     *
     * @return the compiler's complaints, empty if it has none
     */
    static String compile(String hidden, String text, Path directory) throws IOException {
        Path source = directory.resolve(className(text) + ".java");
        Files.writeString(source, program(hidden, text));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
            List<String> options = List.of(
                    "-proc:none", "-d", directory.toString(), "-classpath", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            complaints, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            return compiled ? "" : complaints + "\n" + Files.readString(source);
        }
    }

    /** Runs what {@link #compile} made of the block in the directory, with the directory as the working one. */
    static ForkedJava.Result run(String text, Path directory) throws IOException, InterruptedException {
        String classPath = directory + File.pathSeparator + System.getProperty("java.class.path");
        return ForkedJava.run(directory, classPath, className(text));
    }

    private static String className(String text) {
        return COMPLETE.matcher(text)
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElse(CLASS);
    }

    private static String program(String hidden, String text) {
        if (COMPLETE.matcher(text).find()) {
            return text;
        }
        Pattern imports = Pattern.compile("^import .*;\\s*$");
        String own = text.lines().filter(imports.asPredicate()).collect(Collectors.joining("\n"));
        String body = text.lines().filter(imports.asPredicate().negate()).collect(Collectors.joining("\n"));
        String prelude = Stream.concat(
                        Stream.of("java.util", "java.time", "java.nio.file"),
                        PACKAGES.stream()
                                .map(name -> name.isEmpty() ? "io.github.keywharf" : "io.github.keywharf." + name)
                                .filter(Snippet::exists))
                .map(name -> "import " + name + ".*;")
                .collect(Collectors.joining("\n", "import java.net.URI;\n", ""));
        return """
                %s
                %s
                public class %s {
                    public static void main(String[] args) throws Throwable {
                %s
                %s
                    }
                }
                """.formatted(prelude, own, CLASS, hidden, body);
    }

    /** Javac refuses to import all of a package that has no class. */
    private static boolean exists(String name) {
        return Stream.of(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                .map(entry -> Path.of(entry).resolve(name.replace('.', File.separatorChar)))
                .anyMatch(Snippet::holdsClasses);
    }

    private static boolean holdsClasses(Path directory) {
        String[] files = directory.toFile().list((where, file) -> file.endsWith(".class"));
        return files != null && Stream.of(files).anyMatch(file -> !file.equals("package-info.class"));
    }
}
