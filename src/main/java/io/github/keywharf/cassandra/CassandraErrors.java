package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverExecutionException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import io.github.keywharf.KeywharfException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
        return kind.error(subject, problem + ": " + kind.words(telling, secret), secret ? null : cause);
    }

    /** The stage, whose failure is in our words, or an {@link Error} as it is. */
    static <T> CompletionStage<T> inOurWords(String subject, String problem, CompletionStage<T> stage, boolean secret) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                outcome.complete(value);
            } else {
                Throwable cause = unwrapped(failure);
                outcome.completeExceptionally(cause instanceof Error ? cause : of(subject, problem, cause, secret));
            }
        });
        return outcome;
    }

    /** The failure that says most, of those that all nodes gave. */
    static Throwable telling(Throwable cause) {
        if (cause instanceof AllNodesFailedException all && !(cause instanceof NoNodeAvailableException)) {
            List<Throwable> failures = all.getAllErrors().values().stream()
                    .flatMap(List::stream)
                    .map(CassandraErrors::unwrapped)
                    .toList();
            return failures.stream()
                    .filter(failure -> !FailureKind.of(failure).isConnection())
                    .findFirst()
                    .or(() -> failures.stream()
                            .filter(failure -> FailureKind.of(failure) != FailureKind.NOT_ASKED)
                            .findFirst())
                    .orElse(all);
        }
        return cause;
    }

    /** The kind of the failure that says most. */
    static FailureKind kind(Throwable failure) {
        return FailureKind.of(telling(unwrapped(failure)));
    }

    /** Whether no node took the statement to carry it out, so that it is safe to send it again. */
    static boolean isUnsent(Throwable failure) {
        Throwable cause = unwrapped(failure);
        FailureKind kind = FailureKind.of(cause);
        return kind == FailureKind.NO_NODE
                || kind == FailureKind.ROLES_UNREAD
                || kind == FailureKind.BUSY
                || (cause instanceof AllNodesFailedException all
                        && all.getAllErrors().values().stream()
                                .flatMap(List::stream)
                                .map(FailureKind::of)
                                .allMatch(why -> why == FailureKind.NOT_ASKED || why == FailureKind.BUSY));
    }

    /** Whether the same statement may well succeed in a moment. */
    static boolean isPassing(Throwable failure) {
        return kind(failure).isPassing();
    }

    /** Whether the server knows that the role may not do this. */
    static boolean isDenied(Throwable failure) {
        return FailureKind.of(failure) == FailureKind.DENIED;
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
