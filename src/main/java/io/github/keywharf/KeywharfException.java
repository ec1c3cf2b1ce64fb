package io.github.keywharf;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Unchecked root of all errors outside the caller's own code: a store that denies access, a database that cannot be reached,
 * a file with the wrong content.
 *
 * <p>The message reads {@code [subject] what is wrong, and the way out}. It never holds a secret. {@link #code()} is
 * stable across releases: compare it with {@link #is}, count by it, and show the message to people.
 */
public class KeywharfException extends RuntimeException {

    /** Code of all errors that an interruption of the thread caused. */
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
     * Creates an exception without a cause for a call that would fail again; see {@link #retryable} for others.
     *
     * @param code stable, lower case, dotted: {@code store.not_found}
     * @param subject subject of the error: a key, a table, a file
     * @param problem the problem, the wrong value, and a way to solve it
     */
    public KeywharfException(String code, String subject, String problem) {
        this(code, subject, problem, null);
    }

    /**
     * Creates an exception with its cause for a call that would fail again; see {@link #retryable} for others.
     *
     * @param code stable, lower case, dotted: {@code store.not_found}
     * @param subject subject of the error: a key, a table, a file
     * @param problem the problem, the wrong value, and a way to solve it
     * @param cause the cause, or null
     */
    public KeywharfException(String code, String subject, String problem, @Nullable Throwable cause) {
        this(code, subject, problem, cause, Retry.USELESS);
    }

    /**
     * Creates an exception with the code and the retryability of another; a subclass is retryable by this constructor only.
     *
     * @param like exception with the same code and retryability
     * @param cause the cause, or null
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

    /** Creates the error of a call that {@linkplain #retryable() may succeed later}, without a cause. */
    public static KeywharfException retryable(String code, String subject, String problem) {
        return retryable(code, subject, problem, null);
    }

    /** Creates the error of a call that {@linkplain #retryable() may succeed later}, with its cause or null. */
    public static KeywharfException retryable(String code, String subject, String problem, @Nullable Throwable cause) {
        return new KeywharfException(code, subject, problem, cause, Retry.SENSIBLE);
    }

    /** Returns an error about another subject with this one's code and retryability, and this one as its cause. */
    public KeywharfException about(String other, String problem) {
        return new KeywharfException(this, other, problem, this);
    }

    /** Returns an error about another subject with another code, this one's retryability, and this one as its cause. */
    public KeywharfException about(String otherCode, String other, String problem) {
        return new KeywharfException(otherCode, other, problem, this, retry);
    }

    /**
     * Returns the error of a thread that was interrupted while it waited, with code {@value #INTERRUPTED}, and sets the
     * thread's interrupted flag again.
     *
     * @param subject the operation that the thread waited for
     */
    public static KeywharfException interrupted(String subject, @Nullable Throwable cause) {
        Thread.currentThread().interrupt();
        return new KeywharfException(
                INTERRUPTED,
                subject,
                "The thread was interrupted while it waited; the operation may be completed nevertheless",
                cause);
    }

    /**
     * Returns true if the same call may succeed later without a change: a node restarts, a lock is released. Repeat a write
     * only if doing it twice is harmless, because some of these errors leave open whether it was done.
     */
    public boolean retryable() {
        return retry == Retry.SENSIBLE;
    }

    /** The stable code of this error, such as {@code store.not_found}. */
    public String code() {
        return code;
    }

    /** Returns true if this error has the code. */
    public boolean is(String other) {
        return code.equals(other);
    }

    /** Subject of this error, which the message has in brackets. */
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
