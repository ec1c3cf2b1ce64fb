package io.github.keywharf.pipeline;

import io.github.keywharf.sql.LoadMode;

/** What the warehouse keeps of facts. */
public enum WarehouseMode {

    /** Every version, as the specification requires; the view {@code current_…} of each fact shows the newest. */
    HISTORY(LoadMode.APPEND_VERSIONS),

    /** The newest version only. */
    LATEST(LoadMode.UPSERT);

    private final LoadMode facts;

    WarehouseMode(LoadMode facts) {
        this.facts = facts;
    }

    LoadMode facts() {
        return facts;
    }
}
