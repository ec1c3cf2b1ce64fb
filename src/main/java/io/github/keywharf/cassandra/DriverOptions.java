package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.OptionsMap;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.MissingLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The driver's configuration: what the builder was given, then the file it was given, then our defaults, then its own. */
final class DriverOptions {
    /** The most bytes a configuration file may have, 1 MiB: ten times the driver's own with all its comments. */
    static final int MAX_FILE_BYTES = 1024 * 1024;

    private static final String LZ4 = "net.jpountz.lz4.LZ4Factory";

    private DriverOptions() {}

    static DriverConfigLoader of(CassandraSettings settings) {
        String below = defaults();
        if (settings.configuration() != null) {
            // What is included wins over what stands before it.
            below += "\ninclude required(file(" + quoted(checked(settings.configuration())) + "))\n";
        }
        OptionsMap given = given(settings);
        DriverConfigLoader lower;
        try {
            lower = DriverConfigLoader.fromString(below);
        } catch (RuntimeException e) {
            throw ConnectErrors.of("configuration", settings, e);
        }
        // The driver refuses a map with nothing in it.
        return given.equals(new OptionsMap())
                ? lower
                : DriverConfigLoader.compose(DriverConfigLoader.fromMap(given), lower);
    }

    /** The two warnings of the driver that are off are thrown or reported to the listener anyway. */
    private static String defaults() {
        return """
                datastax-java-driver {
                  basic {
                    request { timeout = %s, page-size = %d, consistency = %s }
                    load-balancing-policy.class = DcInferringLoadBalancingPolicy
                  }
                  advanced {
                    connection { connect-timeout = %s, init-query-timeout = %s, warn-on-init-error = false }
                    control-connection.timeout = %s
                    reconnection-policy { base-delay = %s, max-delay = %s }
                    heartbeat.interval = %s
                    metadata.schema.debouncer.window = %s
                    request.log-warnings = false
                    // A connection takes 1,024 requests; without this, what is sent beyond that fails immediately.
                    throttler {
                      class = ConcurrencyLimitingRequestThrottler
                      max-concurrent-requests = %d
                      max-queue-size = %d
                    }
                    netty {
                      io-group.shutdown { quiet-period = 0, timeout = 15000, unit = MILLISECONDS }
                      admin-group.shutdown { quiet-period = %d, timeout = 15000, unit = MILLISECONDS }
                    }
                    // A host that opens a session for each key has many, on purpose.
                    session-leak.threshold = 0
                  }
                }
                """.formatted(
                        text(CassandraManager.Builder.DEFAULT_TIMEOUT),
                        CassandraManager.Builder.DEFAULT_PAGE_SIZE,
                        CassandraManager.Builder.DEFAULT_CONSISTENCY,
                        text(CassandraManager.Builder.DEFAULT_CONNECT_TIMEOUT),
                        text(CassandraManager.Builder.DEFAULT_CONNECT_TIMEOUT),
                        text(CassandraManager.Builder.DEFAULT_CONNECT_TIMEOUT),
                        text(CassandraManager.Builder.DEFAULT_RECONNECT_BASE),
                        text(CassandraManager.Builder.DEFAULT_RECONNECT_MAX),
                        text(CassandraManager.Builder.DEFAULT_HEARTBEAT),
                        text(CassandraManager.Builder.SCHEMA_WINDOW),
                        CassandraManager.Builder.MAX_REQUESTS,
                        CassandraManager.Builder.MAX_QUEUED_REQUESTS,
                        CassandraManager.Builder.CLOSE_QUIET_PERIOD.toMillis());
    }

    private static String text(Duration duration) {
        return duration.toMillis() + " ms";
    }

    @SuppressWarnings("unchecked") // each option was put in with a value of its own type
    private static OptionsMap given(CassandraSettings settings) {
        OptionsMap options = new OptionsMap();
        settings.options().forEach((option, value) -> options.put((TypedDriverOption<Object>) option, value));
        if (settings.target().keyspacesRegion() != null
                && settings.option(TypedDriverOption.REQUEST_CONSISTENCY) == null) {
            options.put(TypedDriverOption.REQUEST_CONSISTENCY, KeyspacesPreset.CONSISTENCY.name());
        }
        if ("lz4".equals(settings.option(TypedDriverOption.PROTOCOL_COMPRESSION))) {
            checkLz4();
        }
        return options;
    }

    private static void checkLz4() {
        try {
            Class.forName(LZ4, false, DefaultDriverOption.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new KeywharfException(
                    "cassandra.no_lz4",
                    "compression",
                    MissingLibrary.message("LZ4", "at.yawk.lz4:lz4-java:1.13.0") + ", or leave compression(true) out",
                    e);
        }
    }

    private static Path checked(Path file) {
        long size;
        try {
            size = Files.size(file);
        } catch (java.io.IOException e) {
            throw new KeywharfException(
                    "cassandra.bad_configuration",
                    file.toString(),
                    "The configuration file cannot be read; check its path and its rights",
                    e);
        }
        if (!Files.isRegularFile(file) || size > MAX_FILE_BYTES) {
            throw new KeywharfException(
                    "cassandra.bad_configuration",
                    file.toString(),
                    "The configuration is not a file of at most " + MAX_FILE_BYTES + " bytes");
        }
        return file.toAbsolutePath();
    }

    private static String quoted(Path file) {
        return '"' + file.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
