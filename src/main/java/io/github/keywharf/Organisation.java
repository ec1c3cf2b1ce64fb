package io.github.keywharf;

import io.github.keywharf.internal.Cut;
import java.util.regex.Pattern;

/**
 * Organisation whose data is separated from that of all others, such as a tenant of the batch platform. Its id is a login
 * name, and is safe in object keys, file paths and quoted names of roles. A Cassandra keyspace has a name of its own, without
 * hyphens.
 *
 * @param id 1 to {@value #MAX_LENGTH} lower-case letters, digits, hyphens and underscores, the first one a letter, such as
 *     {@code customer-1}
 */
public record Organisation(String id) implements Comparable<Organisation> {

    /** The longest id: with a prefix and a suffix it still fits the 63 characters of a name in PostgreSQL. */
    public static final int MAX_LENGTH = 32;

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9_-]{0," + (MAX_LENGTH - 1) + "}");

    /** Checks the id. */
    public Organisation {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    "'" + Cut.printable(id, 2 * MAX_LENGTH) + "' is not an organisation id; use 1 to " + MAX_LENGTH
                            + " lower-case letters, digits, hyphens and underscores, and begin with a letter");
        }
    }

    /** The organisation of that id. */
    public static Organisation of(String id) {
        return new Organisation(id);
    }

    /** Returns true if a text has the form of an organisation's id. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    @Override
    public int compareTo(Organisation other) {
        return id.compareTo(other.id);
    }

    @Override
    public String toString() {
        return id;
    }
}
