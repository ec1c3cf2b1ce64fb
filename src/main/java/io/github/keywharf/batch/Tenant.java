package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.util.regex.Pattern;

/**
 * A client of the platform, by the name that it logs in with and that its directories have.
 *
 * @param name 1 to {@value Organisation#MAX_LENGTH} lower-case letters, digits, hyphens and underscores, the first one a
 *     letter, such as {@code customer-1}
 */
public record Tenant(String name) implements Comparable<Tenant> {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0," + (Organisation.MAX_LENGTH - 1) + "}");

    /** Checks the name. */
    public Tenant {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + Cut.printable(name, 2 * Organisation.MAX_LENGTH)
                    + "' is not a tenant's name; use 1 to " + Organisation.MAX_LENGTH
                    + " lower-case letters, digits, hyphens and underscores, and begin with a letter");
        }
    }

    /** The tenant of that name. */
    public static Tenant of(String name) {
        return new Tenant(name);
    }

    /** Whether a text has the form of a tenant's name. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** The organisation whose data the tenant's is: its name with underscores for hyphens, such as {@code customer_1}. */
    public Organisation organisation() {
        return Organisation.of(name.replace('-', '_'));
    }

    @Override
    public int compareTo(Tenant other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
