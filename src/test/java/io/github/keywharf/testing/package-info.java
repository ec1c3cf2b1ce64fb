/**
 * The test jar: all that it ships stands in this package and below, and uses nothing else of the tests. Here are real servers
 * that need no installation, container or network (a PostgreSQL that can be killed and restarted, an S3 server that checks
 * signatures, a Cassandra), proxies that inject faults in front of any server, counting stores and clocks;
 * {@code testing.contract} has the contracts of the seams, {@code testing.totesys} a generated source database, and
 * {@code testing.aws}, {@code azure}, {@code databricks} and {@code salesforce} fakes of services that cannot run here.
 */
@NullMarked
package io.github.keywharf.testing;

import org.jspecify.annotations.NullMarked;
