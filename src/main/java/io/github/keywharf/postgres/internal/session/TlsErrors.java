package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.KeywharfException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.postgresql.util.GT;

/**
 * Says why TLS was not agreed on. The driver has no states for it and translates its words, so these are compared in the
 * language that it uses.
 */
final class TlsErrors {

    private static final String NOT_OFFERED = "The server does not support SSL.";
    private static final String OTHER_HOST = "The hostname {0} could not be verified by hostnameverifier {1}.";
    private static final List<String> SETTINGS = List.of(
            "Could not open SSL root certificate file {0}.",
            "Loading the SSL root certificate {0} into a TrustManager failed.", "Could not initialize SSL context.");

    private TlsErrors() {}

    /** The exception for a connection that could not be opened because of TLS; empty when that was not the reason. */
    static Optional<KeywharfException> of(String name, SQLException e) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable one = e; one != null && !chain.contains(one); one = one.getCause()) {
            chain.add(one);
        }
        if (says(e, NOT_OFFERED)) {
            return failed(
                    "postgres.tls_not_offered",
                    name,
                    "The server does not offer TLS; turn it on there (ssl = on), or allow plain text by"
                            + " ssl(Ssl.PREFER) if the network is trusted",
                    e);
        }
        if (says(e, OTHER_HOST) || chain.stream().anyMatch(TlsErrors::isOtherHost)) {
            return failed(
                    "postgres.certificate_name",
                    name,
                    "The server's certificate is not for this host; connect by a name that it has",
                    e);
        }
        if (has(chain, CertificateExpiredException.class) || has(chain, CertificateNotYetValidException.class)) {
            return failed(
                    "postgres.certificate_expired",
                    name,
                    "The server's certificate, or its authority's, is not in its time; renew it on the server, and"
                            + " check this machine's clock",
                    e);
        }
        if (has(chain, CertificateException.class) || has(chain, CertPathValidatorException.class)) {
            return failed(
                    "postgres.untrusted",
                    name,
                    "The server's certificate is not signed by an authority that is trusted; give that authority's"
                            + " certificate to tls(TlsConfig.ofSystem().withTrust(…))",
                    e);
        }
        return has(chain, SSLException.class) || SETTINGS.stream().anyMatch(words -> says(e, words))
                ? failed(
                        "postgres.tls_failed",
                        name,
                        "TLS cannot be agreed on: " + e.getMessage()
                                + "; check the TLS versions and certificates of both sides",
                        e)
                : Optional.empty();
    }

    /** Whether the JDK found another name in the certificate than the one that was connected to. */
    private static boolean isOtherHost(Throwable one) {
        String message = String.valueOf(one.getMessage());
        return one instanceof CertificateException
                && (message.startsWith("No subject alternative") || message.startsWith("No name matching"));
    }

    private static boolean has(List<Throwable> chain, Class<? extends Throwable> kind) {
        return chain.stream().anyMatch(kind::isInstance);
    }

    /** Whether these are the driver's words, in its language and with whatever values. */
    private static boolean says(SQLException e, String words) {
        String message = String.valueOf(e.getMessage());
        int from = 0;
        for (String part : GT.tr(words, "\0", "\0").split("\0")) {
            int at = message.indexOf(part, from);
            if (at < 0) {
                return false;
            }
            from = at + part.length();
        }
        return true;
    }

    private static Optional<KeywharfException> failed(String code, String name, String words, SQLException e) {
        return Optional.of(new KeywharfException(code, name, words, e));
    }
}
