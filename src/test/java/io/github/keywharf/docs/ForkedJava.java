package io.github.keywharf.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java program in a process of its own, as a reader of the docs would run it. */
final class ForkedJava {
    private static final long TIMEOUT_SECONDS = 120;

    private ForkedJava() {}

    /**
     * What came of it.
     *
     * @param exitCode zero when all went well
     * @param output what it printed on standard output
     * @param errors what it printed on standard error
     */
    record Result(int exitCode, String output, String errors) {}

    static Result run(Path directory, String classPath, String mainClass) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        try {
            Process process = new ProcessBuilder(command(classPath, mainClass))
                    .directory(directory.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IOException("[" + mainClass + "] still runs after " + TIMEOUT_SECONDS + " s, having printed: "
                        + Files.readString(output, UTF_8) + Files.readString(errors, UTF_8));
            }
            return new Result(process.exitValue(), Files.readString(output, UTF_8), Files.readString(errors, UTF_8));
        } finally {
            Files.deleteIfExists(output);
            Files.deleteIfExists(errors);
        }
    }

    private static List<String> command(String classPath, String mainClass) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-classpath",
                classPath,
                mainClass);
    }
}
