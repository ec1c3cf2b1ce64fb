package io.github.keywharf.tls;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.tls.PemText.Block;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the certificates among the blocks of a PEM text. */
final class PemCertificates {
    /** The second is written by OpenSSL with trust settings off by default, the third by very old tools. */
    private static final Set<String> LABELS = Set.of("CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE");

    private PemCertificates() {}

    static List<X509Certificate> parse(String subject, List<Block> blocks) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (LABELS.contains(block.label())) {
                certificates.add(certificate(subject, certificates.size() + 1, block.der()));
            }
        }
        if (certificates.isEmpty()) {
            throw new KeywharfException(
                    "tls.bad_pem",
                    subject,
                    "There is no block 'CERTIFICATE', but " + PemText.labels(blocks)
                            + "; a certificate in another form is converted by: openssl x509 -inform DER -in FILE -out"
                            + " FILE.pem");
        }
        return List.copyOf(certificates);
    }

    private static X509Certificate certificate(String subject, int number, byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new KeywharfException(
                    "tls.bad_certificate",
                    subject,
                    "Certificate " + number + " of the text is damaged; export it again",
                    e);
        }
    }
}
