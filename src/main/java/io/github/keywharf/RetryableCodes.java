package io.github.keywharf;

import java.util.Set;

/** The codes of errors that pass by themselves; docs/reference/errors.md says the same, which a test compares. */
final class RetryableCodes {

    static final Set<String> ALL = Set.of(
            "aws.flow_busy",
            "aws.flow_timeout",
            "aws.throttled",
            "aws.unavailable",
            "batch.ledger_taken",
            "batch.program_busy",
            "batch.staging_failed",
            "batch.stopped",
            "batch.too_many_logins",
            "cassandra.connection_lost",
            "cassandra.outage",
            "cassandra.overloaded",
            "cassandra.rows_at_risk",
            "cassandra.timeout",
            "cassandra.unavailable",
            "cassandra.unreachable",
            "catalog.conflict",
            "catalog.unavailable",
            "dictionary.schema_changing",
            "http.bad_response",
            "http.broken",
            "http.budget_spent",
            "http.timeout",
            "http.unavailable",
            "http.unreachable",
            "http.upload_gone",
            "http.upload_interrupted",
            "key.audit_failed",
            "key.contended",
            "key.rate_limited",
            "key.took_too_long",
            "postgres.commit_unknown",
            "postgres.conflict",
            "postgres.connection_lost",
            "postgres.locked",
            "postgres.no_feed",
            "postgres.snapshot_lost",
            "postgres.table_rewritten",
            "postgres.too_many_connections",
            "postgres.unreachable",
            "query.conflict",
            "salesforce.concurrent_limit",
            "salesforce.row_locked",
            "salesforce.timeout",
            "salesforce.unavailable",
            "secret.unavailable",
            "store.damaged",
            "store.lease_contended",
            "store.lease_held",
            "store.lease_lost",
            "store.replaced",
            "store.unavailable",
            "totesys.batch_taken");

    private RetryableCodes() {}
}
