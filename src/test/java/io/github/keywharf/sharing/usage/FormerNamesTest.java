package io.github.keywharf.sharing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FormerNamesTest {

    @Test
    void former_names_become_names_that_the_page_of_events_lists() throws IOException {
        String listed = Files.readString(Path.of("docs/reference/events.md"));

        assertThat(Pattern.compile("THEN '([^']*)'")
                        .matcher(FormerNames.sql("activity"))
                        .results()
                        .map(MatchResult::group))
                .hasSizeGreaterThan(30)
                .allSatisfy(then -> assertThat(listed).contains("| `" + then.replaceAll("THEN '(.*)'", "$1") + "` |"));
    }

    @Test
    void other_names_stay() {
        assertThat(FormerNames.current("platform.export.finished")).isEqualTo("platform.export.finished");
        assertThat(FormerNames.current("Export.Finished")).isEqualTo("Export.Finished");
    }
}
