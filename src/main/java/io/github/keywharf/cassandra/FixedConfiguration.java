package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.config.DriverConfig;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.context.DriverContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A configuration of the driver that was read before, for many sessions: reading it takes longer than connecting. */
record FixedConfiguration(DriverConfig config) implements DriverConfigLoader {
    @Override
    public DriverConfig getInitialConfig() {
        return config;
    }

    @Override
    public void onDriverInit(DriverContext context) {}

    @Override
    public CompletionStage<Boolean> reload() {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public boolean supportsReloading() {
        return false;
    }

    @Override
    public void close() {}
}
