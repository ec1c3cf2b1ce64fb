package io.github.keywharf.postgres;

import io.github.keywharf.postgres.internal.session.PgDriver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads URLs of the driver, by the driver. */
final class PgUrl {

    static final String DATABASE = "PGDBNAME";

    private static final String HOSTS = "PGHOST";
    private static final String PORTS = "PGPORT";
    private static final Set<String> PLACE = Set.of(DATABASE, HOSTS, PORTS);
    /** Hosts with or without ports, a database, and parameters. */
    private static final Pattern FORM = Pattern.compile("jdbc:postgresql://(?:HOST(?:,HOST)*)?/[^/?]+(?:\\?.*)?"
            .replace("HOST", "(?:\\[[0-9a-fA-F:.]+\\]|[^/?,:\\[\\]@]+)(?::[0-9]{1,5})?"));

    private static final Set<String> CREDENTIALS = Set.of("user", "password");

    private PgUrl() {}

    /** What a URL says. The URL itself is in no message, as it may have a password in it. */
    static Map<String, String> parse(String url) {
        Map<String, String> parts = new LinkedHashMap<>();
        // Checked before the driver sees it, which logs URLs that it does not take.
        requireNoCredentials(url);
        Properties parsed = FORM.matcher(url).matches() ? parsed(url) : null;
        if (parsed == null) {
            throw new IllegalArgumentException(
                    "The text is not a URL of PostgreSQL's driver; write jdbc:postgresql://host:5432/database");
        }
        for (String name : parsed.stringPropertyNames()) {
            parts.put(name, parsed.getProperty(name));
        }
        if (parts.keySet().stream().anyMatch(CREDENTIALS::contains)) {
            throw credentials();
        }
        if (!parts.containsKey(DATABASE)) {
            throw new IllegalArgumentException("The URL names no database; write jdbc:postgresql://host:5432/database");
        }
        return parts;
    }

    private static void requireNoCredentials(String url) {
        int query = url.indexOf('?');
        String place = query < 0 ? url : url.substring(0, query);
        String parameters = query < 0 ? "" : url.substring(query + 1);
        boolean any = place.indexOf('@') >= 0
                || Stream.of(parameters.split("&"))
                        .map(parameter -> parameter.split("=", 2)[0].toLowerCase(Locale.ROOT))
                        .anyMatch(CREDENTIALS::contains);
        if (any) {
            throw credentials();
        }
    }

    private static IllegalArgumentException credentials() {
        return new IllegalArgumentException(
                "The URL has a user or a password in it, where logs may show it; give them by credentials(user, password)");
    }

    private static @Nullable Properties parsed(String url) {
        try {
            return org.postgresql.Driver.parseURL(url, null);
        } catch (NoClassDefFoundError e) {
            throw PgDriver.missing("postgres", e);
        }
    }

    /** Whether the part says where the database is, and is not a property of the driver. */
    static boolean isPlace(String name) {
        return PLACE.contains(name);
    }

    /** A host and its port. */
    record Host(String name, int port) {}

    static List<Host> hosts(Map<String, String> parts) {
        String[] names = parts.getOrDefault(HOSTS, "localhost").split(",");
        String[] ports = parts.getOrDefault(PORTS, "").split(",");
        List<Host> hosts = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            int port = i < ports.length && !ports[i].isEmpty()
                    ? Integer.parseInt(ports[i])
                    : PostgresCredentials.DEFAULT_PORT;
            hosts.add(new Host(names[i], port));
        }
        return hosts;
    }

    /** The hosts with their ports, as they stand in a URL. */
    static String address(List<Host> hosts) {
        return hosts.stream()
                .map(host -> PgDriver.address(host.name(), host.port()))
                .collect(Collectors.joining(","));
    }
}
