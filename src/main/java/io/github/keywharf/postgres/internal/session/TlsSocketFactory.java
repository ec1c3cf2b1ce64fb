package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sockets as a {@link TlsConfig} says. Public because the driver makes it by its name, on a thread of its own; not for
 * others.
 */
public final class TlsSocketFactory extends SSLSocketFactory {

    /** What the connections that are being opened are to use, by the id that the driver hands over. */
    private static final Map<String, Use> USES = new ConcurrentHashMap<>();

    private static final AtomicLong IDS = new AtomicLong();

    private final Use use;
    private final SSLSocketFactory sockets;

    private record Use(TlsConfig config, SSLContext context) {}

    /** A factory for the connection of that id. */
    public TlsSocketFactory(String id) {
        Use found = USES.get(id);
        if (found == null) {
            throw new IllegalStateException("There is no connection " + id + " to make a socket for");
        }
        use = found;
        sockets = found.context().getSocketFactory();
    }

    /** Adds what makes the driver use this configuration, until {@link #forget} is called with the id. */
    static String remember(TlsConfig config, Properties properties) {
        String id = "tls-" + IDS.incrementAndGet();
        USES.put(id, new Use(config, config.open()));
        properties.setProperty("sslmode", "require");
        properties.setProperty("sslfactory", TlsSocketFactory.class.getName());
        properties.setProperty("sslfactoryarg", id);
        return id;
    }

    static void forget(String id) {
        USES.remove(id);
    }

    private Socket protect(Socket socket) {
        if (socket instanceof SSLSocket tls) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setProtocols(TlsConfig.PROTOCOLS.toArray(String[]::new));
            if (use.config().hostnameVerification()) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            tls.setSSLParameters(parameters);
        }
        return socket;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return protect(
                sockets.createSocket(socket, use.config().certificateName().orElse(host), port, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return protect(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return protect(sockets.createSocket(host, port, local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return protect(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return protect(sockets.createSocket(host, port, local, localPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }
}
