package io.github.keywharf.tls;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM (RFC 7468): certificates, bundles of them, and private keys.
 *
 * <p>Keys may be PKCS#8 ({@code BEGIN PRIVATE KEY}), PKCS#8 encrypted with a password ({@code BEGIN ENCRYPTED PRIVATE KEY}),
 * PKCS#1 ({@code BEGIN RSA PRIVATE KEY}) or SEC1 with a named curve ({@code BEGIN EC PRIVATE KEY}), each RSA, EC or Ed25519
 * as the form allows; the last two also encrypted in OpenSSL's traditional form ({@code Proc-Type: 4,ENCRYPTED}) by
 * AES-128-CBC, AES-192-CBC, AES-256-CBC or DES-EDE3-CBC. Blocks of other kinds and text between blocks are ignored, so a
 * certificate and its key may be in one file. No message contains a part of a key.
 *
 * <p>Errors, all {@link KeywharfException}: {@code tls.unreadable} for a file that cannot be read, {@code tls.too_large}
 * beyond {@value #MAX_BYTES} bytes, {@code tls.bad_pem} for text in which the expected block is missing or damaged,
 * {@code tls.bad_certificate}, {@code tls.bad_key}, {@code tls.no_password} for an encrypted key without one, {@code
 * tls.wrong_password}, {@code tls.unsupported_key} for a form that is not supported, with the command that converts it.
 */
public final class Pem {
    /** Longest PEM text, in bytes, 1 MiB: four times the bundle of all authorities that browsers trust. */
    public static final int MAX_BYTES = 1024 * 1024;

    private Pem() {}

    /** Reads the certificates of a file, at least one, in their order. */
    public static List<X509Certificate> certificates(Path file) {
        byte[] text = PemText.read(file);
        return PemCertificates.parse(name(file), PemText.blocks(name(file), text));
    }

    /** Reads the certificates of a text, at least one, in their order. */
    public static List<X509Certificate> certificates(String pem) {
        return PemCertificates.parse(
                "certificates", PemText.blocks("certificates", PemText.bytes("certificates", pem)));
    }

    /** Reads the first private key of a file, which is not encrypted. */
    public static PrivateKey privateKey(Path file) {
        return privateKey(file, null);
    }

    /**
     * Reads the first private key of a file.
     *
     * @param password password of an encrypted key; ignored if the key is not encrypted. The caller closes it.
     */
    public static PrivateKey privateKey(Path file, @Nullable Secret password) {
        byte[] text = PemText.read(file);
        try {
            return PemKeys.parse(name(file), PemText.blocks(name(file), text), password);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /**
     * Reads the first private key of a text.
     *
     * @param password password of an encrypted key; ignored if the key is not encrypted. The caller closes it.
     */
    public static PrivateKey privateKey(Secret pem, @Nullable Secret password) {
        byte[] text = PemText.bytes("private key", pem.reveal());
        try {
            return PemKeys.parse("private key", PemText.blocks("private key", text), password);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private static String name(Path file) {
        return Objects.requireNonNullElse(file.getFileName(), file).toString();
    }
}
