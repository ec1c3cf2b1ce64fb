package io.github.keywharf.aws;

/** Whether a flow can run. */
public enum FlowState {
    /** On-demand flows can be started, other flows run on their schedule or events. */
    ACTIVE,
    /** A scheduled or event-driven flow that was deactivated, or not activated yet. */
    SUSPENDED,
    /** It cannot run until it is corrected. */
    ERRORED,
    /** It was not finished in the console. */
    DRAFT,
    /** AppFlow does not run it any more. */
    DEPRECATED,
    /** It was deleted. */
    DELETED,
    /** A state that this version does not know. */
    UNKNOWN
}
