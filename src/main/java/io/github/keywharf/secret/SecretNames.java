package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Limits of the names and values of a {@link SecretStore}. */
final class SecretNames {
    private static final Pattern NAME = Pattern.compile("[0-9a-zA-Z-]{1," + SecretStore.MAX_NAME + "}");

    private SecretNames() {}

    static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }

    static String check(String name) {
        if (!isValid(name)) {
            throw new IllegalArgumentException("'" + Cut.printable(name, 80) + "' is not a name of a secret; use 1 to "
                    + SecretStore.MAX_NAME + " letters, digits and hyphens of ASCII");
        }
        return name;
    }

    /** Returns the UTF-8 bytes of a secret, which the caller overwrites. */
    static byte[] utf8(String name, Secret secret) {
        char[] text = secret.revealChars();
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
        Arrays.fill(text, '\0');
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        encoded.rewind();
        encoded.put(new byte[bytes.length]);
        if (bytes.length > SecretSource.MAX_SECRET_BYTES) {
            Arrays.fill(bytes, (byte) 0);
            throw new KeywharfException(
                    "secret.too_large",
                    name,
                    "The secret has more than " + SecretSource.MAX_SECRET_BYTES + " bytes; keep it elsewhere");
        }
        return bytes;
    }
}
