package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.NodeUnavailableException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.FrameTooLongException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.servererrors.BootstrappingException;
import com.datastax.oss.driver.api.core.servererrors.CDCWriteFailureException;
import com.datastax.oss.driver.api.core.servererrors.FunctionFailureException;
import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.ProtocolError;
import com.datastax.oss.driver.api.core.servererrors.ServerError;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.TruncateException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.servererrors.WriteFailureException;
import com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException;
import java.io.IOException;
import java.util.List;

/** What a failed request asks for. */
enum BulkFailure {
    /** The server refuses what the request says: one of its rows, or its size. Nothing of it was written. */
    REFUSED,
    /** The server cannot keep up: wait, send less. */
    OVERLOADED,
    /** Too few replicas of a partition are there. Nothing of that partition was written: wait. */
    UNAVAILABLE,
    /** The server cannot look up what the role may do, since too few nodes are there. Nothing was carried out: wait. */
    BARRED,
    /** A replica failed to write, perhaps because of a row. */
    FAILED,
    /** Nothing was answered in time: the server is slow, or it is away and nobody said so. */
    UNANSWERED,
    /** The connection broke: find out whether the servers are there. */
    DISCONNECTED,
    /** No node could be asked, so nothing was sent. */
    NOT_SENT,
    /** Sending again cannot help. */
    FATAL;

    static BulkFailure of(Throwable cause) {
        if (cause instanceof NoNodeAvailableException) {
            return NOT_SENT;
        }
        if (cause instanceof AllNodesFailedException all) {
            return ofAll(all);
        }
        if (cause instanceof UnauthorizedException) {
            return FailureKind.isRolesUnread(cause) ? BARRED : FATAL;
        }
        if (cause instanceof InvalidQueryException
                || cause instanceof InvalidConfigurationInQueryException
                || cause instanceof SyntaxError
                || cause instanceof FunctionFailureException) {
            return REFUSED;
        }
        if (cause instanceof UnavailableException) {
            return UNAVAILABLE;
        }
        if (cause instanceof OverloadedException
                || cause instanceof WriteTimeoutException
                || cause instanceof BootstrappingException
                || cause instanceof BusyConnectionException
                || cause instanceof RequestThrottlingException
                || cause instanceof CDCWriteFailureException
                || cause instanceof TruncateException) {
            return OVERLOADED;
        }
        if (cause instanceof WriteFailureException || cause instanceof ServerError || cause instanceof ProtocolError) {
            return FAILED;
        }
        if (cause instanceof FrameTooLongException) {
            return REFUSED;
        }
        if (cause instanceof DriverTimeoutException) {
            return UNANSWERED;
        }
        if (cause instanceof ClosedConnectionException
                || cause instanceof IOException
                || cause instanceof HeartbeatException
                || cause instanceof NodeUnavailableException) {
            return DISCONNECTED;
        }
        return FATAL;
    }

    /** Several nodes were tried: the one that says most counts. */
    private static BulkFailure ofAll(AllNodesFailedException all) {
        List<BulkFailure> kinds = all.getAllErrors().values().stream()
                .flatMap(List::stream)
                .map(BulkFailure::of)
                .toList();
        for (BulkFailure kind :
                List.of(REFUSED, DISCONNECTED, UNANSWERED, FAILED, OVERLOADED, UNAVAILABLE, BARRED, NOT_SENT)) {
            if (kinds.contains(kind)) {
                return kind;
            }
        }
        return FATAL;
    }

    /** Whether less is to be sent for a while. */
    boolean asksForLess() {
        return this == OVERLOADED || this == UNAVAILABLE || this == BARRED || this == FAILED || this == UNANSWERED;
    }

    /** Whether servers may have gone away, so that they are to be looked for. */
    boolean mayBeAnOutage() {
        return this == DISCONNECTED || this == NOT_SENT || this == UNANSWERED;
    }

    /** Whether certainly nothing of the request was carried out. */
    boolean isCertainlyUndone() {
        return this == REFUSED || this == NOT_SENT || this == BARRED;
    }
}
