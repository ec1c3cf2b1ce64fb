package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
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
        FailureKind kind = FailureKind.of(cause);
        return cause instanceof AllNodesFailedException all && kind != FailureKind.NO_NODE ? ofAll(all) : of(kind);
    }

    private static BulkFailure of(FailureKind kind) {
        return switch (kind) {
            case SYNTAX, NO_KEYSPACE, NO_TABLE, TOO_LARGE, INVALID, FUNCTION_FAILED -> REFUSED;
            case OVERLOADED, PASSWORD_TOO_SOON, BUSY, WRITE_TIMEOUT, HELD_UP -> OVERLOADED;
            case UNAVAILABLE -> UNAVAILABLE;
            case ROLES_UNREAD -> BARRED;
            case WRITE_FAILED, SERVER_ERROR, PROTOCOL -> FAILED;
            case TIMEOUT -> UNANSWERED;
            case CONNECTION_LOST, UNREACHABLE, NOT_ASKED -> DISCONNECTED;
            case NO_NODE -> NOT_SENT;
            case BAD_CREDENTIALS, DENIED, EXISTS, READ_TIMEOUT, READ_FAILED, OUTCOME_UNKNOWN, FAILED -> FATAL;
        };
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
