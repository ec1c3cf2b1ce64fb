package io.github.keywharf.salesforce;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the API that an org has.
 *
 * @param name as in paths and for {@code apiVersion(…)}: {@code v66.0}
 * @param label the release it came with: {@code Spring '26}
 */
public record SalesforceVersion(String name, String label) {
    private static final Pattern SHAPE = Pattern.compile("[vV]?(\\d{1,3})(\\.0)?");
    private static final int OLDEST = 41;

    int number() {
        return number(name);
    }

    /** A version as people write it ({@code 66}, {@code 66.0}, {@code v66.0}) as it is in paths. */
    static String checked(String text) {
        int number = number(text.strip());
        if (number < OLDEST) {
            throw new IllegalArgumentException("The API version '" + text + "' is older than v" + OLDEST
                    + ".0; the vendor has removed those up to 30.0, and no longer supports those up to 40.0");
        }
        return "v" + number + ".0";
    }

    private static int number(String text) {
        Matcher shape = SHAPE.matcher(text);
        if (!shape.matches()) {
            throw new IllegalArgumentException("The API version '" + text + "' is not written as v66.0");
        }
        return Integer.parseInt(shape.group(1));
    }
}
