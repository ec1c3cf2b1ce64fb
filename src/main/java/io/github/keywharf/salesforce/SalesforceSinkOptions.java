package io.github.keywharf.salesforce;

import io.github.keywharf.store.ObjectStore;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link SalesforceSink.Builder} was given. */
record SalesforceSinkOptions(
        String object,
        Operation operation,
        String externalId,
        SalesforceSink.Via via,
        int autoRows,
        SalesforceSink.Nulls nulls,
        boolean allOrNone,
        String assignmentRule,
        long chunkBytes,
        Map<String, String> columns,
        @Nullable Checkpoint checkpoint,
        SalesforceSink.@Nullable IdListener ids,
        SalesforceBulkOptions bulk) {

    /** What is done with the rows. */
    enum Operation {
        INSERT("insert", false),
        UPDATE("update", true),
        UPSERT("upsert", true),
        DELETE("delete", true),
        HARD_DELETE("hardDelete", true);

        private final String text;
        private final boolean idempotent;

        Operation(String text, boolean idempotent) {
            this.text = text;
            this.idempotent = idempotent;
        }

        /** As the API names it. */
        String text() {
            return text;
        }

        /** Whether a row that is sent twice is as if it was sent once. */
        boolean isIdempotent() {
            return idempotent;
        }

        boolean deletes() {
            return this == DELETE || this == HARD_DELETE;
        }
    }

    /** Where notes are kept, and what the rows are. */
    record Checkpoint(ObjectStore store, String key, String source) {}

    SalesforceSinkOptions {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /** Which field says which record a row is of; empty for an insert. */
    String key() {
        return switch (operation) {
            case INSERT -> "";
            case UPSERT -> externalId;
            case UPDATE, DELETE, HARD_DELETE -> "Id";
        };
    }

    /** What rows are called that have no origin of their own. */
    String source() {
        return checkpoint == null ? object : checkpoint.source();
    }
}
