package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page of errors. */
public final class ErrorsPage {
    static final Path PAGE = Path.of("docs/reference/errors.md");
    static final Pattern CODE = Pattern.compile("`([a-z]+\\.[a-z_0-9]+)`");
    private static final Pattern ROW = Pattern.compile("\\| (`[^|]*`) \\| [^|]* \\| ?(.*)\\|");

    private ErrorsPage() {}

    /** What the page says of each code: whether the same call may succeed later. */
    public static Map<String, Boolean> retryable() throws IOException {
        Map<String, Boolean> codes = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Matcher code = CODE.matcher(row.group(1));
                while (code.find()) {
                    boolean again = row.group(2).matches("(again|wait)\\b.*");
                    assertThat(codes.put(code.group(1), again))
                            .as(code.group(1))
                            .isIn(null, again);
                }
            }
        }
        return codes;
    }
}
