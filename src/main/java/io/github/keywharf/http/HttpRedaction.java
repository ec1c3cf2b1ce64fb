package io.github.keywharf.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Prints headers and URIs without the secrets in them. */
final class HttpRedaction {
    static final String REDACTED = "[redacted]";

    private static final Set<String> SECRET = Set.of("cookie", "set-cookie", "auth", "code", "sid", "sig", "key");
    private static final List<String> SECRET_ENDS = List.of("-key", "_key", "-auth", "_auth");
    private static final List<String> SECRET_PARTS = List.of(
            "authorization",
            "token",
            "secret",
            "password",
            "passwd",
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

    /** Whether the value of a header or a query parameter of this name is a secret. */
    static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SECRET.contains(lower)
                || SECRET_ENDS.stream().anyMatch(lower::endsWith)
                || SECRET_PARTS.stream().anyMatch(lower::contains);
    }

    /** The value of a header, as far as it may be shown. */
    static String value(String name, String value) {
        if (isSecret(name)) {
            return REDACTED;
        }
        return URIS.contains(name.toLowerCase(Locale.ROOT)) ? uri(value) : value;
    }

    static String uri(URI uri) {
        return uri(uri.toString());
    }

    /** The URI without what stands before its host. */
    private static String withoutCredentials(String uri) {
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
        String uri = withoutCredentials(fragment < 0 ? text : text.substring(0, fragment));
        int query = uri.indexOf('?');
        if (query < 0) {
            return uri;
        }
        StringBuilder shown = new StringBuilder(uri.substring(0, query));
        char separator = '?';
        for (String parameter : uri.substring(query + 1).split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            boolean hidden = equals >= 0 && isSecret(PercentCode.decodeQuery(name));
            shown.append(separator).append(hidden ? name + "=" + REDACTED : parameter);
            separator = '&';
        }
        return shown.toString();
    }
}
