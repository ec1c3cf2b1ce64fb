package io.github.keywharf.cassandra;

import io.github.keywharf.secret.Secret;
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

    private NamedSettings() {}

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

    /** A copy of the builder with what it was not given. */
    static CassandraBuilder applied(CassandraBuilder given) {
        CassandraBuilder settings = given.copy();
        Map<String, String> named = settings.environment;
        if (!named.isEmpty()) {
            credentials(settings, named, USER, PASSWORD, given.credentials != null);
            credentials(settings, named, AWS_USER, AWS_PASSWORD, given.credentials != null);
            datacenter(settings, named, given.localDatacenter != null);
            if (named.containsKey(KEYSPACE)) {
                if (given.keyspace == null) {
                    settings.keyspace(named.get(KEYSPACE));
                } else {
                    ignored(settings, KEYSPACE, "keyspace(…)");
                }
            }
            nodes(settings, named);
        }
        return settings;
    }

    private static void credentials(
            CassandraBuilder settings, Map<String, String> named, String userName, String passwordName, boolean given) {
        @Nullable String user = named.get(userName);
        @Nullable String password = named.get(passwordName);
        if (given) {
            for (String name : List.of(userName, passwordName)) {
                if (named.containsKey(name)) {
                    ignored(settings, name, "credentials(…)");
                }
            }
        } else if (user != null && password != null) {
            settings.credentials(user, Secret.of(password));
        } else if (user != null || password != null) {
            throw new IllegalStateException((user == null ? passwordName : userName) + " is set and "
                    + (user == null ? userName : passwordName) + " is not; set both, or call credentials(…)");
        }
    }

    private static void datacenter(CassandraBuilder settings, Map<String, String> named, boolean given) {
        for (String name : List.of(DATACENTER, AWS_DATACENTER)) {
            if (named.containsKey(name)) {
                if (given) {
                    ignored(settings, name, "localDatacenter(…)");
                } else {
                    settings.localDatacenter(named.get(name));
                }
            }
        }
    }

    private static void nodes(CassandraBuilder settings, Map<String, String> named) {
        boolean given =
                !settings.contactPoints.isEmpty() || settings.keyspacesRegion != null || settings.cloudBundle != null;
        List<String> names = new ArrayList<>(NODES);
        names.add(AWS_ZONE);
        names.add(PORT);
        names.retainAll(named.keySet());
        if (given) {
            names.forEach(name -> ignored(settings, name, "what says where to connect to"));
            return;
        }
        for (String name : NODES) {
            if (named.containsKey(name)) {
                settings.contactPoints.add(ContactPoints.parse(named.get(name), CassandraBuilder.DEFAULT_PORT));
            }
        }
        @Nullable String zone = named.get(AWS_ZONE);
        if (zone != null && zone.indexOf('.') < 0) {
            settings.keyspaces(zone);
            if (named.containsKey(PORT)) {
                settings.contactPoint(KeyspacesPreset.endpoint(zone), Integer.parseInt(named.get(PORT)));
            }
        } else if (zone != null) {
            int port = named.containsKey(PORT) ? Integer.parseInt(named.get(PORT)) : CassandraBuilder.KEYSPACES_PORT;
            settings.contactPoint(zone, port).tls();
        }
    }

    private static void ignored(CassandraBuilder settings, String name, String by) {
        settings.listener.onEvent(new CassandraEvent.SettingIgnored(name, by));
    }
}
