/**
 * Real servers for tests: a PostgreSQL that can be killed and restarted, an S3 server that checks signatures, and an
 * HTTP proxy that injects faults in front of any server. They need no installation, no container and no network.
 */
@NullMarked
package io.github.keywharf.testing;

import org.jspecify.annotations.NullMarked;
