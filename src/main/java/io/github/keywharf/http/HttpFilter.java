package io.github.keywharf.http;

/** Adds behaviour to a handler: retries, a token, a limit. Implementations and what they return are thread-safe. */
@FunctionalInterface
public interface HttpFilter {

    /** A handler that acts before and after the next one. */
    HttpHandler around(HttpHandler next);
}
