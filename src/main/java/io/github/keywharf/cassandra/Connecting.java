package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import com.datastax.oss.driver.api.core.metadata.Node;
import io.github.keywharf.cassandra.CassandraSettings.Target;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.Loopback;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Opens sessions. */
final class Connecting {
    private Connecting() {}

    static CassandraManager connect(CassandraSettings settings) {
        ConnectChecks.check(settings);
        CassandraSettings whole = settings.withTarget(KeyspacesPreset.applied(settings.target()));
        return connect(whole, DriverOptions.of(whole), new SharedNetwork());
    }

    /** Opens one more session, of settings that were checked before, on a network that others use too. */
    static CassandraManager connect(
            CassandraSettings settings, DriverConfigLoader configuration, SharedNetwork network) {
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
            CassandraSettings settings, DriverConfigLoader configuration, SharedNetwork network) {
        Target target = settings.target();
        CqlSessionBuilder builder = new SharedSessionBuilder(network)
                .withConfigLoader(configuration)
                .addNodeStateListener(new NodeEvents(settings.listener()));
        target.contactPoints().forEach(builder::addContactPoint);
        if (target.localDatacenter() != null) {
            builder.withLocalDatacenter(target.localDatacenter());
        }
        if (target.credentials() != null) {
            CassandraCredentials.Login login = target.credentials().read();
            builder.withAuthCredentials(login.user(), login.password());
        }
        if (target.tls() != null) {
            builder.withSslEngineFactory(new TlsEngines(target.tls()));
        }
        if (target.cloudBundle() != null) {
            builder.withCloudSecureConnectBundle(target.cloudBundle());
        }
        Optional.ofNullable(target.keyspace()).map(CqlIdentifier::fromInternal).ifPresent(builder::withKeyspace);
        return builder;
    }

    private static CompletionStage<CqlSession> stage(
            CassandraSettings settings, DriverConfigLoader configuration, SharedNetwork network) {
        try {
            return builder(settings, configuration, network).buildAsync();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void warn(CassandraSettings settings, String subject) {
        Target target = settings.target();
        if (target.tls() != null && !target.tls().hostnameVerification()) {
            settings.listener()
                    .warning(
                            "cassandra.tls.hostname_unverified",
                            Work.NONE,
                            subject,
                            "Host names are not verified: whoever has a certificate of the same authority can pose as a"
                                    + " node; use certificateName(…), or give the nodes certificates with their addresses");
        }
        boolean far = target.contactPoints().stream().anyMatch(point -> !Loopback.isLoopback(point.getHostString()));
        if (far && target.credentials() != null && target.tls() == null && settings.configuration() == null) {
            settings.listener()
                    .warning(
                            "cassandra.tls.plain_password",
                            Work.NONE,
                            subject,
                            "The password is sent without TLS, for anyone on the way to read; call trust(…) or tls()");
        }
    }

    /** A session in a data centre that does not exist opens all the same, and then no statement ever finds a node. */
    private static void checkDatacenter(String subject, CassandraSettings settings, CqlSession session) {
        Collection<Node> nodes = session.getMetadata().getNodes().values();
        if (nodes.isEmpty() || nodes.stream().anyMatch(node -> node.getDistance() != NodeDistance.IGNORED)) {
            return;
        }
        TreeSet<String> seen = new TreeSet<>();
        nodes.forEach(node -> Optional.ofNullable(node.getDatacenter()).ifPresent(seen::add));
        String wanted = settings.target().localDatacenter() != null
                ? settings.target().localDatacenter()
                : session.getContext()
                        .getConfig()
                        .getDefaultProfile()
                        .getString(DefaultDriverOption.LOAD_BALANCING_LOCAL_DATACENTER, "");
        throw ConnectErrors.wrongDatacenter(subject, wanted, seen);
    }

    private static String subject(CassandraSettings settings) {
        Target target = settings.target();
        if (!target.contactPoints().isEmpty()) {
            return ContactPoints.text(target.contactPoints());
        }
        return target.cloudBundle() != null
                ? target.cloudBundle().toString()
                : settings.configuration() != null ? settings.configuration().toString() : "cassandra";
    }

    /** Refuses what is done after the end, which is a mistake of the program. */
    static void checkOpen(CqlSession session) {
        if (session.isClosed()) {
            throw new IllegalStateException("The manager is closed, or its session is");
        }
    }
}
