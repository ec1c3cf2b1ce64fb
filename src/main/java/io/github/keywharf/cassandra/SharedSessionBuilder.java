package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.context.DriverContext;
import com.datastax.oss.driver.api.core.session.ProgrammaticArguments;
import com.datastax.oss.driver.internal.core.context.DefaultDriverContext;
import com.datastax.oss.driver.internal.core.context.NettyOptions;

/** Builds a session that has no threads of its own. The driver has no setting for that, but this place to say it. */
final class SharedSessionBuilder extends CqlSessionBuilder {
    private final SharedNetwork network;

    SharedSessionBuilder(SharedNetwork network) {
        this.network = network;
    }

    @Override
    protected DriverContext buildContext(DriverConfigLoader configLoader, ProgrammaticArguments arguments) {
        return new DefaultDriverContext(configLoader, arguments) {
            @Override
            protected NettyOptions buildNettyOptions() {
                return network.join(super::buildNettyOptions);
            }
        };
    }
}
