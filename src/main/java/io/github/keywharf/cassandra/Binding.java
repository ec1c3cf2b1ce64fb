package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.ColumnDefinition;
import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.type.DataType;
import io.github.keywharf.KeywharfException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts values into statements. Messages name the class of a value that does not fit, never the value. */
final class Binding {
    private Binding() {}

    /**
     * The statement with its values.
     *
     * @throws KeywharfException when their number, a name or a type does not fit
     */
    static BoundStatement bind(String subject, PreparedStatement prepared, StatementValues values) {
        ColumnDefinitions places = prepared.getVariableDefinitions();
        BoundStatementBuilder bound = prepared.boundStatementBuilder();
        if (values.named().isEmpty() && values.unset().isEmpty()) {
            positional(subject, bound, places, values.positional());
        } else {
            named(subject, bound, places, values);
        }
        return bound.build();
    }

    private static void positional(
            String subject, BoundStatementBuilder bound, ColumnDefinitions places, List<@Nullable Object> values) {
        if (values.size() != places.size()) {
            throw new KeywharfException(
                    "cassandra.missing_value",
                    subject,
                    "The statement has " + count(places.size(), "place") + " for values" + listed(places) + ", but "
                            + count(values.size(), "value") + (values.size() == 1 ? " was" : " were") + " given");
        }
        for (int i = 0; i < values.size(); i++) {
            set(subject, bound, places, i, values.get(i));
        }
    }

    private static void named(
            String subject, BoundStatementBuilder bound, ColumnDefinitions places, StatementValues values) {
        Set<CqlIdentifier> missing = new LinkedHashSet<>();
        places.forEach(place -> missing.add(place.getName()));
        for (Map.Entry<String, @Nullable Object> value : values.named().entrySet()) {
            CqlIdentifier name = place(subject, places, value.getKey());
            missing.remove(name);
            for (int i : places.allIndicesOf(name)) {
                set(subject, bound, places, i, value.getValue());
            }
        }
        values.unset().forEach(name -> missing.remove(place(subject, places, name)));
        if (!missing.isEmpty()) {
            throw new KeywharfException(
                    "cassandra.missing_value",
                    subject,
                    "There is no value for "
                            + missing.stream()
                                    .map(name -> ":" + name.asInternal())
                                    .collect(Collectors.joining(", "))
                            + "; bind one, null included");
        }
    }

    /** Names in CQL are in lower case unless quoted, so {@code :userId} is the place {@code userid}. */
    private static CqlIdentifier place(String subject, ColumnDefinitions places, String name) {
        CqlIdentifier exact = CqlIdentifier.fromInternal(name);
        if (places.contains(exact)) {
            return exact;
        }
        CqlIdentifier lower = CqlIdentifier.fromInternal(name.toLowerCase(Locale.ROOT));
        if (places.contains(lower)) {
            return lower;
        }
        throw new KeywharfException(
                "cassandra.unknown_name",
                subject,
                "The statement has no place ':" + CassandraErrors.quote(name) + "'; it has "
                        + (places.size() == 0 ? "none" : names(places)));
    }

    @SuppressWarnings("CheckReturnValue") // the builder changes itself
    private static void set(
            String subject, BoundStatementBuilder bound, ColumnDefinitions places, int i, @Nullable Object value) {
        if (value == null) {
            bound.setToNull(i);
            return;
        }
        DataType type = places.get(i).getType();
        try {
            bound.setBytesUnsafe(
                    i,
                    BindValues.encoder(bound.codecRegistry(), bound.protocolVersion())
                            .find(type, value));
        } catch (Unfit e) {
            throw unfit(subject, places, i, value, e.withoutValue());
        } catch (IllegalArgumentException | ClassCastException e) {
            // Without the cause: the driver quotes the value.
            throw unfit(subject, places, i, value, "it is not a value of that type");
        }
    }

    private static KeywharfException unfit(
            String subject, ColumnDefinitions places, int i, Object value, @Nullable String reason) {
        ColumnDefinition place = places.get(i);
        return new KeywharfException(
                "cassandra.bad_value",
                subject,
                "Value " + (i + 1) + " of " + places.size() + ", for '"
                        + place.getName().asInternal() + "' (" + cql(place.getType()) + "), is a "
                        + value.getClass().getName() + ": " + reason);
    }

    /** A type as CQL writes it. */
    static String cql(DataType type) {
        return type.asCql(false, true);
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String listed(ColumnDefinitions places) {
        return places.size() == 0 ? "" : " (" + names(places) + ")";
    }

    private static String names(ColumnDefinitions places) {
        Set<String> names = new LinkedHashSet<>();
        places.forEach(place -> names.add(":" + place.getName().asInternal()));
        return names.stream().limit(50).collect(Collectors.joining(", ")) + (names.size() > 50 ? ", …" : "");
    }
}
