package io.github.keywharf.aws;

/** What makes a flow run. */
public enum FlowTrigger {
    /** Being started. */
    ON_DEMAND,
    /** Its schedule; starting it activates the schedule. */
    SCHEDULED,
    /** Events of its source; starting it activates them. */
    EVENT,
    /** A trigger that this version does not know. */
    UNKNOWN
}
