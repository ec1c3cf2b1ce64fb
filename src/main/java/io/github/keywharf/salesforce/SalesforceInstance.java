package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.Loopback;
import io.github.keywharf.internal.Cut;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where an org is, as people name it: a bare name, a host, or what stands in the browser's address bar.
 *
 * <p>Shapes of My Domain hosts: https://help.salesforce.com/s/articleView?id=sf.domain_name_app_url_changes.htm
 */
final class SalesforceInstance {
    private static final int MAX_LENGTH = 2_000;
    private static final List<String> VENDOR = List.of(".salesforce.com", ".salesforce.mil", ".sfcrmproducts.cn");
    /** Hosts of pages, whose org has its API at the same name elsewhere. */
    private static final List<String> PAGES = List.of(".lightning.force.com", ".my.salesforce-setup.com");
    /** Hosts that belong to an org, but do not say to which. */
    private static final List<String> OTHERS = List.of(
            ".force.com", ".visualforce.com", ".site.com", ".salesforce-sites.com", ".salesforce-experience.com");

    private static final String API = ".my.salesforce.com";
    private static final Pattern LABELS =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    private SalesforceInstance() {}

    /**
     * The origin of the org's API, such as {@code https://acme.my.salesforce.com}.
     *
     * @throws IllegalArgumentException when the text does not name an org, or anyone on the way could read the token
     */
    static URI parse(String text) {
        String given = text.strip();
        if (given.isEmpty() || given.length() > MAX_LENGTH) {
            throw refused(given, "is empty or too long");
        }
        int scheme = given.indexOf("://");
        if (scheme >= 0) {
            return ofUrl(given);
        }
        String host = given.split("[/?#]", 2)[0]
                .toLowerCase(Locale.ROOT)
                .replaceFirst("\\.+$", "")
                .replaceFirst(":443$", "");
        if (!LABELS.matcher(host).matches()) {
            throw refused(given, "has characters that no host has");
        }
        return URI.create("https://" + api(given, completed(given, host)));
    }

    private static URI ofUrl(String given) {
        URI uri;
        try {
            // Addresses of pages have characters after the host that URIs do not allow.
            uri = new URI(given.replaceFirst("^([^:]+://[^/?#]*).*$", "$1"));
        } catch (URISyntaxException e) {
            throw refused(given, "is not a valid URL");
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw refused(given, "has no host, or has credentials before it");
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT).replaceFirst("\\.+$", "");
        boolean usual = uri.getPort() < 0 || (uri.getPort() == 443 && scheme.equals("https"));
        if (!scheme.equals("https") && !(scheme.equals("http") && Loopback.isLoopback(host))) {
            throw refused(given, "is not https, so that anyone on the way could read the token");
        }
        return URI.create(scheme + "://" + api(given, host) + (usual ? "" : ":" + uri.getPort()));
    }

    /** A name without its end: {@code acme}, {@code acme--uat}, {@code acme--uat.sandbox}, {@code acme.my}. */
    private static String completed(String given, String host) {
        if (host.equals("login") || host.equals("test")) {
            return host + ".salesforce.com";
        }
        if (host.indexOf('.') < 0) {
            return host + (host.contains("--") ? ".sandbox" : "") + API;
        }
        if (host.endsWith(".my")) {
            return host + ".salesforce.com";
        }
        if (host.matches("[^.]+\\.(sandbox|develop|scratch|trailblaze|demo|patch|free)")) {
            return host + API;
        }
        if (isVendor(host) || endsWithAny(host, PAGES) || endsWithAny(host, OTHERS)) {
            return host;
        }
        throw refused(given, "is not a host of Salesforce; for a gateway write its URL with https://");
    }

    private static String api(String given, String host) {
        for (String page : PAGES) {
            if (host.endsWith(page)) {
                String name = host.substring(0, host.length() - page.length());
                boolean oldSandbox = name.contains("--") && name.indexOf('.') < 0;
                return name + (oldSandbox ? ".sandbox" : "") + API;
            }
        }
        if (endsWithAny(host, OTHERS)) {
            throw refused(given, "is the host of a site or a page, which has no API");
        }
        return host;
    }

    /**
     * The origin that the answer to a login names, if a token may go there: an https host of Salesforce, or the host that
     * was configured.
     */
    static URI followed(URI configured, URI answered) {
        String host = String.valueOf(answered.getHost()).toLowerCase(Locale.ROOT);
        boolean vendor = "https".equalsIgnoreCase(answered.getScheme()) && isVendor(host);
        boolean sameHost = host.equalsIgnoreCase(configured.getHost())
                && String.valueOf(answered.getScheme()).equalsIgnoreCase(configured.getScheme())
                && answered.getPort() == configured.getPort();
        boolean bothHere = Loopback.isLoopback(host) && Loopback.isLoopback(configured.getHost());
        if (answered.getRawUserInfo() != null || !(vendor || sameHost || bothHere)) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    configured.getHost() + " login",
                    "The answer sends its token on to " + Cut.printable(answered.getScheme() + "://" + host, 200)
                            + ", which is not an https host of Salesforce; check the instance, and whether a proxy is in"
                            + " between");
        }
        return URI.create(
                answered.getScheme() + "://" + host + (answered.getPort() < 0 ? "" : ":" + answered.getPort()));
    }

    private static boolean isVendor(String host) {
        return endsWithAny(host, VENDOR);
    }

    private static boolean endsWithAny(String host, List<String> ends) {
        return ends.stream().anyMatch(host::endsWith);
    }

    /** No more than the host: in front of it a password may stand, and behind it a session. */
    private static String shown(String given) {
        return given.indexOf('@') >= 0 ? "…@…" : given.replaceFirst("(?s)^((?:[^:/?#]+://)?[^/?#]*).*$", "$1");
    }

    private static IllegalArgumentException refused(String given, String why) {
        return new IllegalArgumentException("The instance '" + Cut.printable(shown(given), 200)
                + "' " + why + "; write the My Domain name (acme, acme--uat.sandbox) or its host"
                + " (acme.my.salesforce.com)");
    }
}
