package io.github.keywharf.event;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Standard output or another place to print to.
 *
 * @param width number of characters that fit on a line
 */
record Terminal(PrintStream out, Style style, int width) {

    /** Capabilities of a place to print to, each with those before it. */
    enum Style {
        /** A file or a pipe. */
        PLAIN,
        /** A person's terminal, whose lines can be redrawn in place. */
        REDRAWN,
        /** A terminal on which colours are wanted. */
        COLOURED
    }

    private static final int DEFAULT_WIDTH = 80;
    private static final int LEAST_WIDTH = 20;

    /** Standard output of this process, by its console and environment. */
    static Terminal ofProcess() {
        return isTerminal(System.console())
                ? of(System.out, System.getenv())
                : new Terminal(System.out, Style.PLAIN, DEFAULT_WIDTH);
    }

    /** A terminal by the conventions of the environment: {@code TERM}, {@code NO_COLOR}, {@code COLUMNS}. */
    static Terminal of(PrintStream out, Map<String, String> environment) {
        return new Terminal(out, style(environment), width(environment.get("COLUMNS")));
    }

    private static Style style(Map<String, String> environment) {
        if (environment.getOrDefault("TERM", "").equals("dumb")) {
            return Style.PLAIN;
        }
        return environment.getOrDefault("NO_COLOR", "").isEmpty() ? Style.COLOURED : Style.REDRAWN;
    }

    boolean canRedraw() {
        return style != Style.PLAIN;
    }

    boolean hasColour() {
        return style == Style.COLOURED;
    }

    private static int width(@Nullable String columns) {
        try {
            return columns == null ? DEFAULT_WIDTH : Math.max(LEAST_WIDTH, Integer.parseInt(columns.strip()));
        } catch (NumberFormatException e) {
            return DEFAULT_WIDTH;
        }
    }

    // Up to Java 21 there is a console only on a terminal; from 22 on there is always one, and it knows.
    private static boolean isTerminal(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
