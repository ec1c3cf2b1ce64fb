package io.github.keywharf.aws;

/** How far a run of a flow is. */
public enum FlowStatus {
    /** It runs. */
    IN_PROGRESS,
    /** It has ended; rows may have been left out all the same, see {@link FlowRun#putFailures}. */
    SUCCESSFUL,
    /** It has ended with an error; AppFlow calls this {@code Error}. */
    FAILED,
    /** It was canceled, and has not ended yet. */
    CANCEL_STARTED,
    /** It has ended because it was canceled. */
    CANCELED,
    /** A status that this version does not know. */
    UNKNOWN;

    /** Whether it has ended, however it did. */
    public boolean hasEnded() {
        return this == SUCCESSFUL || this == FAILED || this == CANCELED;
    }
}
