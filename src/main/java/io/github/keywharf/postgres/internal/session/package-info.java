/**
 * Connections of a database and what is done on one: {@code PgConnections} ({@code PgDriver}, {@code PgPool}, {@code
 * PgDataSource}) opens them, {@code PgSessions} sets and ends them, {@code Jdbc} and {@code Quoted} ask, {@code PgErrors}
 * turns the driver's failures into errors with a code. No message has a password in it. Imports nothing else of
 * {@code postgres}; imported from within {@code postgres} only, and not part of the API.
 */
@NullMarked
package io.github.keywharf.postgres.internal.session;

import org.jspecify.annotations.NullMarked;
