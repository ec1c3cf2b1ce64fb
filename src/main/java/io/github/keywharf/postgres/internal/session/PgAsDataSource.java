package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.KeywharfException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The connections of a database as a data source. A proxy, since the interface's own methods bring in another logger. */
public record PgAsDataSource(PgConnections connections) implements InvocationHandler {

    /** The data source of these connections. */
    public static DataSource of(PgConnections connections) {
        return (DataSource) Proxy.newProxyInstance(
                PgAsDataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                new PgAsDataSource(connections));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        @Nullable Object first = arguments == null ? null : arguments[0];
        return switch (method.getName()) {
            case "getConnection" -> {
                if (arguments != null) {
                    throw new SQLFeatureNotSupportedException("[" + connections.name()
                            + "] Connections are of the user that the database was built with; build another database");
                }
                yield connection();
            }
            case "isWrapperFor" -> first instanceof Class<?> type && type.isInstance(proxy);
            case "unwrap" -> {
                if (first instanceof Class<?> type && type.isInstance(proxy)) {
                    yield proxy;
                }
                throw new SQLException("[" + connections.name() + "] This data source does not wrap a " + first);
            }
            case "equals" -> proxy == first;
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "DataSource[" + connections.name() + "]";
            default ->
                throw new SQLFeatureNotSupportedException("[" + connections.name() + "] This data source has no "
                        + method.getName() + "; use the settings of PostgresDatabase.builder()");
        };
    }

    private Connection connection() throws SQLException {
        try {
            return connections.open();
        } catch (KeywharfException e) {
            throw new SQLException(
                    e.getMessage(), e.getCause() instanceof SQLException refusal ? refusal.getSQLState() : null, e);
        }
    }
}
