package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

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
        List<String> arguments = new ArrayList<>(List.of(further));
        arguments.add("--dump-dom");
        return run(url, arguments);
    }

    /** What the page looks like on a screen of that size, light and without anything that moves. */
    public BufferedImage screenshot(String url, int width, int height) throws IOException, InterruptedException {
        Path image = directory.resolve("screenshot.png");
        run(url, List.of("--screenshot=" + image, "--window-size=" + width + "," + height, "--hide-scrollbars"));
        return ImageIO.read(image.toFile());
    }

    private String run(String url, List<String> further) throws IOException, InterruptedException {
        Path output = directory.resolve("elements.html");
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(ARGUMENTS);
        command.addAll(further);
        command.addAll(List.of("--user-data-dir=" + directory.resolve("browser"), url));
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
