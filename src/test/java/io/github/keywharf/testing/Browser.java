package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real browser that looks at the pages which the library writes. */
public final class Browser {
    private static final int SECONDS = 60;

    private static final List<String> ARGUMENTS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final Path program;
    private final Path directory;

    private Browser(Path program, Path directory) {
        this.program = program;
        this.directory = directory;
    }

    /**
     * The browser of this machine; the test is skipped where there is none.
     *
     * @param directory for its files; the test's own
     */
    public static Browser find(Path directory) {
        Optional<Path> program = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "there is no Chromium on this machine to look at the page");
        return new Browser(program.orElseThrow(), directory);
    }

    /** The page's elements after its scripts have run, as HTML. */
    public String elements(String url, String... further) throws IOException, InterruptedException {
        Path output = directory.resolve("elements.html");
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(ARGUMENTS);
        command.addAll(List.of(further));
        command.addAll(List.of("--user-data-dir=" + directory.resolve("browser"), "--dump-dom", url));
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS))
                    .as("Chromium ends")
                    .isTrue();
            return Files.readString(output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
