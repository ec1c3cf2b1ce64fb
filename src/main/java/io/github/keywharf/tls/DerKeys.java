package io.github.keywharf.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/** Wraps private keys of the older forms in the envelope of PKCS#8 (RFC 5208), which the JDK reads. */
final class DerKeys {
    private static final int INTEGER = 0x02;
    private static final int OCTETS = 0x04;
    private static final int SEQUENCE = 0x30;
    /** {@code [0]} of RFC 5915, which holds the curve. */
    private static final int PARAMETERS = 0xA0;

    private static final byte[] VERSION_0 = {INTEGER, 1, 0};
    /** The object identifier 1.2.840.113549.1.1.1 (rsaEncryption), and the NULL of its parameters. */
    private static final byte[] RSA = {
        0x06, 0x09, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    /** The object identifier 1.2.840.10045.2.1 (id-ecPublicKey); the curve follows it. */
    private static final byte[] EC = {0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01};

    private DerKeys() {}

    static byte[] pkcs8OfPkcs1(byte[] pkcs1) {
        return value(SEQUENCE, VERSION_0, value(SEQUENCE, RSA), value(OCTETS, pkcs1));
    }

    /** Returns the key in its envelope, or empty if it does not name its curve. */
    static Optional<byte[]> pkcs8OfSec1(byte[] sec1) {
        return curve(sec1).map(curve -> value(SEQUENCE, VERSION_0, value(SEQUENCE, EC, curve), value(OCTETS, sec1)));
    }

    /** Returns true if the bytes are one whole SEQUENCE, as every key is. */
    static boolean isSequence(byte[] der) {
        return der.length > 2 && der[0] == SEQUENCE && end(der, 0) == der.length;
    }

    private static Optional<byte[]> curve(byte[] sec1) {
        if (!isSequence(sec1)) {
            return Optional.empty();
        }
        int position = content(sec1, 0);
        while (position < sec1.length) {
            int end = end(sec1, position);
            if (end <= position || end > sec1.length) {
                return Optional.empty();
            }
            if ((sec1[position] & 0xFF) == PARAMETERS) {
                return Optional.of(Arrays.copyOfRange(sec1, content(sec1, position), end));
            }
            position = end;
        }
        return Optional.empty();
    }

    /** Returns the position at which the content of the value at a position begins. */
    private static int content(byte[] der, int position) {
        int first = position + 1 < der.length ? der[position + 1] & 0xFF : 0;
        return position + 2 + (first < 0x80 ? 0 : first & 0x7F);
    }

    /** Returns the position after the value at a position, or -1 for a length that no key has. */
    private static int end(byte[] der, int position) {
        int content = content(der, position);
        int first = position + 1 < der.length ? der[position + 1] & 0xFF : 0;
        if (first < 0x80) {
            return content + first;
        }
        if ((first & 0x7F) > 3 || content > der.length) {
            return -1;
        }
        int length = 0;
        for (int i = position + 2; i < content; i++) {
            length = (length << 8) | (der[i] & 0xFF);
        }
        return content + length;
    }

    private static byte[] value(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(tag);
        if (length < 0x80) {
            value.write(length);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / Byte.SIZE;
            value.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
                value.write(length >>> shift);
            }
        }
        value.writeBytes(content.toByteArray());
        return value.toByteArray();
    }
}
