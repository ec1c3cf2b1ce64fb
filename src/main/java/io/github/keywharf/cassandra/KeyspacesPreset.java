package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import io.github.keywharf.tls.TlsConfig;

/** What connects to Amazon Keyspaces, by its developer guide. */
final class KeyspacesPreset {
    /** It takes 30 statements in a batch, and timestamps of clients only for tables that are made so. */
    static final LoadDefaults LOADS = new LoadDefaults(30, true);

    private KeyspacesPreset() {}

    static String checked(String region) {
        if (!region.matches("[a-z]{2}(-[a-z]+){1,3}-[0-9]{1,2}")) {
            throw new IllegalArgumentException("'" + region + "' is not a valid region of AWS such as eu-west-1");
        }
        return region;
    }

    static String endpoint(String region) {
        return "cassandra." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
    }

    /** Sets what was not set. */
    static void apply(CassandraBuilder settings, String region) {
        if (settings.contactPoints.isEmpty()) {
            settings.contactPoint(endpoint(region), CassandraBuilder.KEYSPACES_PORT);
        }
        if (settings.localDatacenter == null) {
            settings.localDatacenter = region;
        }
        TlsConfig tls = settings.tls == null ? TlsConfig.ofSystem() : settings.tls;
        // Its nodes advertise each other by addresses that are in no certificate.
        settings.tls = tls.certificateName().isPresent() ? tls : tls.withCertificateName(endpoint(region));
        if (settings.consistency == null) {
            settings.consistency = DefaultConsistencyLevel.LOCAL_QUORUM;
        }
    }
}
