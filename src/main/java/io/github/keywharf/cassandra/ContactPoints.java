package io.github.keywharf.cassandra;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;

/** Reads and prints where nodes are. */
final class ContactPoints {
    private ContactPoints() {}

    /** Not looked up: names are, each time a connection is opened. */
    static InetSocketAddress of(String host, int port) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (bare.isBlank() || !bare.matches("[\\p{L}0-9._:%-]{1,255}")) {
            throw new IllegalArgumentException("'" + host + "' is neither a host name nor an address");
        }
        if (bare.chars().filter(c -> c == ':').count() == 1) {
            throw new IllegalArgumentException(
                    "'" + host + "' has a port in it; call contactPoint(host, port) with the two apart");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("A port is 1 to 65535, not " + port);
        }
        return InetSocketAddress.createUnresolved(bare, port);
    }

    /** {@code host}, {@code host:port}, {@code [v6]:port} or a bare IPv6 address. */
    static InetSocketAddress parse(String text, int defaultPort) {
        int colon = text.lastIndexOf(':');
        boolean bareV6 = text.indexOf(':') != colon && !text.startsWith("[");
        if (colon < 0 || bareV6 || text.endsWith("]")) {
            return of(text, defaultPort);
        }
        String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("'" + text + "' is not a host:port");
        }
        return of(text.substring(0, colon), Integer.parseInt(port));
    }

    static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    static String text(List<InetSocketAddress> addresses) {
        return addresses.isEmpty()
                ? "cassandra"
                : addresses.stream().map(ContactPoints::text).collect(Collectors.joining(", "));
    }
}
