package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverExecutionException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.NodeUnavailableException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.ConnectionInitException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.servererrors.BootstrappingException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.ReadTimeoutException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException;
import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Says in our words what the driver or the server refused. */
final class CassandraErrors {
    /** The most characters of a server's message that are quoted, 500: it may repeat a whole statement. */
    private static final int MAX_QUOTE = 500;

    private CassandraErrors() {}

    /**
     * The failure in our words.
     *
     * @param subject what it is about: a keyspace, a table, a host
     * @param problem what does not work, as a sentence without its full stop
     */
    static KeywharfException of(String subject, String problem, Throwable failure) {
        return of(subject, problem, failure, false);
    }

    /**
     * The failure in our words.
     *
     * @param secret whether the statement may hold a password, so that neither the server's words nor the cause are kept
     */
    static KeywharfException of(String subject, String problem, Throwable failure, boolean secret) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof KeywharfException ours) {
            return ours;
        }
        Throwable telling = telling(cause);
        FailureKind kind = FailureKind.of(telling);
        return new KeywharfException(
                kind.code(), subject, problem + ": " + kind.words(telling, secret), secret ? null : cause);
    }

    /** What a stage fails with: the failure in our words, or an {@link Error} as it is. */
    static Throwable outcome(String subject, String problem, Throwable failure, boolean secret) {
        Throwable cause = unwrapped(failure);
        return cause instanceof Error ? cause : of(subject, problem, cause, secret);
    }

    /** The failure that says most, of those that all nodes gave. */
    static Throwable telling(Throwable cause) {
        if (cause instanceof AllNodesFailedException all && !(cause instanceof NoNodeAvailableException)) {
            List<Throwable> failures = all.getAllErrors().values().stream()
                    .flatMap(List::stream)
                    .map(CassandraErrors::unwrapped)
                    .toList();
            return failures.stream()
                    .filter(failure -> !isConnection(failure))
                    .findFirst()
                    .or(() -> failures.stream()
                            .filter(failure -> !(failure instanceof NodeUnavailableException))
                            .findFirst())
                    .orElse(all);
        }
        return cause;
    }

    private static boolean isConnection(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof ClosedConnectionException
                || failure instanceof HeartbeatException
                || failure instanceof NodeUnavailableException
                || failure instanceof NoNodeAvailableException
                // What a node says that was killed a moment ago; another may say more, of a password or a certificate.
                || (failure instanceof ConnectionInitException
                        && (failure.getCause() instanceof SocketException
                                || failure.getCause() instanceof ClosedChannelException));
    }

    /** Whether no node took the statement to carry it out, so that it is safe to send it again. */
    static boolean isUnsent(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return cause instanceof NoNodeAvailableException
                || FailureKind.isRolesUnread(cause)
                || cause instanceof RequestThrottlingException
                || (cause instanceof AllNodesFailedException all
                        && all.getAllErrors().values().stream()
                                .flatMap(List::stream)
                                .allMatch(why -> why instanceof NodeUnavailableException
                                        || why instanceof BusyConnectionException));
    }

    /** Whether the same statement may well succeed in a moment. */
    static boolean isPassing(Throwable failure) {
        Throwable telling = telling(unwrapped(failure));
        return isConnection(telling)
                || telling instanceof AllNodesFailedException
                || telling instanceof UnavailableException
                || telling instanceof ReadTimeoutException
                || telling instanceof WriteTimeoutException
                || telling instanceof BootstrappingException
                || FailureKind.isRolesUnread(telling)
                || (telling instanceof OverloadedException && !FailureKind.isPasswordTooSoon(telling));
    }

    /** Whether the server knows that the role may not do this. */
    static boolean isDenied(Throwable failure) {
        return failure instanceof UnauthorizedException && !FailureKind.isRolesUnread(failure);
    }

    /** A message as one line of bounded length. */
    static String quote(@Nullable String message) {
        if (message == null || message.isBlank()) {
            return "no reason was given";
        }
        String line = message.strip().replaceAll("\\s+", " ");
        return line.length() <= MAX_QUOTE ? line : line.substring(0, MAX_QUOTE) + "…";
    }

    /** What is inside the wrappings of futures. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException
                        || cause instanceof ExecutionException
                        || cause instanceof DriverExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
