package io.github.keywharf;

import io.github.keywharf.internal.Cut;
import java.util.regex.Pattern;

/**
 * An organisation whose data is kept apart from all others', by an id that is safe in names of roles, keyspaces, object
 * keys and file paths.
 *
 * @param id 1 to {@value #MAX_LENGTH} lower-case letters, digits and underscores, the first one a letter
 */
public record Organisation(String id) implements Comparable<Organisation> {

    /** The longest id: with a prefix and a suffix it still fits the 48 characters of a Cassandra keyspace's name. */
    public static final int MAX_LENGTH = 32;

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9_]{0," + (MAX_LENGTH - 1) + "}");

    /** Checks the id. */
    public Organisation {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "'" + Cut.printable(id, 2 * MAX_LENGTH) + "' is not an organisation id; use 1 to " + MAX_LENGTH
                            + " lower-case letters, digits and underscores, and begin with a letter");
        }
    }

    /** The organisation of that id. */
    public static Organisation of(String id) {
        return new Organisation(id);
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
