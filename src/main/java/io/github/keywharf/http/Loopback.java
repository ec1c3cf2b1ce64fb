package io.github.keywharf.http;

import java.util.Locale;
import java.util.regex.Pattern;

/** The rule for hosts on this machine, to which secrets may be sent without TLS. */
public final class Loopback {
    private static final Pattern HOST =
            Pattern.compile("localhost|\\[::1]|::1|127(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}");

    private Loopback() {}

    /**
     * Returns true if a host is {@code localhost}, an address {@code 127.a.b.c}, or {@code ::1}, with or without the brackets
     * of a URI. Other spellings of these addresses are not accepted.
     */
    public static boolean isLoopback(String host) {
        // By its text: a name that resolves to this machine now may resolve to another one when it is used.
        // RFC 6761 reserves localhost for this machine.
        return HOST.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }
}
