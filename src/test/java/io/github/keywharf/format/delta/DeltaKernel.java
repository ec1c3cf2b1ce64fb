package io.github.keywharf.format.delta;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs Delta Kernel's own reader and writer in a process of its own, with a class path that never joins ours. */
final class DeltaKernel {

    private static final Path PROGRAM = Path.of("src/test/delta-kernel/KernelOracle.java");
    private static final long MINUTES = 4;

    private DeltaKernel() {}

    /** Runs commands one after the other; see the program. */
    static void run(Path directory, String... commands) throws IOException, InterruptedException {
        Path output = directory.resolve("kernel.log");
        Path arguments = Files.writeString(directory.resolve("kernel.arguments"), "-cp " + classPath() + "\n");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + arguments,
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Duser.timezone=Pacific/Auckland",
                "-Dlog4j2.level=error",
                PROGRAM.toString()));
        command.addAll(List.of(commands));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new AssertionError("Delta Kernel failed: " + Files.readString(output));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static String classPath() throws IOException {
        try (InputStream in = DeltaKernel.class.getResourceAsStream("/delta-kernel.classpath")) {
            return new String(
                            Objects.requireNonNull(in, "no delta-kernel.classpath: run Maven")
                                    .readAllBytes(),
                            UTF_8)
                    .trim();
        }
    }
}
