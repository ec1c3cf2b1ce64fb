package io.github.keywharf.query.duckdb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.sql.NamedSql;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Which statements run. DuckDB itself keeps SQL away from all files but the engine's own temporary ones, which it must reach;
 * these checks keep it from writing those.
 */
final class AllowedSql {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** How statements begin that change tables and nothing else. */
    private static final Set<String> CHANGES =
            Set.of("insert", "update", "delete", "merge", "truncate", "create", "alter", "drop", "comment", "with");

    /** How those begin that give rows. */
    private static final Set<String> QUERIES = Set.of("select", "from", "values", "show", "describe", "summarize");

    private AllowedSql() {}

    /** Requires one statement that DuckDB's own parser takes for a query. */
    static void requireQuery(Session session, NamedSql statement) throws SQLException {
        String answer =
                Objects.requireNonNull(session.texts("SELECT json_serialize_sql($1::VARCHAR)", List.of(statement.sql()))
                        .get(0)
                        .get(0));
        JsonNode parsed = parse(answer);
        if (!parsed.path("error").asBoolean()) {
            if (parsed.path("statements").size() != 1) {
                throw new KeywharfException(
                        "query.bad_sql", DuckDbQuery.SUBJECT, "This is not a single query; run one at a time");
            }
        } else if (parsed.path("error_type").asText().equals("parser")) {
            String reason = Cut.printable(parsed.path("error_message").asText(), 600);
            int position = parsed.path("position").asInt(-1);
            String place = position < 0 ? "" : " (at character " + (position + 1) + ")";
            throw new KeywharfException(
                    "query.bad_sql", DuckDbQuery.SUBJECT, reason + place + "; correct the statement");
        } else {
            throw new KeywharfException(
                    "query.denied",
                    DuckDbQuery.SUBJECT,
                    "Only SELECT, FROM, VALUES, WITH, SHOW, DESCRIBE and SUMMARIZE give rows; run statements that change"
                            + " tables by update()");
        }
    }

    private static JsonNode parse(String answer) {
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new KeywharfException(
                    "query.bad_sql", DuckDbQuery.SUBJECT, "DuckDB cannot parse the statement; correct it", e);
        }
    }

    /**
     * Requires one statement that changes tables. A semicolon would need to be understood exactly as DuckDB does, to know
     * whether another statement follows.
     */
    static void requireChange(NamedSql statement, boolean files) {
        if (statement.sql().indexOf(';') >= 0) {
            throw new KeywharfException(
                    "query.bad_sql",
                    DuckDbQuery.SUBJECT,
                    "A semicolon stands within the statement; run one statement at a time, and bind text that holds one");
        }
        if (!files && QUERIES.contains(statement.firstWord())) {
            throw new KeywharfException(
                    "query.denied",
                    DuckDbQuery.SUBJECT,
                    "A statement that begins with '" + statement.firstWord()
                            + "' changes nothing; run it by rows() or all()");
        }
        if (!files && !CHANGES.contains(statement.firstWord())) {
            throw new KeywharfException(
                    "query.denied",
                    DuckDbQuery.SUBJECT,
                    "Statements that begin with '" + Cut.printable(statement.firstWord(), 40)
                            + "' do not run; fileAccess(true) of the builder allows them");
        }
    }
}
