package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.context.DriverContext;
import com.datastax.oss.driver.api.core.session.ProgrammaticArguments;
import com.datastax.oss.driver.internal.core.context.DefaultDriverContext;
import com.datastax.oss.driver.internal.core.context.StartupOptionsBuilder;
import io.github.keywharf.testing.CassandraServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A session whose connections ask the server to say when it has too much to do ({@code THROW_ON_OVERLOAD}), where it
 * would else just read them slower. The driver has no option for this.
 */
final class CandidSession extends CqlSessionBuilder {
    private CandidSession() {}

    static CqlSession open(CassandraServer server) {
        CandidSession builder = new CandidSession();
        builder.addContactPoint(new InetSocketAddress(server.host(), server.port()));
        builder.withLocalDatacenter(server.localDatacenter());
        builder.withAuthCredentials(server.superuser(), server.superuserPassword());
        builder.withConfigLoader(DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(10))
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build());
        return builder.build();
    }

    @Override
    protected DriverContext buildContext(DriverConfigLoader configuration, ProgrammaticArguments arguments) {
        return new DefaultDriverContext(configuration, arguments) {
            @Override
            protected StartupOptionsBuilder buildStartupOptionsFactory() {
                return new StartupOptionsBuilder(this) {
                    @Override
                    public Map<String, String> build() {
                        Map<String, String> options = new LinkedHashMap<>(super.build());
                        options.put("THROW_ON_OVERLOAD", "1");
                        return options;
                    }
                };
            }
        };
    }
}
