package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps the quickstart's headings within a terminal of 80 columns. */
class HeadingsTest {
    private static final Pattern STEP = Pattern.compile("step\\((?:QUIET_DAYS \\+ )?\"([^\"]+)\"");

    @Test
    void a_heading_fits_a_terminal() throws IOException {
        String quickstart = Files.readString(Path.of("examples/quickstart/Quickstart.java"));

        assertThat(STEP.matcher(quickstart).results().map(step -> "== 13 of 13. 10" + step.group(1)))
                .hasSizeGreaterThan(10)
                .allMatch(heading -> heading.length() <= 80);
    }
}
