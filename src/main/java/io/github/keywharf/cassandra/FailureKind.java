package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.NodeUnavailableException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.ConnectionInitException;
import com.datastax.oss.driver.api.core.connection.FrameTooLongException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.servererrors.AlreadyExistsException;
import com.datastax.oss.driver.api.core.servererrors.BootstrappingException;
import com.datastax.oss.driver.api.core.servererrors.CASWriteUnknownException;
import com.datastax.oss.driver.api.core.servererrors.CDCWriteFailureException;
import com.datastax.oss.driver.api.core.servererrors.CoordinatorException;
import com.datastax.oss.driver.api.core.servererrors.FunctionFailureException;
import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.ProtocolError;
import com.datastax.oss.driver.api.core.servererrors.QueryConsistencyException;
import com.datastax.oss.driver.api.core.servererrors.ReadFailureException;
import com.datastax.oss.driver.api.core.servererrors.ReadTimeoutException;
import com.datastax.oss.driver.api.core.servererrors.ServerError;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.TruncateException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.servererrors.WriteFailureException;
import com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException;
import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of failures of a statement, each with its stable code and what to do about it.
 *
 * <p>The one place that looks at what the driver throws: whoever retries, waits, sends less or gives up decides by the kind.
 * {@link ConnectErrors} alone looks further, for reasons that there are only while a session opens.
 */
enum FailureKind {
    BAD_CREDENTIALS("cassandra.bad_credentials", "", "check user and password"),
    DENIED(CassandraManager.DENIED, "", "grant the permission to the role, or log in as another"),
    SYNTAX("cassandra.syntax_error", "", "correct the statement there"),
    NO_KEYSPACE("cassandra.no_keyspace", "", "create it, or correct its name, which is case-sensitive when quoted"),
    NO_TABLE(CassandraManager.NO_TABLE, "", "create it, or correct its name and keyspace"),
    EXISTS("cassandra.already_exists", "", "use IF NOT EXISTS, or another name"),
    TOO_LARGE(
            "cassandra.too_large",
            "the statement or its answer is larger than the server or the driver takes",
            "send less at a time, or read smaller pages"),
    INVALID(CassandraManager.INVALID_QUERY, "", "correct the statement or its values"),
    UNAVAILABLE("cassandra.unavailable", "", "bring nodes back, or ask for a lower consistency"),
    ROLES_UNREAD(
            "cassandra.unavailable",
            "too few of the nodes that keep roles and passwords answer, so the server cannot check whether this is allowed",
            "bring nodes back, and let ALTER KEYSPACE system_auth keep copies on several nodes"),
    READ_TIMEOUT("cassandra.timeout", "", "try again; if it stays, read less at a time or raise timeout(…)"),
    WRITE_TIMEOUT("cassandra.timeout", "", "it may have been written all the same: try again if that does no harm"),
    OUTCOME_UNKNOWN(
            "cassandra.outcome_unknown",
            "too few replicas answered to know whether the condition held and the write was made",
            "read the row, at consistency SERIAL, to see"),
    TIMEOUT(
            "cassandra.timeout",
            "there was no answer in time",
            "the server may have done it all the same; try again if that does no harm, or raise timeout(…)"),
    PASSWORD_TOO_SOON(
            "cassandra.overloaded",
            "the role's password was changed a moment ago, and the server lets it change once in some seconds",
            "wait, then change it again"),
    OVERLOADED("cassandra.overloaded", "the server is overloaded", "wait, send less at a time, then try again"),
    BUSY(
            "cassandra.overloaded",
            "this client has too many requests under way",
            "wait for some of them before sending more"),
    CONNECTION_LOST(
            "cassandra.connection_lost",
            "the connection was lost on the way",
            "the server may have done it all the same; try again if that does no harm"),
    UNREACHABLE(
            "cassandra.unreachable",
            "no node can be reached",
            "check the network and the servers, then try again; the driver goes on looking for them"),
    /** No node is known to be up, so the statement was sent to none. */
    NO_NODE(UNREACHABLE),
    /** This node has no connection now, so the statement was not sent to it. */
    NOT_ASKED(UNREACHABLE),
    FAILED("cassandra.failed", "", "see the cause and the server's log"),
    SERVER_ERROR(FAILED),
    READ_FAILED(FAILED),
    WRITE_FAILED(FAILED),
    FUNCTION_FAILED(FAILED),
    /** The server does not take writes to a table now, because of its log of changes or because the table is emptied. */
    HELD_UP(FAILED),
    PROTOCOL(INVALID);

    private record Rule(Class<? extends Throwable> type, FailureKind kind) {}

    /** The first that fits counts. */
    private static final List<Rule> RULES = List.of(
            new Rule(AuthenticationException.class, BAD_CREDENTIALS),
            new Rule(UnauthorizedException.class, DENIED),
            new Rule(SyntaxError.class, SYNTAX),
            new Rule(InvalidKeyspaceException.class, NO_KEYSPACE),
            new Rule(AlreadyExistsException.class, EXISTS),
            new Rule(InvalidQueryException.class, INVALID),
            new Rule(InvalidConfigurationInQueryException.class, INVALID),
            new Rule(ProtocolError.class, PROTOCOL),
            new Rule(UnavailableException.class, UNAVAILABLE),
            new Rule(ReadTimeoutException.class, READ_TIMEOUT),
            new Rule(WriteTimeoutException.class, WRITE_TIMEOUT),
            new Rule(CASWriteUnknownException.class, OUTCOME_UNKNOWN),
            new Rule(OverloadedException.class, OVERLOADED),
            new Rule(BootstrappingException.class, OVERLOADED),
            new Rule(ServerError.class, SERVER_ERROR),
            new Rule(ReadFailureException.class, READ_FAILED),
            new Rule(WriteFailureException.class, WRITE_FAILED),
            new Rule(FunctionFailureException.class, FUNCTION_FAILED),
            new Rule(CDCWriteFailureException.class, HELD_UP),
            new Rule(TruncateException.class, HELD_UP),
            new Rule(CoordinatorException.class, FAILED),
            new Rule(DriverTimeoutException.class, TIMEOUT),
            new Rule(BusyConnectionException.class, BUSY),
            new Rule(RequestThrottlingException.class, BUSY),
            new Rule(FrameTooLongException.class, TOO_LARGE),
            new Rule(ConnectException.class, UNREACHABLE),
            new Rule(ClosedConnectionException.class, CONNECTION_LOST),
            new Rule(HeartbeatException.class, CONNECTION_LOST),
            new Rule(IOException.class, CONNECTION_LOST),
            new Rule(NoNodeAvailableException.class, NO_NODE),
            new Rule(NodeUnavailableException.class, NOT_ASKED),
            new Rule(AllNodesFailedException.class, UNREACHABLE));

    private static final Pattern POSITION = Pattern.compile("line (\\d+):(\\d+)");

    /** What a server says, as a refusal, when it could not look up a password, a role or a permission. */
    private static final Pattern UNREAD_ROLES = Pattern.compile("unable to perform auth(entication|orization of [^:]*):"
            + ".*(cannot achieve consistency|operation timed out|operation failed)");

    private static final Pattern MISSING_KEYSPACE =
            Pattern.compile("keyspace '?\"?\\S+?\"?'? does not exist|no keyspace has been specified|unknown keyspace");
    private static final Pattern MISSING_TABLE = Pattern.compile(
            "(table|columnfamily) '?\\S+?'? (does not exist|doesn't exist)|unconfigured (table|columnfamily)");

    private final String code;
    private final String problem;
    private final String wayOut;

    FailureKind(String code, String problem, String wayOut) {
        this.code = code;
        this.problem = problem;
        this.wayOut = wayOut;
    }

    /** A kind that is the same to people, and not to those who retry. */
    FailureKind(FailureKind like) {
        this(like.code, like.problem, like.wayOut);
    }

    /** The error of this kind, which says whether the same call may well succeed later. */
    KeywharfException error(String subject, String problem, @Nullable Throwable cause) {
        return isPassing() || this == TIMEOUT || this == PASSWORD_TOO_SOON || this == BUSY
                ? KeywharfException.retryable(code, subject, problem, cause)
                : new KeywharfException(code, subject, problem, cause);
    }

    /** Whether a node could not be reached, or was lost on the way. */
    boolean isConnection() {
        return this == CONNECTION_LOST || this == UNREACHABLE || this == NO_NODE || this == NOT_ASKED;
    }

    /** Whether the same statement may well succeed in a moment. */
    boolean isPassing() {
        return isConnection()
                || this == UNAVAILABLE
                || this == ROLES_UNREAD
                || this == READ_TIMEOUT
                || this == WRITE_TIMEOUT
                || this == OVERLOADED;
    }

    /** What is wrong, and the way out; of the server's own words only what no password can be in. */
    String words(Throwable failure, boolean secret) {
        return what(failure, secret) + "; " + wayOut;
    }

    private String what(Throwable failure, boolean secret) {
        if (!problem.isEmpty()) {
            return problem;
        }
        String said = CassandraErrors.quote(failure.getMessage());
        return switch (this) {
            case SYNTAX -> {
                Matcher position = POSITION.matcher(said);
                String where = position.find()
                        ? "line " + position.group(1) + ", character " + position.group(2)
                        : "the statement";
                yield "the server does not understand " + where
                        + (secret ? " (its words are left out, since the statement may hold a password)" : ": " + said);
            }
            case UNAVAILABLE -> {
                UnavailableException few = (UnavailableException) failure;
                yield few.getConsistencyLevel() + " needs " + few.getRequired() + " replicas and " + few.getAlive()
                        + (few.getAlive() == 1 ? " is alive" : " are alive");
            }
            case READ_TIMEOUT, WRITE_TIMEOUT -> {
                QueryConsistencyException late = (QueryConsistencyException) failure;
                yield "of the " + late.getBlockFor() + " replicas that " + late.getConsistencyLevel() + " needs, "
                        + late.getReceived() + " answered in time";
            }
            case NO_KEYSPACE ->
                failure instanceof InvalidKeyspaceException ? "the keyspace does not exist (" + said + ")" : said;
            default ->
                secret
                        ? "the server refused it (its words are left out, since the statement may hold a password)"
                        : failure instanceof IOException || (code.equals(FAILED.code) && !said.contains(" "))
                                ? failure.getClass().getSimpleName() + ", " + said
                                : said;
        };
    }

    static FailureKind of(Throwable failure) {
        if (isRolesUnread(failure)) {
            return ROLES_UNREAD;
        }
        FailureKind kind = RULES.stream()
                .filter(rule -> rule.type().isInstance(failure))
                .map(Rule::kind)
                .findFirst()
                .orElse(isCutOff(failure) ? UNREACHABLE : FAILED);
        return switch (kind) {
            case INVALID, PROTOCOL -> ofRefusal(failure, kind);
            case OVERLOADED -> isPasswordTooSoon(failure) ? PASSWORD_TOO_SOON : ofOverload(failure);
            default -> kind;
        };
    }

    /** What a node says that was killed while a connection to it was opened. */
    private static boolean isCutOff(Throwable failure) {
        return failure instanceof ConnectionInitException
                && (failure.getCause() instanceof SocketException
                        || failure.getCause() instanceof ClosedChannelException);
    }

    private static FailureKind ofRefusal(Throwable failure, FailureKind other) {
        String said = lower(failure);
        if (MISSING_KEYSPACE.matcher(said).find()) {
            return NO_KEYSPACE;
        } else if (MISSING_TABLE.matcher(said).find()) {
            return NO_TABLE;
        } else if (said.contains("too large") || said.contains("too big") || said.contains("exceeds allowed maximum")) {
            return TOO_LARGE;
        }
        return other;
    }

    private static FailureKind ofOverload(Throwable failure) {
        String said = lower(failure);
        return said.contains("too big") || said.contains("exceeds allowed maximum") ? TOO_LARGE : OVERLOADED;
    }

    /** Whether a refusal only says that roles cannot be looked up now: nothing was carried out, and it passes. */
    private static boolean isRolesUnread(Throwable failure) {
        return (failure instanceof UnauthorizedException || failure instanceof AuthenticationException)
                && UNREAD_ROLES.matcher(lower(failure)).find();
    }

    private static boolean isPasswordTooSoon(Throwable failure) {
        return failure instanceof OverloadedException && lower(failure).contains("can only be changed every");
    }

    private static String lower(Throwable failure) {
        return Objects.requireNonNullElse(failure.getMessage(), "").toLowerCase(Locale.ROOT);
    }
}
