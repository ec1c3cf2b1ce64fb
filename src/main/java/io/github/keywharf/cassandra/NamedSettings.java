package io.github.keywharf.cassandra;

import io.github.keywharf.cassandra.CassandraSettings.Target;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.TlsConfig;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings by their names in the environment and in a section of a configuration file. They fill what the builder was not given. */
final class NamedSettings {
    private static final String USER = "CASSANDRA_USERNAME";
    private static final String PASSWORD = "CASSANDRA_PWD";
    private static final String DATACENTER = "CASSANDRA_DC1";
    private static final List<String> NODES = List.of("CASSANDRA_NODE1", "CASSANDRA_NODE2", "CASSANDRA_NODE3");

    private static final String AWS_USER = "aws_usr";
    private static final String AWS_PASSWORD = "aws_pwd";
    private static final String AWS_ZONE = "aws_zone";
    private static final String AWS_DATACENTER = "aws_dc";
    private static final String PORT = "port";
    private static final String KEYSPACE = "default_keyspace";

    private final Map<String, String> named;
    private final EventListener listener;

    NamedSettings(Map<String, String> named, EventListener listener) {
        this.named = named;
        this.listener = listener;
    }

    static Map<String, String> ofEnvironment(Map<String, String> variables) {
        List<String> names = new ArrayList<>(List.of(USER, PASSWORD, DATACENTER));
        names.addAll(NODES);
        return known(variables, names);
    }

    static Map<String, String> ofSection(Map<String, ?> section) {
        Map<String, String> known =
                known(section, List.of(AWS_USER, AWS_PASSWORD, AWS_ZONE, AWS_DATACENTER, PORT, KEYSPACE));
        if (known.containsKey(PORT) && !known.get(PORT).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("The member 'port' is '" + known.get(PORT) + "', no number");
        }
        return known;
    }

    private static Map<String, String> known(Map<String, ?> given, List<String> names) {
        Map<String, String> known = new LinkedHashMap<>();
        for (String name : names) {
            Object value = given.get(name);
            if (value != null && !value.toString().isBlank()) {
                known.put(name, value.toString().strip());
            }
        }
        return known;
    }

    /** With what these say where nothing was given; those that are passed over are reported to the listener. */
    Target applied(Target given) {
        List<InetSocketAddress> points = new ArrayList<>(given.contactPoints());
        String region = given.keyspacesRegion();
        TlsConfig tls = given.tls();
        if (given.saysWhere()) {
            NODES.forEach(name -> ignore("what says where to connect to", name));
            ignore("what says where to connect to", AWS_ZONE, PORT);
        } else {
            for (String name : NODES) {
                if (named.containsKey(name)) {
                    points.add(ContactPoints.parse(named.get(name), CassandraManager.Builder.DEFAULT_PORT));
                }
            }
            @Nullable String zone = named.get(AWS_ZONE);
            @Nullable String port = named.get(PORT);
            if (zone != null && zone.indexOf('.') < 0) {
                region = KeyspacesPreset.checked(zone);
                if (port != null) {
                    points.add(ContactPoints.of(KeyspacesPreset.endpoint(zone), Integer.parseInt(port)));
                }
            } else if (zone != null) {
                points.add(ContactPoints.of(
                        zone, port == null ? CassandraManager.Builder.KEYSPACES_PORT : Integer.parseInt(port)));
                tls = tls == null ? TlsConfig.ofSystem() : tls;
            }
        }
        return new Target(
                points,
                text("localDatacenter(…)", given.localDatacenter(), DATACENTER, AWS_DATACENTER),
                region,
                given.cloudBundle(),
                credentials(given.credentials()),
                tls,
                text("keyspace(…)", given.keyspace(), KEYSPACE));
    }

    private @Nullable String text(String by, @Nullable String given, String... names) {
        @Nullable String value = given;
        for (String name : names) {
            if (given == null && named.containsKey(name)) {
                value = named.get(name);
            }
        }
        if (given != null) {
            ignore(by, names);
        }
        return value;
    }

    private @Nullable CassandraCredentials credentials(@Nullable CassandraCredentials given) {
        if (given != null) {
            ignore("credentials(…)", USER, PASSWORD, AWS_USER, AWS_PASSWORD);
            return given;
        }
        CassandraCredentials ofEnvironment = login(USER, PASSWORD);
        CassandraCredentials ofSection = login(AWS_USER, AWS_PASSWORD);
        return ofSection == null ? ofEnvironment : ofSection;
    }

    private @Nullable CassandraCredentials login(String userName, String passwordName) {
        @Nullable String user = named.get(userName);
        @Nullable String password = named.get(passwordName);
        if (user != null && password != null) {
            return CassandraCredentials.of(user, Secret.of(password));
        }
        if (user != null || password != null) {
            throw new IllegalStateException((user == null ? passwordName : userName) + " is set and "
                    + (user == null ? userName : passwordName) + " is not; set both, or call credentials(…)");
        }
        return null;
    }

    private void ignore(String by, String... names) {
        for (String name : names) {
            if (named.containsKey(name)) {
                listener.warning(
                        "cassandra.setting.ignored",
                        Work.NONE,
                        name,
                        "It is set and not used: " + by + " was given and wins; remove one of the two");
            }
        }
    }
}
