package io.github.keywharf.salesforce;

import java.net.URI;
import java.util.Locale;

/**
 * Which API is called.
 *
 * @param origin scheme, host and port, without a path
 * @param version such as {@code v66.0}
 */
record SalesforceTarget(URI origin, String version) {
    SalesforceTarget {
        if (origin.getHost() == null
                || !(origin.getRawPath() == null || origin.getRawPath().isEmpty())) {
            throw new IllegalArgumentException("The origin " + origin + " is not scheme, host and port");
        }
    }

    /** The host in lower case, with its port if that is not the usual one. */
    String host() {
        String host = origin.getHost().toLowerCase(Locale.ROOT);
        return origin.getPort() < 0 ? host : host + ":" + origin.getPort();
    }
}
