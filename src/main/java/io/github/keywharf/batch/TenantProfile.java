package io.github.keywharf.batch;

import io.github.keywharf.format.TextValues;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** What a tenant may send, when it is ingested, by which app, and where its rows go. Immutable. */
public final class TenantProfile {

    /** The app that reads CSV, JSON lines and Parquet: {@value}. */
    public static final String ROWS_APP = "rows";

    private final Tenant tenant;
    private final FileConstraints constraints;

    TenantProfile(Tenant tenant, FileConstraints constraints) {
        this.tenant = Objects.requireNonNull(tenant, "tenant");
        this.constraints = Objects.requireNonNull(constraints, "constraints");
    }

    /** Whose profile it is. */
    public Tenant tenant() {
        return tenant;
    }

    /** What it may send. */
    public FileConstraints constraints() {
        return constraints;
    }

    /** The name of its app. */
    public String app() {
        return ROWS_APP;
    }

    /** How many of its files are ingested at the same time. */
    public int concurrency() {
        return 1;
    }

    /** How many times its app is started on a file that fails for a passing reason, or whose run a crash ended. */
    public int attempts() {
        return 3;
    }

    /** How long its app may run on one file. */
    public Duration timeLimit() {
        return Duration.ofHours(1);
    }

    /** Whether its files are ingested at that time. */
    public boolean isOpenAt(Instant time) {
        return true;
    }

    /** The keyspace or schema of its rows; empty when the profile does not say. */
    public String keyspace() {
        return "";
    }

    /** The table of its rows; empty when the profile does not say. */
    public String table() {
        return "";
    }

    /** The columns and types of its files; of text when absent. */
    public Optional<Schema> schema() {
        return Optional.empty();
    }

    /** How text is read as values. */
    public TextValues values() {
        return TextValues.STANDARD;
    }

    /** What is done to its rows on their way. */
    public RowStep steps() {
        return RowStep.all(java.util.List.of());
    }

    /** The column that takes {@link IngestJob#rowId}, where one does. */
    public Optional<String> rowId() {
        return Optional.empty();
    }
}
