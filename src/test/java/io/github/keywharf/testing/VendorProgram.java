package io.github.keywharf.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs a program of one file in a process of its own, with a vendor's class path that never joins ours. */
public final class VendorProgram {
    private static final long MINUTES = 4;

    private VendorProgram() {}

    /**
     * Runs it to its end.
     *
     * @param classPath the resource that has the class path, which Maven writes: {@code /azure-sdk.classpath}
     * @param directory where files of the run may be left
     * @return what it printed, line by line
     * @throws AssertionError when it fails
     */
    public static List<String> run(
            String classPath,
            Path program,
            Path directory,
            Map<String, String> environment,
            List<String> options,
            String... arguments)
            throws IOException, InterruptedException {
        Path output = directory.resolve("program.log");
        Path errors = directory.resolve("program.err");
        Path file = Files.writeString(directory.resolve("program.arguments"), "-cp " + classPath(classPath) + "\n");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + file,
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.add(program.toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(errors.toFile()).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new AssertionError(program + " failed: " + Files.readString(output) + Files.readString(errors));
            }
            return Files.readAllLines(output);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The class path that a resource has. */
    static String classPath(String resource) throws IOException {
        try (InputStream in = VendorProgram.class.getResourceAsStream(resource)) {
            return new String(
                            Objects.requireNonNull(in, "no " + resource + ": run Maven")
                                    .readAllBytes(),
                            UTF_8)
                    .trim();
        }
    }
}
