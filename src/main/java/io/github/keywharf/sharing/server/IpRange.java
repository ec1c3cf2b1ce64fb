package io.github.keywharf.sharing.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * IP addresses with the same first bits, written as an address or {@code 192.0.2.0/24}.
 *
 * @param address of its bytes
 * @param bits how many of them count
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record IpRange(byte[] address, int bits) {
    private static final int MAPPED_ZEROS = 10;

    static IpRange of(String text) {
        int slash = text.indexOf('/');
        byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
        int bits = slash < 0 ? address.length * Byte.SIZE : Integer.parseInt(text.substring(slash + 1));
        if (bits < 0 || bits > address.length * Byte.SIZE) {
            throw new IllegalArgumentException(
                    "The range " + text + " has more bits than the address; use up to " + address.length * Byte.SIZE);
        }
        return new IpRange(address, bits);
    }

    boolean contains(String other) {
        byte[] bytes;
        try {
            bytes = bytes(other);
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (bytes.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >>> bit % Byte.SIZE;
            if ((bytes[bit / Byte.SIZE] & mask) != (address[bit / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** The bytes of an address; one of IPv4 within IPv6 is that of IPv4. */
    private static byte[] bytes(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        // Nothing else reaches the resolver, which would look names up.
        if (!bare.matches("[0-9a-fA-F:.]+") || (!bare.contains(":") && !bare.matches("[0-9]+(\\.[0-9]+){3}"))) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address");
        }
        try {
            byte[] bytes = InetAddress.getByName(bare).getAddress();
            boolean mapped = bytes.length == 16
                    && Arrays.equals(bytes, 0, MAPPED_ZEROS, new byte[MAPPED_ZEROS], 0, MAPPED_ZEROS)
                    && bytes[MAPPED_ZEROS] == -1
                    && bytes[MAPPED_ZEROS + 1] == -1;
            return mapped ? Arrays.copyOfRange(bytes, MAPPED_ZEROS + 2, bytes.length) : bytes;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address", e);
        }
    }
}
