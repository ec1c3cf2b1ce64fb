/**
 * HTTP as one function: {@link io.github.keywharf.http.HttpHandler} takes a request and returns a response, and is a route
 * of a server, a client of a service, or a fake of that service.
 */
@NullMarked
package io.github.keywharf.http;

import org.jspecify.annotations.NullMarked;
