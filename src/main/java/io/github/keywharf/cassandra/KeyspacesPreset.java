package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import io.github.keywharf.tls.TlsConfig;
import java.util.List;
import java.util.Objects;

/** What connects to Amazon Keyspaces, by its developer guide. */
final class KeyspacesPreset {
    /** It takes 30 statements in a batch, and timestamps of clients only for tables that are made so. */
    static final LoadDefaults LOADS = new LoadDefaults(30, true);

    /** What both its reads and its writes take. */
    static final ConsistencyLevel CONSISTENCY = DefaultConsistencyLevel.LOCAL_QUORUM;

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

    /** With what was not set, when it is to be a region of Keyspaces. */
    static CassandraSettings.Target applied(CassandraSettings.Target given) {
        String region = given.keyspacesRegion();
        if (region == null) {
            return given;
        }
        String endpoint = endpoint(region);
        TlsConfig tls = Objects.requireNonNullElseGet(given.tls(), TlsConfig::ofSystem);
        return new CassandraSettings.Target(
                given.contactPoints().isEmpty()
                        ? List.of(ContactPoints.of(endpoint, CassandraManager.Builder.KEYSPACES_PORT))
                        : given.contactPoints(),
                Objects.requireNonNullElse(given.localDatacenter(), region),
                region,
                given.cloudBundle(),
                given.credentials(),
                // Its nodes advertise each other by addresses that are in no certificate.
                tls.certificateName().isPresent() ? tls : tls.withCertificateName(endpoint),
                given.keyspace());
    }
}
