package io.github.keywharf.sharing;

/** How tenants are kept apart in a catalog. */
public enum SharingLayout {
    /** Each tenant has a share of its own, filtered by its id. Catalogs limit how many shares there are. */
    SHARE_PER_TENANT,

    /** All tenants are granted one share, filtered by a property of the recipient. */
    ONE_SHARE
}
