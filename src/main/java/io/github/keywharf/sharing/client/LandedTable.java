package io.github.keywharf.sharing.client;

/**
 * A table of a share that was copied.
 *
 * @param schema its schema, in the share and in the copy
 * @param name its name, in the share and in the copy
 * @param version of the table that was copied
 * @param rows how many rows it has
 */
public record LandedTable(String schema, String name, long version, long rows) {}
