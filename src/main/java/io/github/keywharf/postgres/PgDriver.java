package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

/** Opens a new connection by the driver each time. */
final class PgDriver implements PgConnections {

    private final String name;
    private final String url;
    private final Properties properties;
    private final Secret password;

    PgDriver(String host, int port, String database, Properties properties, Secret password) {
        String address = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        this.name = address + ":" + port + "/" + database;
        this.url =
                "jdbc:postgresql://" + address + ":" + port + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
        this.properties = properties;
        this.password = password;
    }

    @Override
    public Connection open() {
        Properties all = new Properties();
        all.putAll(properties);
        all.setProperty("password", password.reveal());
        try {
            Connection connection = new org.postgresql.Driver().connect(url, all);
            if (connection == null) {
                throw new IllegalStateException("The driver does not take " + url);
            }
            return connection;
        } catch (SQLException e) {
            throw PgErrors.opening(name, e);
        } catch (NoClassDefFoundError e) {
            throw new KeywharfException(
                    "postgres.no_driver",
                    name,
                    "The driver is not on the class path; add the dependency org.postgresql:postgresql",
                    e);
        }
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
