package io.github.keywharf.tls;

import io.github.keywharf.KeywharfException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Map;

/** Checks that a key belongs to a certificate; servers close the connection without a reason if it does not. */
final class KeyPairs {
    private static final Map<String, String> SIGNATURES = Map.of(
            "RSA",
            "SHA256withRSA",
            "EC",
            "SHA256withECDSA",
            "EdDSA",
            "EdDSA",
            "Ed25519",
            "Ed25519",
            "DSA",
            "SHA256withDSA");

    private static final byte[] SAMPLE = {1, 2, 3, 4, 5, 6, 7, 8};

    private KeyPairs() {}

    static void check(String subject, PrivateKey key, X509Certificate certificate, String certificateSource)
            throws GeneralSecurityException {
        if (!matches(key, certificate)) {
            throw new KeywharfException(
                    "tls.key_mismatch",
                    subject,
                    "The key is not that of the first certificate in " + certificateSource + " ("
                            + certificate.getSubjectX500Principal() + "); give the two that were made together, the"
                            + " client's own certificate first");
        }
    }

    private static boolean matches(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String name = SIGNATURES.get(key.getAlgorithm());
        if (name == null) {
            return true;
        }
        if (!sameKind(key.getAlgorithm(), certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(name);
        signature.initSign(key);
        signature.update(SAMPLE);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(SAMPLE);
        try {
            return signature.verify(signed);
        } catch (GeneralSecurityException otherSize) {
            return false;
        }
    }

    private static boolean sameKind(String key, String certificate) {
        return key.equals(certificate) || (key.startsWith("Ed") && certificate.startsWith("Ed"));
    }
}
