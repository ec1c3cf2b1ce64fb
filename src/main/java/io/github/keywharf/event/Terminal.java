package io.github.keywharf.event;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a place to print to can do.
 *
 * @param out where to print
 * @param canRedraw whether lines can be redrawn in place: a person's terminal, not a file or a pipe
 * @param hasColour whether colours are wanted
 * @param width how many characters fit on a line
 */
record Terminal(PrintStream out, boolean canRedraw, boolean hasColour, int width) {

    private static final int DEFAULT_WIDTH = 80;
    private static final int LEAST_WIDTH = 20;

    /** The process's own standard output, by its console and environment. */
    static Terminal ofProcess() {
        return of(System.out, isTerminal(System.console()), System.getenv());
    }

    /** A terminal by the conventions of the environment: {@code TERM}, {@code NO_COLOR}, {@code COLUMNS}. */
    static Terminal of(PrintStream out, boolean isTerminal, Map<String, String> environment) {
        String kind = environment.getOrDefault("TERM", "");
        boolean canRedraw = isTerminal && !kind.equals("dumb");
        boolean hasColour =
                canRedraw && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(out, canRedraw, hasColour, width(environment.get("COLUMNS")));
    }

    private static int width(@Nullable String columns) {
        try {
            return columns == null ? DEFAULT_WIDTH : Math.max(LEAST_WIDTH, Integer.parseInt(columns.strip()));
        } catch (NumberFormatException e) {
            return DEFAULT_WIDTH;
        }
    }

    /**
     * Whether a console is a terminal: up to Java 21 there is none otherwise, from 22 on there always is one and it knows.
     */
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
