package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import org.jspecify.annotations.Nullable;

/** Puts values into statements. */
final class Binding {
    private Binding() {}

    /** The statement with a value for each place of that name. */
    static BoundStatement set(BoundStatement statement, CqlIdentifier name, @Nullable Object value) {
        if (value == null) {
            return statement.setToNull(name);
        }
        TypeCodec<Object> codec = statement.codecRegistry().codecFor(statement.getType(name), value);
        return statement.set(name, value, codec);
    }
}
