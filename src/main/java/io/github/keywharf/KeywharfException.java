package io.github.keywharf;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one unchecked root of everything that can go wrong outside the caller's own code: a store that refuses, a
 * database that is away, a file that is not what it says.
 *
 * <p>The message reads {@code [subject] what is wrong, and the way out}. It never holds a secret. {@link #code()} is
 * stable across releases: branch on it by {@link #is}, count by it, and leave the message to people.
 */
public class KeywharfException extends RuntimeException {

    /** The code of all errors that an interruption of the thread led to. */
    public static final String INTERRUPTED = "thread.interrupted";

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String subject;
    private final Retry retry;

    private enum Retry {
        USELESS,
        SENSIBLE
    }

    /**
     * Makes an exception without a cause, of a call that would fail again; {@link #retryable} makes the others.
     *
     * @param code stable, lower case, dotted: {@code store.not_found}
     * @param subject the thing the error is about: a key, a table, a file
     * @param problem what is wrong with it, the value that was wrong, and what to do
     */
    public KeywharfException(String code, String subject, String problem) {
        this(code, subject, problem, null);
    }

    /**
     * Makes an exception that keeps its cause, of a call that would fail again; {@link #retryable} makes the others.
     *
     * @param code stable, lower case, dotted: {@code store.not_found}
     * @param subject the thing the error is about: a key, a table, a file
     * @param problem what is wrong with it, the value that was wrong, and what to do
     * @param cause what led to it, or null
     */
    public KeywharfException(String code, String subject, String problem, @Nullable Throwable cause) {
        this(code, subject, problem, cause, Retry.USELESS);
    }

    /**
     * Makes an exception with the code and the retryability of another; a subclass is retryable by this constructor only.
     *
     * @param like whose code and retryability it has
     * @param cause what led to it, or null
     */
    protected KeywharfException(KeywharfException like, String subject, String problem, @Nullable Throwable cause) {
        this(like.code, subject, problem, cause, like.retry);
    }

    private KeywharfException(String code, String subject, String problem, @Nullable Throwable cause, Retry retry) {
        super(
                "[" + Objects.requireNonNull(subject, "subject") + "] " + Objects.requireNonNull(problem, "problem"),
                cause);
        this.code = Objects.requireNonNull(code, "code");
        this.subject = subject;
        this.retry = retry;
    }

    /** The error of a call that {@linkplain #retryable() may well succeed later}, without a cause. */
    public static KeywharfException retryable(String code, String subject, String problem) {
        return retryable(code, subject, problem, null);
    }

    /** The error of a call that {@linkplain #retryable() may well succeed later}, with its cause or null. */
    public static KeywharfException retryable(String code, String subject, String problem, @Nullable Throwable cause) {
        return new KeywharfException(code, subject, problem, cause, Retry.SENSIBLE);
    }

    /** An error about another subject with this one's code and retryability, and this one as its cause. */
    public KeywharfException about(String other, String problem) {
        return new KeywharfException(this, other, problem, this);
    }

    /** An error about another subject with a code of its own and this one's retryability, and this one as its cause. */
    public KeywharfException about(String otherCode, String other, String problem) {
        return new KeywharfException(otherCode, other, problem, this, retry);
    }

    /**
     * The error of a thread that was interrupted while it waited, whatever it waited for: its code is {@value #INTERRUPTED}.
     * Sets the thread's flag, which keeps being set.
     *
     * @param subject what was waited for
     */
    public static KeywharfException interrupted(String subject, @Nullable Throwable cause) {
        Thread.currentThread().interrupt();
        return new KeywharfException(
                INTERRUPTED,
                subject,
                "The thread was interrupted while it waited; what was asked for may be done all the same",
                cause);
    }

    /**
     * Whether the same call may well succeed later with nothing changed: a node restarts, a lock is released. Who repeats a
     * write must be sure that twice does no harm, for some of these errors leave open whether it was made.
     */
    public boolean retryable() {
        return retry == Retry.SENSIBLE;
    }

    /** The stable code of this error, such as {@code store.not_found}. */
    public String code() {
        return code;
    }

    /** Whether this error has the code. */
    public boolean is(String other) {
        return code.equals(other);
    }

    /** The thing this error is about, as it stands in brackets in the message. */
    public String subject() {
        return subject;
    }

    /** The class, the message and the code, as a stack trace shows them. */
    @SuppressWarnings("OverrideThrowableToString") // the message is for those who use an application, the code is not
    @Override
    public String toString() {
        return super.toString() + " (" + code + ")";
    }
}
