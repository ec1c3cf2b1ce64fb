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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in our words why no session could be opened. */
final class ConnectErrors {
    private static final String NOT_OPEN = "The session cannot be opened: ";

    private static final Pattern LINE = Pattern.compile(": (\\d+): ");

    private ConnectErrors() {}

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
        List<Throwable> chain = chain(CassandraErrors.telling(cause));
        if (chain.stream().map(FailureKind::of).anyMatch(FailureKind.ROLES_UNREAD::equals)) {
            return FailureKind.ROLES_UNREAD.error(
                    subject, NOT_OPEN + FailureKind.ROLES_UNREAD.words(cause, true), cause);
        }
        Optional<AuthenticationException> login = find(chain, AuthenticationException.class);
        if (login.isPresent()) {
            return login(subject, settings, login.get(), cause);
        }
        Optional<KeywharfException> tls = TlsErrors.of(subject, chain, cause);
        if (tls.isPresent()) {
            return tls.get();
        }
        Optional<InvalidKeyspaceException> keyspace = find(chain, InvalidKeyspaceException.class);
        if (keyspace.isPresent()) {
            return error(
                    "cassandra.no_keyspace",
                    subject,
                    "there is no keyspace '" + settings.target().keyspace()
                            + "'; create it, or correct its name, which is taken as it is, capitals included",
                    cause);
        }
        if (find(chain, UnsupportedProtocolVersionException.class).isPresent()) {
            return error(
                    "cassandra.unsupported",
                    subject,
                    "driver and server speak no common version of the protocol; the server must be Cassandra 2.1 or"
                            + " newer",
                    cause);
        }
        Optional<UnknownHostException> unknown = find(chain, UnknownHostException.class);
        if (unknown.isPresent()) {
            return unreachable(
                    subject,
                    "the host name '" + CassandraErrors.quote(unknown.get().getMessage())
                            + "' is not known; check it, and the name server",
                    cause);
        }
        boolean connected = chain.stream().noneMatch(ConnectErrors::isNoConnection);
        if (connected
                && (find(chain, ClosedConnectionException.class).isPresent()
                        || find(chain, ConnectionInitException.class).isPresent())) {
            return closed(subject, settings, cause);
        }
        if (cause instanceof IllegalArgumentException || cause instanceof IllegalStateException) {
            return refused(subject, settings, cause);
        }
        return unreachable(subject, reason(chain), cause);
    }

    /** Whether there was no connection at all; one that was reset had been there. */
    private static boolean isNoConnection(Throwable failure) {
        return failure instanceof UnsupportedAddressTypeException
                || (failure instanceof SocketException
                        && !String.valueOf(failure.getMessage()).contains("reset"));
    }

    private static KeywharfException login(
            String subject, CassandraSettings settings, AuthenticationException refusal, Throwable cause) {
        String said = Objects.requireNonNullElse(refusal.getMessage(), "").toLowerCase(Locale.ROOT);
        if (said.contains("not permitted to log in")) {
            return error(
                    "cassandra.no_login",
                    subject,
                    "the role has no right to log in; ALTER ROLE … WITH LOGIN = true, or use another",
                    cause);
        }
        if (settings.target().credentials() == null
                && (said.contains("requires authentication") || said.contains("no auth"))) {
            return error(
                    "cassandra.no_credentials",
                    subject,
                    "the server wants a user and a password; call credentials(…)",
                    cause);
        }
        return error("cassandra.bad_credentials", subject, "the server refuses user or password; check both", cause);
    }

    /** The server hung up without a word; what it most likely meant depends on what we said. */
    private static KeywharfException closed(String subject, CassandraSettings settings, Throwable cause) {
        Target target = settings.target();
        if (target.tls() == null && settings.configuration() == null && target.cloudBundle() == null) {
            return error(
                    "cassandra.tls_required",
                    subject,
                    "the server closed the connection immediately; most likely it wants TLS: call trust(…) with its"
                            + " authority's certificate, or tls()",
                    cause);
        }
        if (target.tls() != null && !target.tls().hasClientCertificate()) {
            return error(
                    "cassandra.no_client_certificate",
                    subject,
                    "the server closed the connection after the TLS handshake; most likely it wants a client"
                            + " certificate: call clientCertificate(…)",
                    cause);
        }
        return unreachable(
                subject,
                "the server closed the connection immediately; check that it is Cassandra's native port, and the server's"
                        + " log" + (target.tls() != null ? ", and that it trusts the client certificate" : ""),
                cause);
    }

    private static KeywharfException refused(String subject, CassandraSettings settings, Throwable cause) {
        String said = CassandraErrors.quote(cause.getMessage());
        if (settings.target().cloudBundle() != null) {
            return ConnectErrors.bundle(settings, cause);
        }
        if (said.contains("local DC") || said.contains("local datacenter") || said.contains("datacenter")) {
            return error(
                    "cassandra.wrong_datacenter",
                    subject,
                    "the local data centre cannot be inferred, since the contact points are in several or report none;"
                            + " call localDatacenter(…) (" + said + ")",
                    cause);
        }
        return error(
                settings.configuration() != null ? "cassandra.bad_configuration" : "cassandra.failed",
                subject,
                said,
                cause);
    }

    private static KeywharfException bundle(CassandraSettings settings, Throwable cause) {
        return ConnectChecks.badBundle(
                Objects.requireNonNull(settings.target().cloudBundle()),
                "is not understood (" + CassandraErrors.quote(cause.getMessage()) + ")",
                cause);
    }

    private static String reason(List<Throwable> chain) {
        Throwable last =
                find(chain, SocketException.class).map(Throwable.class::cast).orElse(chain.get(chain.size() - 1));
        String why = find(chain, DriverTimeoutException.class).isPresent()
                ? "no answer in time"
                : last.getClass().getSimpleName() + ", " + CassandraErrors.quote(last.getMessage());
        return "no node can be reached (" + why + "); check hosts and ports, that the servers run, and the network";
    }

    static KeywharfException wrongDatacenter(String subject, String wanted, Set<String> seen) {
        return new KeywharfException(
                "cassandra.wrong_datacenter",
                subject,
                NOT_OPEN + "there is no data centre '" + wanted + "', so no node would ever be asked; there "
                        + (seen.size() == 1 ? "is '" : "are '") + String.join("', '", seen)
                        + "': call localDatacenter(…) with " + (seen.size() == 1 ? "it" : "one of them"));
    }

    private static KeywharfException unreachable(String subject, String problem, Throwable cause) {
        return FailureKind.UNREACHABLE.error(subject, NOT_OPEN + problem, cause);
    }

    static KeywharfException error(String code, String subject, String problem, Throwable cause) {
        return new KeywharfException(code, subject, NOT_OPEN + problem, cause);
    }

    static <T> Optional<T> find(List<Throwable> chain, Class<T> type) {
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
