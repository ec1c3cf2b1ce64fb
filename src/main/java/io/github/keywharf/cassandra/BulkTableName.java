package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A table's name with its keyspace. */
record BulkTableName(CqlIdentifier keyspace, CqlIdentifier table) {

    /** What Cassandra takes for the name of a keyspace or a table, in quotes or not. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_]{1,222}");

    private static final Pattern NAME = Pattern.compile("(?:(\"[^\"]*\"|[^.\"]*)\\.)?(\"[^\"]*\"|[^.\"]*)");

    /**
     * Reads {@code table} or {@code keyspace.table}, each as it is spelled, with or without quotes.
     *
     * @throws KeywharfException with code {@code cassandra.bad_name} when it is not a name
     */
    static BulkTableName parse(String name, Optional<CqlIdentifier> keyspace) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw bad(name);
        }
        CqlIdentifier table = identifier(name, parts.group(2));
        if (parts.group(1) != null) {
            return new BulkTableName(identifier(name, parts.group(1)), table);
        }
        return new BulkTableName(
                keyspace.orElseThrow(() -> new KeywharfException(
                        "cassandra.no_keyspace",
                        name,
                        "The table's keyspace is not known; connect with one, or write keyspace.table")),
                table);
    }

    private static CqlIdentifier identifier(String whole, String part) {
        String plain = part.startsWith("\"") ? part.substring(1, part.length() - 1) : part;
        if (!PLAIN.matcher(plain).matches()) {
            throw bad(whole);
        }
        return CqlIdentifier.fromInternal(plain);
    }

    private static KeywharfException bad(String name) {
        return new KeywharfException(
                "cassandra.bad_name",
                Cut.to(name, 80),
                "This is not the name of a table: keyspace.table or table, of ASCII letters, digits and underscores");
    }

    String asCql() {
        return keyspace.asCql(false) + "." + table.asCql(false);
    }

    /** For messages: as it is spelled, without quotes. */
    @Override
    public String toString() {
        return keyspace.asInternal() + "." + table.asInternal();
    }
}
