package io.github.keywharf.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Prints headers and URIs without the secrets in them. */
final class HttpRedaction {
    static final String REDACTED = "[redacted]";

    private static final Set<String> SECRET =
            Set.of("cookie", "set-cookie", "auth", "code", "sid", "sig", "key", "pass", "pwd", "jwt", "otp");
    private static final List<String> SECRET_ENDS = List.of("-key", "_key", "-auth", "_auth", "-pass", "_pass");
    private static final List<String> SECRET_PARTS = List.of(
            "authorization",
            "token",
            "secret",
            "password",
            "passwd",
            "passphrase",
            "signature",
            "credential",
            "api-key",
            "apikey",
            "api_key",
            "session",
            "assertion",
            "access-key",
            "access_key",
            "accesskey",
            "security");
    private static final Set<String> URIS = Set.of("location", "content-location", "referer");

    private HttpRedaction() {}

    /** Returns true if a header or query parameter of this name has a secret as its value. */
    static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SECRET.contains(lower)
                || SECRET_ENDS.stream().anyMatch(lower::endsWith)
                || SECRET_PARTS.stream().anyMatch(lower::contains);
    }

    /** The value of a header without secrets. */
    static String value(String name, String value) {
        if (isSecret(name)) {
            return REDACTED;
        }
        return URIS.contains(name.toLowerCase(Locale.ROOT)) ? uri(value) : value;
    }

    static String uri(URI uri) {
        return uri(uri.toString());
    }

    /** Replaces the credentials before the host of a URI. */
    private static String redactCredentials(String uri) {
        int slashes = uri.indexOf("//");
        if (slashes < 0) {
            return uri;
        }
        int begin = slashes + 2;
        int end = begin;
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        int at = uri.lastIndexOf('@', end - 1);
        return at < begin ? uri : uri.substring(0, begin) + REDACTED + uri.substring(at);
    }

    private static String uri(String text) {
        int fragment = text.indexOf('#');
        String uri = redactCredentials(fragment < 0 ? text : text.substring(0, fragment));
        int query = uri.indexOf('?');
        if (query < 0) {
            return uri;
        }
        StringBuilder redacted = new StringBuilder(uri.substring(0, query));
        char separator = '?';
        for (String parameter : uri.substring(query + 1).split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            boolean secret = equals >= 0 && isSecret(PercentCode.decodeQuery(name));
            redacted.append(separator).append(secret ? name + "=" + REDACTED : parameter);
            separator = '&';
        }
        return redacted.toString();
    }
}
