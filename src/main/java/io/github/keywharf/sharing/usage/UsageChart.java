package io.github.keywharf.sharing.usage;

import java.util.Optional;

/**
 * A chart of usage, which a dashboard and a page show alike.
 *
 * @param title what stands above it
 * @param shape how it shows the measure
 * @param measure what it shows
 * @param by the column of texts that splits it; always there for a ranking, never for a total
 */
public record UsageChart(String title, Shape shape, UsageMeasure measure, Optional<String> by) {

    /** How many texts of the column a chart distinguishes: those with the most. */
    static final int MAX_SERIES = 8;

    /** How many bars a ranking has at most. */
    static final int MAX_BARS = 12;

    /** How a chart shows its measure. */
    public enum Shape {
        /** One number. */
        TOTAL,
        /** A bar for each day, in UTC, split by a column where one is given. */
        TREND,
        /** A bar for each text of a column, the longest first. */
        RANKING
    }

    /** Checks the title, and that a column is there where the shape needs one. */
    public UsageChart {
        UsageCharts.checkTitle(title);
        by.ifPresent(UsageCharts::checkText);
        if (shape == Shape.TOTAL ? by.isPresent() : shape == Shape.RANKING && by.isEmpty()) {
            throw new IllegalArgumentException("The chart '" + title + "' is a " + shape
                    + (by.isPresent() ? ", which no column splits" : ", which needs a column that splits it"));
        }
    }

    /** The measure as one number, under its own title. */
    public static UsageChart total(UsageMeasure measure) {
        return new UsageChart(measure.title(), Shape.TOTAL, measure, Optional.empty());
    }

    /** The measure by day. */
    public static UsageChart trend(String title, UsageMeasure measure) {
        return new UsageChart(title, Shape.TREND, measure, Optional.empty());
    }

    /** The measure by day and the texts of a column. */
    public static UsageChart trend(String title, UsageMeasure measure, String by) {
        return new UsageChart(title, Shape.TREND, measure, Optional.of(by));
    }

    /** The measure by the texts of a column. */
    public static UsageChart ranking(String title, UsageMeasure measure, String by) {
        return new UsageChart(title, Shape.RANKING, measure, Optional.of(by));
    }
}
