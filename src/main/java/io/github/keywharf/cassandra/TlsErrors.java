package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/** Says in our words why TLS was not agreed on. */
final class TlsErrors {
    private TlsErrors() {}

    static Optional<KeywharfException> of(String subject, List<Throwable> chain, Throwable cause) {
        boolean tls =
                chain.stream().anyMatch(one -> one instanceof SSLException || one instanceof CertificateException);
        return tls ? Optional.of(error(subject, chain, cause)) : Optional.empty();
    }

    private static KeywharfException error(String subject, List<Throwable> chain, Throwable cause) {
        String said = chain.stream()
                .map(Throwable::getMessage)
                .map(String::valueOf)
                .collect(Collectors.joining(" "))
                .toLowerCase(Locale.ROOT);
        Optional<CertificateExpiredException> expired = ConnectErrors.find(chain, CertificateExpiredException.class);
        if (expired.isPresent()
                || ConnectErrors.find(chain, CertificateNotYetValidException.class)
                        .isPresent()) {
            return ConnectErrors.error(
                    "cassandra.certificate_expired",
                    subject,
                    "the node's certificate, or its authority's, is not in its time (" + last(chain)
                            + "); renew it on the node, and check this machine's clock",
                    cause);
        }
        if (said.contains("no subject alternative") || said.contains("no name matching")) {
            return ConnectErrors.error(
                    "cassandra.certificate_name",
                    subject,
                    "the node's certificate is not for this host (" + last(chain)
                            + "); connect by a name that it has, or say the name that all nodes share by"
                            + " certificateName(…)",
                    cause);
        }
        if (ConnectErrors.find(chain, CertPathBuilderException.class).isPresent()
                || said.contains("unable to find valid certification path")
                || said.contains("path does not chain")
                || said.contains("path validation failed")) {
            return ConnectErrors.error(
                    "cassandra.untrusted",
                    subject,
                    "the node's certificate is not signed by an authority that is trusted; call trust(…) with the"
                            + " certificate of the authority that signed it",
                    cause);
        }
        if (said.contains("not an ssl/tls record") || said.contains("unsupported or unrecognized ssl message")) {
            return ConnectErrors.error(
                    "cassandra.tls_not_offered",
                    subject,
                    "the server does not speak TLS at this port; turn it on there (client_encryption_options), or use"
                            + " the port that does",
                    cause);
        }
        if (said.contains("bad_certificate")
                || said.contains("certificate_required")
                || said.contains("certificate_unknown")
                || said.contains("unknown_ca")) {
            return ConnectErrors.error(
                    "cassandra.no_client_certificate",
                    subject,
                    "the server wants a client certificate that it trusts (" + last(chain)
                            + "); call clientCertificate(…) with one that its authority signed",
                    cause);
        }
        return ConnectErrors.error(
                "cassandra.tls_failed",
                subject,
                "the TLS handshake failed (" + last(chain) + "); check versions and certificates on both sides",
                cause);
    }

    private static String last(List<Throwable> chain) {
        return CassandraErrors.quote(chain.get(chain.size() - 1).getMessage());
    }
}
