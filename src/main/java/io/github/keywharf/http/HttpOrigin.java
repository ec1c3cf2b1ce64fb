package io.github.keywharf.http;

import java.net.URI;
import java.util.Optional;

/** Addresses of services, as people write them into settings. */
public final class HttpOrigin {
    private HttpOrigin() {}

    /** The scheme, host and port that a text consists of, perhaps with slashes at its end; empty when it is anything else. */
    public static Optional<URI> parse(String address) {
        try {
            URI uri = URI.create(address.replaceFirst("/+$", ""));
            return isBase(uri) && uri.getRawPath().isEmpty() ? Optional.of(uri) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether paths can be added to a URI: it is of http or https with a host, and has no credentials, query or fragment. */
    public static boolean isBase(URI uri) {
        return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
    }
}
