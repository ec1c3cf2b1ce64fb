package io.github.keywharf.sharing;

/** Where a tenant is. */
public enum TenantState {
    /** Nothing is there. */
    ABSENT,

    /** Something is missing: the recipient, its grant, or the stored profile. Provisioning it adds that. */
    INCOMPLETE,

    /** The stored profile is not that of the newest token, which was issued and never stored. Provisioning it repairs that. */
    STALE,

    /** All is there, but the stored profile's token has ended. A rotation gives another. */
    EXPIRED,

    /** All is there. */
    ACTIVE,

    /** A revocation was cut short. Revoking it finishes that. */
    REVOKING
}
