package io.github.keywharf.http;

import java.net.URI;
import java.util.Optional;

/** Addresses of services in settings. */
public final class HttpOrigin {
    private HttpOrigin() {}

    /** Parses a scheme, host and port, with or without slashes at the end; empty if the text is anything else. */
    public static Optional<URI> parse(String address) {
        try {
            URI uri = URI.create(address.replaceFirst("/+$", ""));
            return isBase(uri) && uri.getRawPath().isEmpty() ? Optional.of(uri) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns true if paths can be added to a URI: http or https with a host, without credentials, query and fragment. */
    public static boolean isBase(URI uri) {
        return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
    }
}
