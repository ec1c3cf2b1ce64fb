package io.github.keywharf.sharing.usage;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.internal.Checks;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a chart adds up: a column of numbers, over the rows that have certain texts in other columns.
 *
 * @param name of the metric in Superset: lower-case letters, digits and underscores
 * @param title what people call it
 * @param column whose values are added up
 * @param where by column, the accepted texts; former names of activities stand for those of today
 * @param divisor what the sum is divided by, such as 1,000 for seconds from milliseconds
 */
public record UsageMeasure(String name, String title, String column, Map<String, List<String>> where, long divisor) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final int DIGITS = 6;

    /** Checks the name, the title and the divisor, and copies the map. */
    public UsageMeasure {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a measure's name; use lower-case letters, digits and underscores");
        }
        UsageCharts.checkTitle(title);
        UsageCharts.checkText(column);
        Checks.positive("divisor", divisor);
        Map<String, List<String>> copy = new LinkedHashMap<>();
        where.forEach((key, values) -> {
            UsageCharts.checkText(key);
            values.forEach(UsageCharts::checkText);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("The column '" + key + "' needs at least one text");
            }
            copy.put(
                    key,
                    values.stream()
                            .map(value -> FormerNames.current(key, value))
                            .distinct()
                            .toList());
        });
        where = Collections.unmodifiableMap(copy);
    }

    /** The sum of a column. */
    public static UsageMeasure sum(String name, String title, String column) {
        return new UsageMeasure(name, title, column, Map.of(), 1);
    }

    /** This measure under another name and title, as two different ones of the same charts need. */
    @CheckReturnValue
    public UsageMeasure named(String newName, String newTitle) {
        return new UsageMeasure(newName, newTitle, column, where, divisor);
    }

    /** This measure over the rows alone that have one of these texts in a column. */
    @CheckReturnValue
    public UsageMeasure where(String textColumn, String... values) {
        Map<String, List<String>> more = new LinkedHashMap<>(where);
        more.put(textColumn, List.of(values));
        return new UsageMeasure(name, title, column, more, divisor);
    }

    /** This measure divided by a number. */
    @CheckReturnValue
    public UsageMeasure dividedBy(long number) {
        return new UsageMeasure(name, title, column, where, number);
    }

    /** The measure from the sum. */
    BigDecimal of(BigDecimal sum) {
        return divisor == 1 ? sum : sum.divide(BigDecimal.valueOf(divisor), DIGITS, RoundingMode.HALF_UP);
    }
}
