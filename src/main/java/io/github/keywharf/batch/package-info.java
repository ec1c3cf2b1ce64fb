/**
 * Batch ingestion: clients' files checked, staged and ingested, many tenants side by side.
 * {@link io.github.keywharf.batch.BatchIngestor} is the server's entry point, {@link io.github.keywharf.batch.FetchData} the
 * client's.
 *
 * <p>Inside, by room:
 *
 * <ul>
 *   <li>Tenants: {@code TenantProfile} and its JSON ({@code Profile…}, {@code Step…}, {@code IngestSchedule}), {@code
 *       TenantProfiles}, {@code FileConstraints}, {@code FileNames}, {@code HeaderLine}, {@code Refusal}.
 *   <li>Logins: {@code TenantUsers}, {@code PasswordHash}, {@code TenantLogin}, {@code BasicLogin}, {@code KeyLogin}, {@code
 *       LoginLimit}, {@code RememberedLogins}.
 *   <li>State: {@code Ledger…} has what became of each file, in a journal with snapshots.
 *   <li>Arrival: {@code Staging…} and {@code TenantScan} see files in directories, {@code TenantUploads} takes uploads;
 *       {@code Intake} checks both and records them.
 *   <li>Runs: {@code Scheduler} and {@code TenantTurns} decide which file is next, {@code IngestRun} starts its app,
 *       {@code GuardedSink} ends with it, {@code FeedBack} writes repaired rows.
 *   <li>Apps: {@code Rows…} and {@code FileRows} read files as rows; {@code Process…} and {@code Program…} run programs.
 *   <li>What people see: {@code BatchRoutes}, {@code IngestStatistics}, {@code StatisticsPage}, {@code IngestLog}, {@code
 *       FileEvents}.
 *   <li>The client: {@code Fetch…}.
 * </ul>
 */
@NullMarked
package io.github.keywharf.batch;

import org.jspecify.annotations.NullMarked;
