/**
 * Apache Cassandra: {@link io.github.keywharf.cassandra.CassandraManager} asks and writes,
 * {@link io.github.keywharf.cassandra.CassandraTable} reads and writes in bulk, and
 * {@link io.github.keywharf.cassandra.DictionaryManager} lists what is there. Keys for organisations are in the package
 * {@code key} below.
 *
 * <table>
 *   <caption>What is where, by how the names begin</caption>
 *   <tr><th>job</th><th>types</th></tr>
 *   <tr><td>connecting</td><td>{@code CassandraSettings}, {@code Connecting}, {@code Connect…}, {@code ContactPoints},
 *   {@code DriverOptions}, {@code Logins}, {@code Shared…}, {@code Tls…}, {@code KeyspacesPreset}, {@code SeedSettings}</td></tr>
 *   <tr><td>statements</td><td>{@code CassandraQuery}, {@code CassandraBatch}, {@code CassandraResult},
 *   {@code CassandraPage}, {@code Statement…}, {@code PreparedStatements}, {@code Page…}, {@code Retries}, {@code Waiting}</td></tr>
 *   <tr><td>failures</td><td>{@code CassandraErrors}, {@code FailureKind}</td></tr>
 *   <tr><td>values to CQL and back</td><td>{@code Bind…}, {@code CqlValues}, {@code CqlScalars}, {@code CqlTypes}, {@code ReadableTypes}, {@code …Decoder},
 *   {@code ScalarValues}</td></tr>
 *   <tr><td>loading in bulk</td><td>{@code CassandraSink}, {@code Bulk…}, {@code LoadDefaults}</td></tr>
 *   <tr><td>scanning and unloading</td><td>{@code TableScan}, {@code TableUnload}, {@code Unload…}, {@code TokenSpan}</td></tr>
 *   <tr><td>the dictionary</td><td>{@code Dictionary…}</td></tr>
 * </table>
 */
@NullMarked
package io.github.keywharf.cassandra;

import org.jspecify.annotations.NullMarked;
