package io.github.keywharf.query.duckdb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.sql.NamedSql;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rules for the statements that run. DuckDB itself keeps SQL away from all files but the engine's own temporary ones, which it
 * must reach; these rules keep SQL from writing those. They judge what DuckDB makes of a statement, its syntax tree and its
 * plan, since only DuckDB knows where a comment or a literal ends and what a view, a macro or a trigger stands for.
 */
final class AllowedSql {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** First words of statements that change tables and nothing else. */
    private static final Set<String> CHANGES =
            Set.of("insert", "update", "delete", "merge", "truncate", "create", "alter", "drop", "comment", "with");

    /** First words of statements that EXPLAIN does not take; they have no part that is a statement. */
    private static final Set<String> WITHOUT_PLAN = Set.of("truncate", "comment");

    /** First words of statements that return rows. */
    private static final Set<String> QUERIES = Set.of("select", "from", "values", "show", "describe", "summarize");

    private static final String CREATES_FUNCTION = "CREATE_MACRO";

    /**
     * Operators that may stand in no plan: the first runs a statement that is a value, which no plan shows; the second runs a
     * part of its own whenever rows are inserted, by a sink too.
     */
    private static final Set<String> REFUSED = Set.of("JSON_EXECUTE_SERIALIZED_SQL", "CREATE_TRIGGER");

    /**
     * Parts of the names of operators that write files, call a function by its name, or change the engine for everybody.
     */
    private static final Pattern REFUSED_KINDS =
            Pattern.compile("COPY|EXTERNAL_RESOURCE|CHECKPOINT|^(DIS|EN)ABLE_|^TRUNCATE_DUCKDB_LOGS");

    /**
     * Functions that take a statement as a value. DuckDB evaluates it whenever it binds the statement around it, so the plan
     * that was judged need not be the one that runs.
     */
    private static final Set<String> TAKES_STATEMENT = Set.of(
            "query",
            "query_table",
            "json_execute_serialized_sql",
            "register_external_resource_type",
            "destroy_external_resource");

    /** A call of such a function as DuckDB reads it, wherever it stands, in a literal too. */
    private static final Pattern CALLS_STATEMENT = Pattern.compile(
            "\\b(" + String.join("|", TAKES_STATEMENT) + ")\"?(\\s|--[^\\n]*(\\n|$)|/\\*.*?\\*/)*\\(",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private AllowedSql() {}

    /** Requires one statement that DuckDB's own parser takes for a query. */
    static void requireQuery(Session session, NamedSql statement) throws SQLException {
        String parser = "SELECT " + BuiltIns.PREFIX + "json_serialize_sql($1::VARCHAR)";
        JsonNode parsed = json(session, parser, List.of(statement.sql()), 0);
        if (!parsed.path("error").asBoolean()) {
            if (parsed.path("statements").size() != 1) {
                throw new KeywharfException(
                        "query.bad_sql", DuckDbQuery.SUBJECT, "This is not a single query; run one at a time");
            }
            for (String function : parsed.findValuesAsText("function_name")) {
                if (TAKES_STATEMENT.contains(function.toLowerCase(Locale.ROOT))) {
                    throw takesStatement(function);
                }
            }
        } else if (parsed.path("error_type").asText().equals("parser")) {
            String reason = Cut.printable(parsed.path("error_message").asText(), 600);
            int position = parsed.path("position").asInt(-1);
            String place = position < 0 ? "" : " (at character " + (position + 1) + ")";
            throw new KeywharfException(
                    "query.bad_sql", DuckDbQuery.SUBJECT, reason + place + "; correct the statement");
        } else {
            throw denied(
                    "Only SELECT, FROM, VALUES, WITH, SHOW, DESCRIBE and SUMMARIZE give rows; run statements that change"
                            + " tables by update()");
        }
    }

    private static JsonNode json(Session session, String sql, List<? extends @Nullable Object> values, int column)
            throws SQLException {
        String answer = Objects.requireNonNull(session.texts(sql, values).get(0).get(column));
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new KeywharfException(
                    "query.bad_sql", DuckDbQuery.SUBJECT, "DuckDB cannot parse the statement; correct it", e);
        }
    }

    /**
     * Requires one statement that changes tables by its first word, and returns it without the comments before that word: what
     * begins with a word is that word to every reader. A semicolon would need to be understood exactly as DuckDB does, to know
     * whether another statement follows.
     */
    static String requireChange(NamedSql statement) {
        requireSingle(statement);
        String sql = withoutCommentsBefore(statement.sql());
        String word = firstWord(sql);
        if (QUERIES.contains(word)) {
            throw denied("A statement that begins with '" + word + "' changes nothing; run it by rows() or all()");
        }
        if (!CHANGES.contains(word)) {
            throw denied("Statements that begin with '" + Cut.printable(word.isEmpty() ? sql : word, 40)
                    + "' do not run; fileAccess(true) of the builder allows them");
        }
        Matcher call = CALLS_STATEMENT.matcher(sql);
        if (!WITHOUT_PLAN.contains(word) && call.find()) {
            throw takesStatement(call.group(1));
        }
        return sql;
    }

    /** Whether a definition of a database calls a function that takes a statement as a value. */
    static boolean callsStatement(String definition) {
        return CALLS_STATEMENT.matcher(definition).find();
    }

    private static KeywharfException takesStatement(String function) {
        return denied(
                "The function " + function + " takes a statement as a value, which is not judged; write the statement"
                        + " itself, or bind the text that holds these words. fileAccess(true) of the builder allows it");
    }

    /** Requires a statement without a semicolon. */
    static void requireSingle(NamedSql statement) {
        if (statement.sql().indexOf(';') >= 0) {
            throw new KeywharfException(
                    "query.bad_sql",
                    DuckDbQuery.SUBJECT,
                    "A semicolon stands within the statement; run one statement at a time, and bind text that holds one");
        }
    }

    /** The rest keeps its line, by which errors are found. */
    private static String withoutCommentsBefore(String sql) {
        int at = 0;
        while (at < sql.length()) {
            if (Character.isWhitespace(sql.charAt(at))) {
                at++;
            } else if (sql.startsWith("--", at)) {
                at = end(sql, "\n", at);
            } else if (sql.startsWith("/*", at)) {
                at = end(sql, "*/", at + 2);
            } else {
                break;
            }
        }
        long lines = sql.substring(0, at).chars().filter(c -> c == '\n').count();
        return "\n".repeat((int) lines) + sql.substring(at);
    }

    private static int end(String sql, String mark, int from) {
        int found = sql.indexOf(mark, from);
        return found < 0 ? sql.length() : found + mark.length();
    }

    private static String firstWord(String sql) {
        String begun = sql.stripLeading();
        int end = 0;
        while (end < begun.length() && Character.isLetter(begun.charAt(end))) {
            end++;
        }
        return begun.substring(0, end).toLowerCase(Locale.ROOT);
    }

    /** Runs a statement that {@link #requireChange} has passed, in a transaction that shows it what its plan was made of. */
    static long change(Session session, String sql, List<@Nullable Object> values) throws SQLException {
        session.execute("BEGIN");
        boolean createsFunction = false;
        if (!WITHOUT_PLAN.contains(firstWord(sql))) {
            JsonNode plan = plan(session, sql, values);
            requireHarmless(plan);
            createsFunction = operators(plan).contains(CREATES_FUNCTION);
        }
        long changed = session.execute(sql, values);
        if (createsFunction) {
            Optional<String> taken = BuiltIns.taken(session);
            if (taken.isPresent()) {
                throw new KeywharfException(
                        "query.name_taken",
                        DuckDbQuery.SUBJECT,
                        "A function '" + Cut.printable(taken.get(), 80) + "' is built in; choose another name");
            }
        }
        session.execute("COMMIT");
        return changed;
    }

    /** Requires that a statement of this engine writes no file but by its own COPY at the top, in its transaction. */
    static void requireHarmlessQuery(Session session, String copy, List<@Nullable Object> values) throws SQLException {
        requireHarmless(plan(session, copy, values).path(0).path("children"));
    }

    private static JsonNode plan(Session session, String sql, List<@Nullable Object> values) throws SQLException {
        return json(session, "EXPLAIN (FORMAT json) " + sql, values, 1);
    }

    private static List<String> operators(JsonNode plan) {
        return plan.findValuesAsText("name");
    }

    private static void requireHarmless(JsonNode plan) {
        for (String operator : operators(plan)) {
            if (REFUSED_KINDS.matcher(operator).find() || REFUSED.contains(operator)) {
                throw denied("The statement has a part that may leave the tables, " + Cut.printable(operator, 40)
                        + "; fileAccess(true) of the builder allows it");
            }
        }
    }

    private static KeywharfException denied(String problem) {
        return new KeywharfException("query.denied", DuckDbQuery.SUBJECT, problem);
    }
}
