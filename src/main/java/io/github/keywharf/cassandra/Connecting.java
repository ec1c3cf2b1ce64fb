package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import com.datastax.oss.driver.api.core.metadata.Node;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Opens sessions. */
final class Connecting {
    private Connecting() {}

    static CassandraManager connect(CassandraBuilder settings) {
        ConnectChecks.check(settings);
        if (settings.keyspacesRegion != null) {
            KeyspacesPreset.apply(settings, settings.keyspacesRegion);
        }
        return connect(settings, DriverOptions.of(settings), new SharedNetwork());
    }

    /** Opens one more session, of settings that were checked before, on a network that others use too. */
    static CassandraManager connect(
            CassandraBuilder settings, DriverConfigLoader configuration, SharedNetwork network) {
        String subject = subject(settings);
        warn(settings, subject);
        CqlSession session = Waiting.on(
                stage(settings, configuration, network), failure -> ConnectErrors.of(subject, settings, failure));
        try {
            checkDatacenter(subject, settings, session);
            return CassandraManager.opened(session, settings, network);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    private static CqlSessionBuilder builder(
            CassandraBuilder settings, DriverConfigLoader configuration, SharedNetwork network) {
        CqlSessionBuilder builder = new SharedSessionBuilder(network)
                .withConfigLoader(configuration)
                .addNodeStateListener(new NodeEvents(settings.listener));
        settings.contactPoints.forEach(builder::addContactPoint);
        if (settings.localDatacenter != null) {
            builder.withLocalDatacenter(settings.localDatacenter);
        }
        if (settings.credentials != null) {
            CassandraCredentials.Login login = settings.credentials.read();
            builder.withAuthCredentials(login.user(), login.password());
        }
        if (settings.tls != null) {
            builder.withSslEngineFactory(new TlsEngines(settings.tls));
        }
        if (settings.cloudBundle != null) {
            builder.withCloudSecureConnectBundle(settings.cloudBundle);
        }
        Optional.ofNullable(settings.keyspace).map(CqlIdentifier::fromInternal).ifPresent(builder::withKeyspace);
        return builder;
    }

    private static CompletionStage<CqlSession> stage(
            CassandraBuilder settings, DriverConfigLoader configuration, SharedNetwork network) {
        try {
            return builder(settings, configuration, network).buildAsync();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void warn(CassandraBuilder settings, String subject) {
        if (settings.tls != null && !settings.tls.hostnameVerification()) {
            settings.listener.onEvent(new CassandraEvent.HostnameNotVerified(subject));
        }
        boolean far = settings.contactPoints.stream()
                .anyMatch(point -> !point.getHostString().matches("localhost|127\\..*|::1"));
        if (far && settings.credentials != null && settings.tls == null && settings.configuration == null) {
            settings.listener.onEvent(new CassandraEvent.PasswordInPlainText(subject));
        }
    }

    /** A session in a data centre that does not exist opens all the same, and then no statement ever finds a node. */
    private static void checkDatacenter(String subject, CassandraBuilder settings, CqlSession session) {
        Collection<Node> nodes = session.getMetadata().getNodes().values();
        if (nodes.isEmpty() || nodes.stream().anyMatch(node -> node.getDistance() != NodeDistance.IGNORED)) {
            return;
        }
        TreeSet<String> seen = new TreeSet<>();
        nodes.forEach(node -> Optional.ofNullable(node.getDatacenter()).ifPresent(seen::add));
        String wanted = settings.localDatacenter != null
                ? settings.localDatacenter
                : session.getContext()
                        .getConfig()
                        .getDefaultProfile()
                        .getString(DefaultDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, "");
        throw ConnectErrors.wrongDatacenter(subject, wanted, seen);
    }

    private static String subject(CassandraBuilder settings) {
        if (!settings.contactPoints.isEmpty()) {
            return ContactPoints.text(settings.contactPoints);
        }
        return settings.cloudBundle != null
                ? settings.cloudBundle.toString()
                : settings.configuration != null ? settings.configuration.toString() : "cassandra";
    }

    /** Refuses what is done after the end, which is a mistake of the program. */
    static void checkOpen(CqlSession session) {
        if (session.isClosed()) {
            throw new IllegalStateException("The manager is closed, or its session is");
        }
    }
}
