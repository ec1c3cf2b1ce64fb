package io.github.keywharf.sql;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Values of a statement's parameters. Values never appear in messages.
 *
 * <p>Mutable, not thread-safe.
 */
public final class SqlParameters {

    private static final int SHOWN = 80;

    private final String subject;
    private final List<String> parameters;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    /**
     * Creates parameters without values.
     *
     * @param subject subject of messages
     */
    public SqlParameters(String subject, NamedSql statement) {
        this.subject = subject;
        this.parameters = statement.parameters();
    }

    /**
     * Sets the values of {@code $1}, {@code $2} and so on, and forgets earlier ones.
     *
     * @throws KeywharfException with code {@code sql.unknown_parameter} when there are more values than parameters
     */
    public void values(@Nullable Object... all) {
        values.keySet().removeIf(name -> name.startsWith("$"));
        for (int i = 0; i < all.length; i++) {
            put("$" + (i + 1), all[i]);
        }
    }

    /**
     * Sets the value of a parameter.
     *
     * @param name without the colon
     * @throws KeywharfException with code {@code sql.unknown_parameter} when the statement has no such parameter
     */
    public void bind(String name, @Nullable Object value) {
        put(":" + name, value);
    }

    private void put(String parameter, @Nullable Object value) {
        if (!parameters.contains(parameter)) {
            throw new KeywharfException(
                    "sql.unknown_parameter",
                    subject,
                    "The statement has no parameter '" + Cut.to(parameter, SHOWN) + "'; it has " + this
                            + (parameters.isEmpty() ? ", which are written :name or $1" : ""));
        }
        values.put(parameter, value);
    }

    /**
     * Returns the values, one for each of the statement's {@link NamedSql#parameters}.
     *
     * @throws KeywharfException with code {@code sql.missing_parameter} if one has no value
     */
    public List<@Nullable Object> all() {
        Set<String> missing = new TreeSet<>(parameters);
        missing.removeAll(values.keySet());
        if (!missing.isEmpty()) {
            throw new KeywharfException(
                    "sql.missing_parameter",
                    subject,
                    "There is no value for " + String.join(", ", missing) + "; bind one, null included");
        }
        List<@Nullable Object> all = new ArrayList<>();
        parameters.forEach(parameter -> all.add(values.get(parameter)));
        return all;
    }

    /** The names of the parameters. */
    @Override
    public String toString() {
        Set<String> all = new LinkedHashSet<>(parameters);
        return all.isEmpty() ? "none" : String.join(", ", all);
    }
}
