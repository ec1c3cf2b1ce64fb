package io.github.keywharf.postgres;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.postgres.internal.session.PgAsDataSource;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgDataSource;
import io.github.keywharf.postgres.internal.session.PgDriver;
import io.github.keywharf.postgres.internal.session.PgPool;
import io.github.keywharf.postgres.source.PgSource;
import io.github.keywharf.postgres.warehouse.PgWarehouse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.tls.TlsConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The entry point to one PostgreSQL database: version 13 or newer as a source, 14 or newer as a warehouse.
 *
 * <pre>{@code
 * try (PostgresDatabase database = PostgresDatabase.builder().credentials(secret).build()) {
 *     try (SourceSnapshot snapshot = database.source().snapshot();
 *             Rows rows = snapshot.read(ReadRequest.all("sales_order"))) {
 *         ...
 *     }
 * }
 * }</pre>
 *
 * <p>Thread-safe. Needs the driver {@code org.postgresql:postgresql} on the class path.
 */
public final class PostgresDatabase implements AutoCloseable {

    /** Where PostgreSQL itself puts tables when nothing else is said. */
    public static final String DEFAULT_SCHEMA = "public";

    /** Name of the event that a load waits for another one: {@value}. */
    public static final String LOCK_AWAITED = PgConnections.LOCK_AWAITED;

    private final PgConnections connections;
    private final DataSource dataSource;

    private PostgresDatabase(PgConnections connections, DataSource dataSource) {
        this.connections = connections;
        this.dataSource = dataSource;
    }

    /** Begins the description of a database. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A database by the driver's URL.
     *
     * @param url such as {@code jdbc:postgresql://db1:5432/totesys?sslmode=verify-full}; it may have several hosts
     * @param password it is copied, and may be closed
     * @throws IllegalArgumentException when it is not such a URL
     */
    public static PostgresDatabase of(String url, String user, Secret password) {
        return builder().url(url).credentials(user, password).build();
    }

    /**
     * A database whose connections come from the caller's data source, which must give connections of the PostgreSQL
     * driver or wrappers of them. While one is in use here, the driver prepares no statements on the server. {@link
     * #close()} leaves the data source alone.
     */
    public static PostgresDatabase of(DataSource source) {
        return new PostgresDatabase(
                new PgDataSource(Objects.requireNonNull(source, "source"), EventListener.NONE), source);
    }

    /** The same as {@link #of(DataSource)}, with a listener as by {@link Builder#events}. */
    public static PostgresDatabase of(DataSource source, EventListener listener) {
        return new PostgresDatabase(
                new PgDataSource(Objects.requireNonNull(source, "source"), listener.guarded()), source);
    }

    /** Host, port and database; never a password. */
    public String name() {
        return connections.name();
    }

    /** The tables of schema {@value #DEFAULT_SCHEMA} as a source. */
    public SqlSource source() {
        return source(DEFAULT_SCHEMA, false);
    }

    /**
     * The tables of a schema as a source.
     *
     * <p>Types: int2 and int4 are read as int32, int8 as int64, float4 and float8, boolean, bytea, uuid, date, time,
     * timestamp and timestamptz as their equals, numeric with a declared precision of up to 38 as decimal, json and jsonb
     * as json, text, varchar, char, name and enumerations as strings. All else, numeric without a precision included, is
     * read as the server's own text of it, in UTC. A row with a value that its type here cannot hold
     * (infinite dates, NaN in a decimal, 24:00:00) is rejected; a read without a listener for rejected rows then fails with
     * code {@code postgres.unreadable_value} and the column's name.
     *
     * @param schema its name
     * @param views whether views, materialized views and foreign tables are read as well
     */
    public SqlSource source(String schema, boolean views) {
        Objects.requireNonNull(schema, "schema");
        return views ? PgSource.withViews(connections, schema) : PgSource.of(connections, schema);
    }

    /** A statement with {@code :named} parameters, or {@code $1}, {@code $2} by position, to be given values and run. */
    public PostgresQuery query(String sql) {
        return new PostgresQuery(connections, sql);
    }

    PgConnections connections() {
        return connections;
    }

    /** A warehouse in schema {@value #DEFAULT_SCHEMA}, with the defaults of {@link PostgresWarehouse}. */
    public PostgresWarehouse warehouse() {
        return new PostgresWarehouse(new PgWarehouse(connections, DEFAULT_SCHEMA));
    }

    /**
     * A table, partition, view, materialized view or foreign table; nothing is asked before the first read or write.
     *
     * @param name as the server spells it, of schema {@value #DEFAULT_SCHEMA} unless its schema and a dot stand before it
     */
    public PostgresTable table(String name) {
        int dot = name.indexOf('.');
        return dot <= 0 || dot == name.length() - 1
                ? table(DEFAULT_SCHEMA, name)
                : table(name.substring(0, dot), name.substring(dot + 1));
    }

    /** The same as {@link #table(String)} for any schema, and for names that have a dot of their own. */
    public PostgresTable table(String schema, String name) {
        return new PostgresTable(connections, schema, name, List.of());
    }

    /**
     * The data source, for what this library does not do: the caller's, or one over this database's own connections. Those
     * come back when they are closed, with what their session had set undone, and end with this database; failures to
     * connect are {@code SQLException}s.
     */
    public DataSource unwrap() {
        return dataSource;
    }

    /** Closes the connections that wait to be used again; those in use are closed by their users. */
    @Override
    public void close() {
        connections.close();
    }

    @Override
    public String toString() {
        return "PostgresDatabase[" + name() + "]";
    }

    /** How the connection is kept from being read on its way. */
    public enum Ssl {
        /** Never encrypted. */
        DISABLE("disable"),
        /** Encrypted when the server can. */
        PREFER("prefer"),
        /** Always encrypted; whose certificate it is stays unchecked. */
        REQUIRE("require"),
        /**
         * Always encrypted, and the server's certificate must be trusted and be for that host. The driver trusts the
         * authorities in the file that its property {@code sslrootcert} names, by default {@code
         * ~/.postgresql/root.crt}.
         */
        VERIFY_FULL("verify-full");

        private final String mode;

        Ssl(String mode) {
            this.mode = mode;
        }
    }

    /**
     * Describes a database. Defaults: host {@code localhost}, port {@value PostgresCredentials#DEFAULT_PORT}, {@link
     * Ssl#PREFER}, connect timeout {@link #DEFAULT_CONNECT_TIMEOUT}, no timeout, application name {@code
     * keywharf}.
     */
    public static final class Builder {

        /** How long to wait for a server: long enough for a busy one, short enough to notice a wrong address. */
        public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

        private final Properties properties = new Properties();
        private String host = "localhost";
        private @Nullable String address;
        private int port = PostgresCredentials.DEFAULT_PORT;
        private @Nullable String database;
        private @Nullable String user;
        private @Nullable Secret password;
        private @Nullable TlsConfig tls;
        private EventListener events = EventListener.NONE;

        private Builder() {
            // The driver's messages then leave out what quotes rows.
            properties.setProperty("logServerErrorDetail", "false");
            properties.setProperty("tcpKeepAlive", "true");
            properties.setProperty("assumeMinServerVersion", "13");
            // A pooler may run the next transaction in another server session, where a statement of the same name is
            // another.
            properties.setProperty("prepareThreshold", "0");
            applicationName("keywharf");
            connectTimeout(DEFAULT_CONNECT_TIMEOUT);
            ssl(Ssl.PREFER);
        }

        /**
         * Host or hosts, port, database and properties of the driver from its URL.
         *
         * @param value such as {@code jdbc:postgresql://db1:5432/totesys?sslmode=verify-full}
         * @throws IllegalArgumentException when it is not such a URL, or has a user or a password, which are given by
         *     {@link #credentials(String, Secret)}
         */
        public Builder url(String value) {
            Map<String, String> parts = PgUrl.parse(value);
            List<PgUrl.Host> hosts = PgUrl.hosts(parts);
            host = hosts.get(0).name();
            port = hosts.get(0).port();
            address = hosts.size() == 1 ? null : PgUrl.address(hosts);
            database = parts.get(PgUrl.DATABASE);
            parts.forEach((name, property) -> {
                if (!PgUrl.isPlace(name)) {
                    property(name, property);
                }
            });
            return this;
        }

        /** Name or address of the server. */
        public Builder host(String value) {
            requireOneHost("host");
            host = notBlank("host", value);
            return this;
        }

        /** Port of the server, 1 to 65535. */
        public Builder port(int value) {
            Checks.between("port", value, 1, 65_535);
            requireOneHost("port");
            port = value;
            return this;
        }

        private void requireOneHost(String setting) {
            if (address != null) {
                throw new IllegalStateException(
                        "url(...) gave several hosts, so " + setting + "(...) cannot be set; change the URL");
            }
        }

        /** Name of the database. */
        public Builder database(String value) {
            database = notBlank("database", value);
            return this;
        }

        /** Logs in as this user. The password is copied, and may be closed. */
        public Builder credentials(String name, Secret secret) {
            user = notBlank("user", name);
            password = secret.copy();
            return this;
        }

        /** Host, port, database, user and password from a document that {@link PostgresCredentials#parse} reads. */
        public Builder credentials(Secret json) {
            return credentials(PostgresCredentials.parse(json));
        }

        /** Host, port, database, user and password. */
        public Builder credentials(PostgresCredentials value) {
            return host(value.host())
                    .port(value.port())
                    .database(value.database())
                    .credentials(value.user(), value.password());
        }

        /** Speaks TLS as this says, and never without. Not together with {@link #ssl} or the driver's {@code sslmode}. */
        public Builder tls(TlsConfig config) {
            tls = Objects.requireNonNull(config, "config");
            return this;
        }

        /** Whether and how the connection is encrypted, in the driver's terms; {@link #tls} says more. */
        public Builder ssl(Ssl value) {
            return property("sslmode", value.mode);
        }

        /** How long to wait for a connection; at least a second, in whole seconds. */
        public Builder connectTimeout(Duration value) {
            property("connectTimeout", seconds("connect timeout", value));
            return property("loginTimeout", seconds("connect timeout", value));
        }

        /** How long to wait for the next bytes of an answer; at least a second. Without it, as long as it takes. */
        public Builder timeout(Duration value) {
            return property("socketTimeout", seconds("timeout", value));
        }

        /** What the server's own views call these connections. */
        public Builder applicationName(String value) {
            return property("ApplicationName", notBlank("application name", value));
        }

        /** Gets the progress of writes and loads, and {@value PostgresDatabase#LOCK_AWAITED} when one waits for another. */
        public Builder events(EventListener listener) {
            events = listener.guarded();
            return this;
        }

        /** Any other property of the driver. */
        public Builder property(String name, String value) {
            if (name.equals("user") || name.equals("password")) {
                throw new IllegalArgumentException("Give the " + name + " by credentials(user, password)");
            }
            properties.setProperty(name, value);
            return this;
        }

        /**
         * The database; nothing is opened yet.
         *
         * @throws IllegalStateException when database or credentials are missing, or TLS is configured in two ways
         */
        public PostgresDatabase build() {
            String name = Checks.required("The database", database, "database(name)");
            String login = Checks.required("The login", user, "credentials(user, password)");
            Secret secret = Checks.required("The password", password, "credentials(user, password)");
            String mode = properties.getProperty("sslmode", "");
            if (tls != null && !mode.equals(Ssl.PREFER.mode)) {
                throw new IllegalStateException("tls(...) and sslmode " + mode + ", which ssl(...), url(...) or"
                        + " property(...) gave, exclude each other; leave one of them out");
            }
            Properties copy = new Properties();
            copy.putAll(properties);
            copy.setProperty("user", login);
            PgPool pool = new PgPool(
                    new PgDriver(
                            address == null ? PgDriver.address(host, port) : address, name, copy, secret.copy(), tls),
                    events);
            return new PostgresDatabase(pool, PgAsDataSource.of(pool));
        }

        private static String notBlank(String what, String value) {
            if (value.isBlank()) {
                throw new IllegalArgumentException("The " + what + " is blank");
            }
            return value;
        }

        private static String seconds(String what, Duration value) {
            if (value.toSeconds() < 1 || value.toSeconds() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("A " + what + " is at least a second, not " + value);
            }
            return Long.toString(value.toSeconds());
        }

        @Override
        public String toString() {
            return "PostgresDatabase.Builder[" + user + "@" + host + ":" + port + "/" + database + "]";
        }
    }
}
