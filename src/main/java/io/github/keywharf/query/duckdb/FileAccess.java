package io.github.keywharf.query.duckdb;

/** Files that statements may reach. */
enum FileAccess {
    /** None but the engine's own, and those for reading. */
    NONE,
    /** All of this process. */
    ALL
}
