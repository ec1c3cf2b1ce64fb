package io.github.keywharf.tls;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.PemText.Block;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads the private key among the blocks of a PEM text. No error carries a cause that could quote the key. */
final class PemKeys {
    private static final String CONVERT = "openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW_FILE";
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA");
    /** PBES2 of PKCS#5, whose parameters name the cipher. */
    private static final String PBES2 = "1.2.840.113549.1.5.13";

    private PemKeys() {}

    static PrivateKey parse(String subject, List<Block> blocks, @Nullable Secret password) {
        for (Block block : blocks) {
            if (block.label().endsWith("PRIVATE KEY")) {
                try {
                    return key(subject, block, password);
                } finally {
                    Arrays.fill(block.der(), (byte) 0);
                }
            }
        }
        throw new KeywharfException(
                "tls.bad_pem", subject, "There is no block 'PRIVATE KEY', but " + PemText.labels(blocks));
    }

    private static PrivateKey key(String subject, Block block, @Nullable Secret password) {
        if (block.label().equals("ENCRYPTED PRIVATE KEY")) {
            return decrypted(subject, block.der(), password);
        }
        if (block.headers().isEmpty()) {
            return plain(subject, block.label(), block.der());
        }
        byte[] der = traditional(subject, block, password);
        try {
            return plain(subject, block.label(), der);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    private static PrivateKey plain(String subject, String label, byte[] der) {
        return switch (label) {
            case "PRIVATE KEY" -> pkcs8(subject, der);
            case "RSA PRIVATE KEY" -> pkcs8(subject, DerKeys.pkcs8OfPkcs1(der));
            case "EC PRIVATE KEY" ->
                pkcs8(
                        subject,
                        DerKeys.pkcs8OfSec1(der)
                                .orElseThrow(() -> unsupported(subject, "The EC key does not name its curve")));
            default -> throw unsupported(subject, "A key of the form '" + label + "' is not read");
        };
    }

    private static byte[] traditional(String subject, Block block, @Nullable Secret password) {
        PemTraditional scheme = PemTraditional.of(block.headers())
                .orElseThrow(() -> unsupported(
                        subject,
                        "The key is encrypted in OpenSSL's traditional form, but not by AES-128-CBC, AES-192-CBC,"
                                + " AES-256-CBC or DES-EDE3-CBC"));
        if (password == null) {
            throw noPassword(subject);
        }
        byte[] der;
        try {
            der = scheme.decrypt(block.der(), password);
        } catch (GeneralSecurityException wrong) {
            throw wrongPassword(subject);
        }
        // A wrong password can leave padding that looks right, once in some hundred times.
        if (!DerKeys.isSequence(der)) {
            throw wrongPassword(subject);
        }
        return der;
    }

    private static PrivateKey pkcs8(String subject, byte[] der) {
        try {
            for (String algorithm : ALGORITHMS) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
                } catch (InvalidKeySpecException | NoSuchAlgorithmException another) {
                    // The key names its algorithm, and the factories of other algorithms refuse it.
                }
            }
        } finally {
            Arrays.fill(der, (byte) 0);
        }
        throw new KeywharfException(
                "tls.bad_key", subject, "The key is damaged, or neither RSA nor EC nor Ed25519; export it again");
    }

    private static PrivateKey decrypted(String subject, byte[] der, @Nullable Secret password) {
        if (password == null) {
            throw noPassword(subject);
        }
        Cipher cipher;
        EncryptedPrivateKeyInfo info;
        char[] characters = password.revealChars();
        PBEKeySpec spec = new PBEKeySpec(characters);
        try {
            info = new EncryptedPrivateKeyInfo(der);
            AlgorithmParameters parameters = info.getAlgParameters();
            boolean pbes2 = parameters != null
                    && (info.getAlgName().equals(PBES2) || info.getAlgName().equals("PBES2"));
            String algorithm = pbes2 ? parameters.toString() : info.getAlgName();
            cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE, SecretKeyFactory.getInstance(algorithm).generateSecret(spec), parameters);
        } catch (IOException | GeneralSecurityException unknown) {
            throw unsupported(subject, "The JDK does not know how the key is encrypted, or the key is damaged");
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
        }
        byte[] plain;
        try {
            plain = cipher.doFinal(info.getEncryptedData());
        } catch (GeneralSecurityException wrong) {
            throw wrongPassword(subject);
        }
        // A wrong password can leave padding that looks right, once in some hundred times.
        if (!DerKeys.isSequence(plain)) {
            throw wrongPassword(subject);
        }
        return pkcs8(subject, plain);
    }

    private static KeywharfException noPassword(String subject) {
        return new KeywharfException("tls.no_password", subject, "The key is encrypted; give its password too");
    }

    private static KeywharfException wrongPassword(String subject) {
        return new KeywharfException("tls.wrong_password", subject, "The password does not open the key; check it");
    }

    private static KeywharfException unsupported(String subject, String problem) {
        return new KeywharfException("tls.unsupported_key", subject, problem + "; convert it with: " + CONVERT);
    }
}
