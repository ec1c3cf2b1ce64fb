/**
 * Apache Cassandra: {@link io.github.keywharf.cassandra.CassandraManager} asks and writes,
 * {@link io.github.keywharf.cassandra.DictionaryManager} lists what is there, and the key ring lets organisations in, each
 * under roles that the server itself enforces.
 */
@NullMarked
package io.github.keywharf.cassandra;

import org.jspecify.annotations.NullMarked;
