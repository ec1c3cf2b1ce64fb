package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An upload was refused: thrown by an {@link UploadReceiver} on the server, and by {@link UploadClient} on the other side with
 * the same status, reason and constraint. The code is always {@value #CODE}.
 */
public final class UploadRefused extends KeywharfException {
    /** The code of this error. */
    public static final String CODE = "http.upload_refused";

    /** The most characters of a detail, 1,000: what follows is cut. */
    public static final int MAX_DETAIL = 1_000;

    /** Reason of a server whose file differs from the digest that its client declared. */
    static final String OTHER_CONTENT = "upload.repr_digest";

    /** Reason of a server whose request broke off. */
    static final String BROKEN_OFF = "upload.broken_off";

    private static final long serialVersionUID = 1L;
    private static final int MAX_NAME = 100;

    private final int status;
    private final String reason;
    private final String detail;
    private final @Nullable String constraint;

    private UploadRefused(
            String subject, int status, String reason, String detail, @Nullable String constraint, String problem) {
        super(CODE, subject, problem);
        this.status = status;
        this.reason = reason;
        this.detail = detail;
        this.constraint = constraint;
    }

    /**
     * A refusal that a receiver throws.
     *
     * @param status from 400 to 499
     * @param reason stable, lower case, dotted, for programs: {@code tenant.file_too_large}
     * @param detail for people: what is wrong and what to do, without secrets
     * @throws IllegalArgumentException when the status is not from 400 to 499
     */
    public static UploadRefused of(int status, String reason, String detail) {
        return of(status, reason, detail, null);
    }

    /**
     * A refusal because of one constraint.
     *
     * @param constraint the name of what is violated: {@code maxFileBytes}; null for none
     * @throws IllegalArgumentException when the status is not from 400 to 499
     */
    public static UploadRefused of(int status, String reason, String detail, @Nullable String constraint) {
        if (status < 400 || status > 499) {
            throw new IllegalArgumentException("The status " + status + " is not from 400 to 499");
        }
        String shown = Cut.printable(detail, MAX_DETAIL);
        return new UploadRefused("upload", status, reason, shown, constraint, shown);
    }

    /** A refusal that a client received; the texts are those of somebody else. */
    static UploadRefused received(
            String subject, int status, String reason, String detail, @Nullable String constraint) {
        String shownReason = Cut.printable(reason, MAX_NAME);
        String shownDetail = Cut.printable(detail, MAX_DETAIL);
        return new UploadRefused(
                subject,
                status,
                shownReason,
                shownDetail,
                constraint == null ? null : Cut.printable(constraint, MAX_NAME),
                "The server refused the upload with status " + status
                        + (shownReason.isEmpty() ? "" : " (" + shownReason + ")")
                        + (shownDetail.isEmpty() ? "; ask who runs the service" : ": " + shownDetail));
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The stable reason that the server gave: {@code tenant.file_too_large}; empty when it gave none. */
    public String reason() {
        return reason;
    }

    /** What the server says for people; empty when it says nothing. */
    public String detail() {
        return detail;
    }

    /** The name of the constraint that is violated. */
    public Optional<String> constraint() {
        return Optional.ofNullable(constraint);
    }
}
