/**
 * Serves an {@link io.github.keywharf.http.HttpHandler} by Jetty 12, within limits that a hostile client cannot exceed.
 * Needs {@code org.eclipse.jetty:jetty-server} on the class path.
 */
@NullMarked
package io.github.keywharf.http.jetty;

import org.jspecify.annotations.NullMarked;
