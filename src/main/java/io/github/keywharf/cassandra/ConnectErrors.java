package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.UnsupportedProtocolVersionException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.ConnectionInitException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraSettings.Target;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/** Says in our words why no session could be opened. */
record ConnectErrors(String subject, CassandraSettings settings, Throwable cause, List<Throwable> chain) {
    private static final String NOT_OPEN = "The session cannot be opened: ";

    private static final Pattern LINE = Pattern.compile(": (\\d+): ");

    static KeywharfException of(String subject, CassandraSettings settings, Throwable failure) {
        Throwable cause = CassandraErrors.unwrapped(failure);
        if (cause instanceof KeywharfException ours) {
            return ours;
        }
        if (settings.configuration() != null && cause.getClass().getName().startsWith("com.typesafe.config.")) {
            // Neither its words nor the cause: they quote the file, which may hold a password.
            Matcher line = LINE.matcher(String.valueOf(cause.getMessage()));
            return new KeywharfException(
                    "cassandra.bad_configuration",
                    settings.configuration().toString(),
                    "The configuration file is not understood" + (line.find() ? " at line " + line.group(1) : "")
                            + "; it must be HOCON with the options of the driver");
        }
        return new ConnectErrors(subject, settings, cause, chain(CassandraErrors.telling(cause))).error();
    }

    private KeywharfException error() {
        if (chain.stream().map(FailureKind::of).anyMatch(FailureKind.ROLES_UNREAD::equals)) {
            return FailureKind.ROLES_UNREAD.error(
                    subject, NOT_OPEN + FailureKind.ROLES_UNREAD.words(cause, true), cause);
        }
        Optional<AuthenticationException> login = find(AuthenticationException.class);
        if (login.isPresent()) {
            return login(login.get());
        }
        if (chain.stream().anyMatch(one -> one instanceof SSLException || one instanceof CertificateException)) {
            return tls();
        }
        Optional<InvalidKeyspaceException> keyspace = find(InvalidKeyspaceException.class);
        if (keyspace.isPresent()) {
            return error(
                    "cassandra.no_keyspace",
                    "there is no keyspace '" + settings.target().keyspace()
                            + "'; create it, or correct its name, which is taken as it is, capitals included");
        }
        if (find(UnsupportedProtocolVersionException.class).isPresent()) {
            return error(
                    "cassandra.unsupported",
                    "driver and server speak no common version of the protocol; the server must be Cassandra 2.1 or"
                            + " newer");
        }
        Optional<UnknownHostException> unknown = find(UnknownHostException.class);
        if (unknown.isPresent()) {
            return unreachable(
                    "the host name '" + CassandraErrors.quote(unknown.get().getMessage())
                            + "' is not known; check it, and the name server");
        }
        boolean connected = chain.stream().noneMatch(ConnectErrors::isNoConnection);
        if (connected
                && (find(ClosedConnectionException.class).isPresent()
                        || find(ConnectionInitException.class).isPresent())) {
            return closed();
        }
        if (cause instanceof IllegalArgumentException || cause instanceof IllegalStateException) {
            return refused();
        }
        return unreachable(reason());
    }

    /** Whether there was no connection at all; one that was reset had been there. */
    private static boolean isNoConnection(Throwable failure) {
        return failure instanceof UnsupportedAddressTypeException
                || (failure instanceof SocketException
                        && !String.valueOf(failure.getMessage()).contains("reset"));
    }

    private KeywharfException login(AuthenticationException refusal) {
        String said = Objects.requireNonNullElse(refusal.getMessage(), "").toLowerCase(Locale.ROOT);
        if (said.contains("not permitted to log in")) {
            return error(
                    "cassandra.no_login",
                    "the role has no right to log in; ALTER ROLE … WITH LOGIN = true, or use another");
        }
        if (settings.target().credentials() == null
                && (said.contains("requires authentication") || said.contains("no auth"))) {
            return error("cassandra.no_credentials", "the server wants a user and a password; call credentials(…)");
        }
        return error("cassandra.bad_credentials", "the server refuses user or password; check both");
    }

    /** The server hung up without a word; what it most likely meant depends on what we said. */
    private KeywharfException closed() {
        Target target = settings.target();
        if (target.tls() == null && settings.configuration() == null && target.cloudBundle() == null) {
            return error(
                    "cassandra.tls_required",
                    "the server closed the connection immediately; most likely it wants TLS: call trust(…) with its"
                            + " authority's certificate, or tls()");
        }
        if (target.tls() != null && !target.tls().hasClientCertificate()) {
            return error(
                    "cassandra.no_client_certificate",
                    "the server closed the connection after the TLS handshake; most likely it wants a client"
                            + " certificate: call clientCertificate(…)");
        }
        return unreachable(
                "the server closed the connection immediately; check that it is Cassandra's native port, and the server's"
                        + " log" + (target.tls() != null ? ", and that it trusts the client certificate" : ""));
    }

    private KeywharfException refused() {
        String said = CassandraErrors.quote(cause.getMessage());
        if (settings.target().cloudBundle() != null) {
            return bundle();
        }
        if (said.contains("local DC") || said.contains("local datacenter") || said.contains("datacenter")) {
            return error(
                    "cassandra.wrong_datacenter",
                    "the local data centre cannot be inferred, since the contact points are in several or report none;"
                            + " call localDatacenter(…) (" + said + ")");
        }
        return error(settings.configuration() != null ? "cassandra.bad_configuration" : "cassandra.failed", said);
    }

    private KeywharfException bundle() {
        return ConnectChecks.badBundle(
                Objects.requireNonNull(settings.target().cloudBundle()),
                "is not understood (" + CassandraErrors.quote(cause.getMessage()) + ")",
                cause);
    }

    private String reason() {
        Throwable last = find(SocketException.class).map(Throwable.class::cast).orElse(chain.get(chain.size() - 1));
        String why = find(DriverTimeoutException.class).isPresent()
                ? "no answer in time"
                : last.getClass().getSimpleName() + ", " + CassandraErrors.quote(last.getMessage());
        return "no node can be reached (" + why + "); check hosts and ports, that the servers run, and the network";
    }

    /** Why TLS was not agreed on. */
    private KeywharfException tls() {
        String said = chain.stream()
                .map(Throwable::getMessage)
                .map(String::valueOf)
                .collect(Collectors.joining(" "))
                .toLowerCase(Locale.ROOT);
        Optional<CertificateExpiredException> expired = find(CertificateExpiredException.class);
        if (expired.isPresent() || find(CertificateNotYetValidException.class).isPresent()) {
            return error(
                    "cassandra.certificate_expired",
                    "the node's certificate, or its authority's, is not in its time (" + last()
                            + "); renew it on the node, and check this machine's clock");
        }
        if (said.contains("no subject alternative") || said.contains("no name matching")) {
            return error(
                    "cassandra.certificate_name",
                    "the node's certificate is not for this host (" + last()
                            + "); connect by a name that it has, or say the name that all nodes share by"
                            + " certificateName(…)");
        }
        if (find(CertPathBuilderException.class).isPresent()
                || said.contains("unable to find valid certification path")
                || said.contains("path does not chain")
                || said.contains("path validation failed")) {
            return error(
                    "cassandra.untrusted",
                    "the node's certificate is not signed by an authority that is trusted; call trust(…) with the"
                            + " certificate of the authority that signed it");
        }
        if (said.contains("not an ssl/tls record") || said.contains("unsupported or unrecognized ssl message")) {
            return error(
                    "cassandra.tls_not_offered",
                    "the server does not speak TLS at this port; turn it on there (client_encryption_options), or use"
                            + " the port that does");
        }
        if (said.contains("bad_certificate")
                || said.contains("certificate_required")
                || said.contains("certificate_unknown")
                || said.contains("unknown_ca")) {
            return error(
                    "cassandra.no_client_certificate",
                    "the server wants a client certificate that it trusts (" + last()
                            + "); call clientCertificate(…) with one that its authority signed");
        }
        return error(
                "cassandra.tls_failed",
                "the TLS handshake failed (" + last() + "); check versions and certificates on both sides");
    }

    private String last() {
        return CassandraErrors.quote(chain.get(chain.size() - 1).getMessage());
    }

    static KeywharfException wrongDatacenter(String subject, String wanted, Set<String> seen) {
        return new KeywharfException(
                "cassandra.wrong_datacenter",
                subject,
                NOT_OPEN + "there is no data centre '" + wanted + "', so no node would ever be asked; there "
                        + (seen.size() == 1 ? "is '" : "are '") + String.join("', '", seen)
                        + "': call localDatacenter(…) with " + (seen.size() == 1 ? "it" : "one of them"));
    }

    private KeywharfException unreachable(String problem) {
        return FailureKind.UNREACHABLE.error(subject, NOT_OPEN + problem, cause);
    }

    private KeywharfException error(String code, String problem) {
        return new KeywharfException(code, subject, NOT_OPEN + problem, cause);
    }

    private <T> Optional<T> find(Class<T> type) {
        return chain.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** A failure and its causes, the outermost first; TLS hides its reason at the end. */
    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable one = failure; one != null && !chain.contains(one) && chain.size() < 20; one = one.getCause()) {
            chain.add(one);
            for (Throwable further : one.getSuppressed()) {
                if (further instanceof IOException && !chain.contains(further)) {
                    chain.add(further);
                }
            }
        }
        return chain;
    }
}
