package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.QueryExecutionException;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.KeywharfException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Says in our words what the driver or the server refused. */
final class CassandraErrors {
    private CassandraErrors() {}

    /**
     * The failure in our words.
     *
     * @param subject what it is about: a keyspace, a table, a host
     * @param problem what does not work, as a sentence without its full stop
     */
    static KeywharfException of(String subject, String problem, Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof KeywharfException ours) {
            return ours;
        }
        if (cause instanceof AllNodesFailedException all && !(cause instanceof NoNodeAvailableException)) {
            Throwable first = all.getAllErrors().values().stream()
                    .flatMap(errors -> errors.stream())
                    .findFirst()
                    .orElse(all);
            if (first != all) {
                return said(subject, problem, first, cause);
            }
        }
        return said(subject, problem, cause, cause);
    }

    private static KeywharfException said(String subject, String problem, Throwable telling, Throwable cause) {
        if (telling instanceof AuthenticationException) {
            return new KeywharfException(
                    "cassandra.bad_credentials", subject, problem + ": user name or password is wrong", cause);
        }
        if (telling instanceof UnauthorizedException) {
            return new KeywharfException("cassandra.denied", subject, problem + ": " + telling.getMessage(), cause);
        }
        if (telling instanceof SyntaxError
                || telling instanceof InvalidQueryException
                || telling instanceof InvalidConfigurationInQueryException) {
            return new KeywharfException(
                    "cassandra.invalid_query", subject, problem + ": " + telling.getMessage(), cause);
        }
        if (telling instanceof NoNodeAvailableException) {
            return new KeywharfException(
                    "cassandra.unreachable",
                    subject,
                    problem + ": no node can be reached; check the network and the servers, then try again",
                    cause);
        }
        if (telling instanceof DriverTimeoutException) {
            return new KeywharfException(
                    "cassandra.timeout",
                    subject,
                    problem + ": no answer in time; the server may have done it all the same",
                    cause);
        }
        if (telling instanceof OverloadedException) {
            return new KeywharfException(
                    "cassandra.overloaded", subject, problem + ": the server is overloaded; try again later", cause);
        }
        if (telling instanceof QueryExecutionException) {
            return new KeywharfException("cassandra.failed", subject, problem + ": " + telling.getMessage(), cause);
        }
        return new KeywharfException("cassandra.failed", subject, problem + ": " + telling, cause);
    }

    /** What is inside the wrappings of futures. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
