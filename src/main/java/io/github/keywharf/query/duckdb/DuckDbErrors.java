package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DuckDB says went wrong, which it says in a text alone. */
final class DuckDbErrors {

    private static final int MOST_TEXT = 600;
    private static final Pattern KIND = Pattern.compile("(?s)\\s*([A-Za-z ]+?) Error: ?(.*)");
    private static final Pattern PLACE = Pattern.compile("(?m)^LINE (\\d+): (.*)\\R( *)(\\^+)");

    private DuckDbErrors() {}

    /** The error as one of ours. */
    static KeywharfException of(String subject, SQLException e) {
        String text = String.valueOf(e.getMessage());
        String reason = reason(text);
        return switch (kind(text)) {
            case "parser", "binder", "catalog", "syntax", "parameter not resolved", "not implemented" ->
                reason.contains("Existing object")
                        ? failure("query.name_taken", subject, reason + "; choose another name, or drop it first", e)
                        : failure("query.bad_sql", subject, reason + place(text) + "; correct the statement", e);
            case "conversion", "out of range", "mismatch type", "decimal", "division by zero" ->
                failure("query.bad_value", subject, reason + "; correct the value, or use TRY_CAST", e);
            case "constraint" -> failure("query.constraint", subject, reason + "; correct the row", e);
            case "permission" -> denied(subject, reason, e);
            case "out of memory" ->
                failure(
                        "query.out_of_memory",
                        subject,
                        reason + "; raise memoryLimit(…) or spillLimit(…), or ask for less in one statement",
                        e);
            case "io" ->
                reason.contains("No space left")
                        ? failure("query.out_of_disk", subject, reason + "; make room in tempDirectory(…)", e)
                        : failure("query.failed", subject, reason + "; see the cause", e);
            case "transactioncontext", "transaction context" ->
                KeywharfException.retryable("query.conflict", subject, reason + "; run it again", e);
            case "invalid input" -> invalid(subject, reason, text, e);
            default -> failure("query.failed", subject, reason + "; see the cause", e);
        };
    }

    private static KeywharfException invalid(String subject, String reason, String text, SQLException e) {
        if (reason.contains("configuration has been locked")) {
            return denied(subject, reason, e);
        } else if (reason.contains("Parameter count mismatch")) {
            return failure(
                    "query.bad_sql", subject, "Parameters are written :name or $1, not ?; correct the statement", e);
        } else if (reason.contains("Unsupported parameter type")) {
            return failure(
                    "query.bad_value",
                    subject,
                    "A parameter's value has a type that cannot be bound; bind a number, text, date or time",
                    e);
        }
        return failure("query.bad_value", subject, reason + place(text) + "; correct it", e);
    }

    static KeywharfException denied(String subject, String reason, SQLException e) {
        return failure("query.denied", subject, reason + "; fileAccess(true) of the builder allows it", e);
    }

    private static KeywharfException failure(String code, String subject, String problem, SQLException e) {
        return new KeywharfException(code, subject, problem, e);
    }

    /** Why a single row is refused, when that is what the error is about. */
    static Optional<String> ofRow(SQLException e) {
        String text = String.valueOf(e.getMessage());
        return switch (kind(text)) {
            case "constraint", "conversion", "out of range" -> Optional.of(reason(text));
            default -> Optional.empty();
        };
    }

    private static String kind(String text) {
        Matcher kind = KIND.matcher(text);
        return kind.matches() ? kind.group(1).toLowerCase(Locale.ROOT) : "";
    }

    /** The text without its kind, and without the lines that draw the place. */
    static String reason(String text) {
        Matcher kind = KIND.matcher(text);
        String all = kind.matches() ? kind.group(2) : text;
        // The place is drawn after it, or what to do in a shell of DuckDB's own.
        String said = all.split("\nLINE |\n\nPossible solutions", 2)[0].strip();
        return Cut.printable(said.replaceAll("[.!]?\\s*\\R\\s*", "; "), MOST_TEXT)
                .replaceAll("[.!]$", "");
    }

    private static String place(String text) {
        Matcher place = PLACE.matcher(text);
        if (!place.find()) {
            return "";
        }
        String prefix = "LINE " + place.group(1) + ": ";
        String line = place.group(2);
        int from = Math.min(Math.max(place.group(3).length() - prefix.length(), 0), line.length());
        int to = Math.min(from + place.group(4).length(), line.length());
        return " (line " + place.group(1) + ", at '" + Cut.printable(line.substring(from, to), 80) + "')";
    }
}
