package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.MissingLibrary;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.TlsConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Opens a new connection by the driver each time. */
public final class PgDriver implements PgConnections {

    private final String name;
    private final String url;
    private final Properties properties;
    private final Secret password;
    private final @Nullable TlsConfig tls;

    /**
     * @param address hosts with their ports, as they stand in a URL of the driver
     * @param tls how to speak TLS; null when the properties say it
     */
    public PgDriver(String address, String database, Properties properties, Secret password, @Nullable TlsConfig tls) {
        this.name = address + "/" + database;
        this.url = "jdbc:postgresql://" + address + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
        this.properties = properties;
        this.password = password;
        this.tls = tls;
    }

    /** One host and its port, as they stand in a URL of the driver. */
    public static String address(String host, int port) {
        return (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public Connection open() {
        Properties all = new Properties();
        all.putAll(properties);
        all.setProperty("password", password.reveal());
        if (tls == null) {
            return open(all);
        }
        String id = TlsSocketFactory.remember(tls, all);
        try {
            return open(all);
        } finally {
            TlsSocketFactory.forget(id);
        }
    }

    private Connection open(Properties all) {
        try {
            Connection connection = new org.postgresql.Driver().connect(url, all);
            if (connection == null) {
                throw new IllegalStateException("The driver does not take " + url);
            }
            return connection;
        } catch (SQLException e) {
            throw PgErrors.opening(name, e);
        } catch (NoClassDefFoundError e) {
            throw missing(name, e);
        }
    }

    /** The driver is an optional dependency. */
    public static KeywharfException missing(String subject, NoClassDefFoundError e) {
        return new KeywharfException(
                "postgres.no_driver",
                subject,
                MissingLibrary.message("The driver", "org.postgresql:postgresql:42.7.14"),
                e);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        password.close();
    }
}
