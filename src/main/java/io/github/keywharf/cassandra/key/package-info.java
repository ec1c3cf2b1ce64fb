/**
 * Keys that a Cassandra server itself enforces. It stands on the public types of {@code cassandra}.
 *
 * <table>
 *   <caption>What is where</caption>
 *   <tr><th>job</th><th>types</th></tr>
 *   <tr><td>the ring, its options and results</td><td>{@link io.github.keywharf.cassandra.key.CassandraKeyRing},
 *   {@code Onboarding}, {@code KeySweep}, {@code SweepSchedule}</td></tr>
 *   <tr><td>setting it up</td><td>{@code KeyRingSetup}, {@code KeySchema}, {@code KeyReplication}, {@code IssuerLogin}</td></tr>
 *   <tr><td>the life of a key</td><td>{@code KeyLifecycle}, {@code KeyIssuing}, {@code KeyRotation}, {@code KeyAdmin}</td></tr>
 *   <tr><td>organisations</td><td>{@code KeyOrganisations}, {@code KeyOffboarding}</td></tr>
 *   <tr><td>letting holders in</td><td>{@code KeyEntry}, {@code KeyFailures}, {@code KeyLogin}, {@code KeyConnector},
 *   {@code KeySessions}</td></tr>
 *   <tr><td>sweeps</td><td>{@code KeySweeper}, {@code KeyReach}, {@code SweepTurns}, {@code KeyDuties}</td></tr>
 *   <tr><td>tables, roles, the audit log</td><td>{@code KeyTables}, {@code KeyRoles}, {@code KeyPasswordHash},
 *   {@code KeyAudit}, {@code KeyNames}, {@code KeyStatements}</td></tr>
 * </table>
 */
@NullMarked
package io.github.keywharf.cassandra.key;

import org.jspecify.annotations.NullMarked;
