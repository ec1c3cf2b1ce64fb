package io.github.keywharf.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The {@code cassandra.yaml} of a {@link CassandraServer}: one line for each setting, the last one said wins. */
final class CassandraSettings {
    private final Map<String, String> values = new LinkedHashMap<>();

    CassandraSettings() {
        set("cluster_name", "keywharf-tests");
        set("num_tokens", "1");
        set("partitioner", "org.apache.cassandra.dht.Murmur3Partitioner");
        set("endpoint_snitch", "SimpleSnitch");
        set("listen_address", "127.0.0.1");
        set("rpc_address", "127.0.0.1");
        set("authenticator", "PasswordAuthenticator");
        set("authorizer", "CassandraAuthorizer");
        set("role_manager", "CassandraRoleManager");
        set("user_defined_functions_enabled", "true");
        // Else the whole server ends when a function takes over 1.5 s, as its first call may on a busy machine.
        set("user_function_timeout_policy", "ignore");
        set("materialized_views_enabled", "true");
        set("dynamic_data_masking_enabled", "true");
        // Else each DROP and TRUNCATE leaves a copy behind.
        set("auto_snapshot", "false");
        // Else a machine that is busy with other tests makes some of these fail.
        for (String kind : new String[] {"read", "range", "write", "counter_write"}) {
            set(kind + "_request_timeout", "20s");
        }
        set("cas_contention_timeout", "20s");
        durableCommits(false);
        cacheValidity(Duration.ofMillis(100));
    }

    CassandraSettings(CassandraSettings other) {
        values.putAll(other.values);
    }

    CassandraSettings set(String name, String value) {
        values.put(name, value);
        return this;
    }

    /** Sets what a line of the file says. */
    void line(String line) {
        int colon = line.indexOf(':');
        if (colon < 1 || line.contains("\n") || !line.substring(0, colon).matches("\\w+")) {
            throw new IllegalArgumentException(
                    "[cassandra] " + line + " is not a line of cassandra.yaml such as \"name: value\"");
        }
        set(line.substring(0, colon), line.substring(colon + 1).strip());
    }

    void durableCommits(boolean on) {
        set("commitlog_sync", on ? "batch" : "periodic");
        if (on) {
            values.remove("commitlog_sync_period");
        } else {
            set("commitlog_sync_period", "10000ms");
        }
    }

    void cacheValidity(Duration validity) {
        String text = validity.toMillis() + "ms";
        for (String cache : new String[] {"roles", "permissions", "credentials"}) {
            set(cache + "_validity", text);
        }
    }

    void directories(Path directory) {
        set("data_file_directories", "[" + quoted(directory.resolve("data")) + "]");
        for (String name : new String[] {"commitlog", "saved_caches", "hints", "cdc_raw"}) {
            set(name + "_directory", quoted(directory.resolve(name)));
        }
    }

    /** Lets the node's data centre be one that a file on its class path says. */
    void datacenters() {
        set("endpoint_snitch", "GossipingPropertyFileSnitch");
    }

    /** The ports of this node, and those by which nodes that start find each other. */
    void ports(int storage, int nativeTransport, List<Integer> seeds) {
        set(
                "seed_provider",
                "[{class_name: org.apache.cassandra.locator.SimpleSeedProvider, parameters: [{seeds: \""
                        + seeds.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","))
                        + "\"}]}]");
        set("storage_port", String.valueOf(storage));
        set("native_transport_port", String.valueOf(nativeTransport));
    }

    void encryption(Path keyStore, Path trustStore, boolean required, boolean clientCertificate) {
        String password = CassandraCertificates.STORE_PASSWORD;
        set(
                "client_encryption_options",
                "{enabled: true, optional: " + !required + ", require_client_auth: " + clientCertificate
                        + ", keystore: " + quoted(keyStore) + ", keystore_password: " + password
                        + ", truststore: " + quoted(trustStore) + ", truststore_password: " + password
                        + ", store_type: PKCS12}");
    }

    String yaml() {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        return text.toString();
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }
}
