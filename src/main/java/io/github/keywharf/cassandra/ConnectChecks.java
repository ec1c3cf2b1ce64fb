package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraSettings.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Finds what cannot work before anything is sent. */
final class ConnectChecks {
    /** The most bytes a secure connect bundle may have, 1 MiB: real ones have some 12 KB. */
    static final int MAX_BUNDLE_BYTES = 1024 * 1024;

    private ConnectChecks() {}

    /**
     * Refuses options that contradict each other.
     *
     * @throws IllegalStateException naming both
     */
    static void check(CassandraSettings settings) {
        Target target = settings.target();
        if (target.cloudBundle() != null) {
            apart("cloudBundle(…)", "contactPoint(…)", !target.contactPoints().isEmpty());
            apart("cloudBundle(…)", "localDatacenter(…)", target.localDatacenter() != null);
            apart("cloudBundle(…)", "keyspaces(…)", target.keyspacesRegion() != null);
            apart("cloudBundle(…)", "tls(…), trust(…) and the like", target.tls() != null);
            checkBundle(target.cloudBundle());
        } else if (target.contactPoints().isEmpty()
                && target.keyspacesRegion() == null
                && settings.configuration() == null) {
            throw new IllegalStateException("Nothing says where to connect to; call contactPoint(…), keyspaces(…),"
                    + " cloudBundle(…) or configuration(…)");
        }
        if (target.tls() != null) {
            apart(
                    "hostnameVerification(false)",
                    "certificateName(…)",
                    !target.tls().hostnameVerification()
                            && target.tls().certificateName().isPresent());
        }
        String consistency = settings.option(TypedDriverOption.REQUEST_CONSISTENCY);
        if (target.keyspacesRegion() != null && consistency != null) {
            Set<String> allowed = Set.of(
                    DefaultConsistencyLevel.LOCAL_QUORUM.name(),
                    DefaultConsistencyLevel.LOCAL_ONE.name(),
                    DefaultConsistencyLevel.ONE.name());
            apart("keyspaces(…)", "consistency(" + consistency + ")", !allowed.contains(consistency));
        }
        Duration timeout = Objects.requireNonNullElse(
                settings.option(TypedDriverOption.REQUEST_TIMEOUT), CassandraManager.Builder.DEFAULT_TIMEOUT);
        Duration delay = settings.option(TypedDriverOption.SPECULATIVE_EXECUTION_DELAY);
        if (delay != null && settings.configuration() == null) {
            apart(
                    "speculativeExecution(…, " + delay + ")",
                    "timeout(" + timeout + "), which is over before it",
                    delay.compareTo(timeout) >= 0);
        }
    }

    private static void apart(String one, String other, boolean both) {
        if (both) {
            throw new IllegalStateException(one + " does not go with " + other + "; leave one of the two out");
        }
    }

    private static void checkBundle(Path file) {
        Set<String> names = new HashSet<>();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BUNDLE_BYTES + 1);
            if (bytes.length > MAX_BUNDLE_BYTES) {
                throw badBundle(file, "has more than " + MAX_BUNDLE_BYTES + " bytes", null);
            }
            try (ZipInputStream zip = new ZipInputStream(new java.io.ByteArrayInputStream(bytes))) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    names.add(entry.getName());
                }
            }
        } catch (IOException e) {
            throw badBundle(file, "cannot be read", e);
        }
        Set<String> missing = new java.util.TreeSet<>(Set.of("config.json", "identity.jks", "trustStore.jks"));
        missing.removeAll(names);
        if (!missing.isEmpty()) {
            throw badBundle(file, "is not a secure connect bundle: it lacks " + String.join(", ", missing), null);
        }
    }

    static KeywharfException badBundle(Path file, String problem, @org.jspecify.annotations.Nullable Throwable cause) {
        return new KeywharfException(
                "cassandra.bad_bundle",
                file.toString(),
                "The file " + problem + "; download it again from the console of Astra, as it is, not unpacked",
                cause);
    }
}
