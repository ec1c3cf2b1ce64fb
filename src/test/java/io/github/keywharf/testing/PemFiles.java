package io.github.keywharf.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Certificates and keys as PEM text, in the forms that people bring. */
public final class PemFiles {
    private static final String ENCRYPTION = "PBEWithHmacSHA256AndAES_256";

    /** The object identifier of encryption by password, 1.2.840.113549.1.5.13, as DER (RFC 8018). */
    private static final byte[] PBES2 = HexFormat.of().parseHex("06092a864886f70d01050d");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    private PemFiles() {}

    static String certificate(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("[pem] the certificate cannot be encoded", e);
        }
    }

    public static String pkcs8(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    /** The inner form of an RSA key, which older tools write. */
    public static String pkcs1(PrivateKey key) {
        if (!key.getAlgorithm().equals("RSA")) {
            throw new IllegalArgumentException("[pem] a key of " + key.getAlgorithm() + " has no PKCS#1 form");
        }
        // SEQUENCE { INTEGER version, SEQUENCE algorithm, OCTET STRING key }
        byte[] der = key.getEncoded();
        int version = content(der, 0);
        int algorithm = end(der, version);
        int octets = end(der, algorithm);
        return block("RSA PRIVATE KEY", Arrays.copyOfRange(der, content(der, octets), end(der, octets)));
    }

    public static String encrypted(PrivateKey key, String password) {
        try {
            Key secret =
                    SecretKeyFactory.getInstance(ENCRYPTION).generateSecret(new PBEKeySpec(password.toCharArray()));
            Cipher cipher = Cipher.getInstance(ENCRYPTION);
            cipher.init(Cipher.ENCRYPT_MODE, secret);
            byte[] content = cipher.doFinal(key.getEncoded());
            // The JDK's own class for this knows no name for the algorithm before Java 19.
            byte[] algorithm = der(SEQUENCE, PBES2, cipher.getParameters().getEncoded());
            return block("ENCRYPTED PRIVATE KEY", der(SEQUENCE, algorithm, der(OCTET_STRING, content)));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("[pem] the key cannot be encrypted", e);
        }
    }

    static Path write(Path file, List<String> blocks) {
        try {
            return Files.writeString(file, String.join("", blocks));
        } catch (IOException e) {
            throw new UncheckedIOException("[pem] " + file + " cannot be written", e);
        }
    }

    private static String block(String label, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
    }

    /** One DER value with the given content, which must be shorter than 64 KiB. */
    private static byte[] der(int tag, byte[]... contents) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : contents) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(tag);
        // The long form also where the short one would do is not DER, and some readers mind.
        if (content.size() < 0x80) {
            value.write(content.size());
        } else if (content.size() < 0x100) {
            value.write(0x81);
            value.write(content.size());
        } else {
            value.write(0x82);
            value.write(content.size() >> 8);
            value.write(content.size());
        }
        value.writeBytes(content.toByteArray());
        return value.toByteArray();
    }

    /** Where the content of the DER value at {@code start} begins. */
    private static int content(byte[] der, int start) {
        int first = der[start + 1] & 0xFF;
        return start + 2 + (first < 0x80 ? 0 : first & 0x7F);
    }

    /** Where the DER value at {@code start} ends. */
    private static int end(byte[] der, int start) {
        int content = content(der, start);
        int first = der[start + 1] & 0xFF;
        if (first < 0x80) {
            return content + first;
        }
        int length = 0;
        for (int i = start + 2; i < content; i++) {
            length = (length << 8) | (der[i] & 0xFF);
        }
        return content + length;
    }
}
