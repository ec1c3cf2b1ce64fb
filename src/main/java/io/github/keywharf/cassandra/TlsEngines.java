package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.driver.api.core.ssl.SslEngineFactory;
import io.github.keywharf.tls.TlsConfig;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * Makes the TLS engines of connections. Names are taken as they were given and never looked up backwards: what the network
 * answers about an address proves nothing.
 */
final class TlsEngines implements SslEngineFactory {
    private final TlsConfig config;
    private final SSLContext context;

    TlsEngines(TlsConfig config) {
        this.config = config;
        this.context = config.open();
    }

    @Override
    public SSLEngine newSslEngine(EndPoint remote) {
        SocketAddress address = remote.resolve();
        return address instanceof InetSocketAddress inet
                ? config.engine(context, inet.getHostString(), inet.getPort())
                : config.engine(context, "", -1);
    }

    @Override
    public void close() {}
}
