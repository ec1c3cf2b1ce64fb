/** The HTTP server and client beside bare ones. */
@NullMarked
package io.github.keywharf.bench.http;

import org.jspecify.annotations.NullMarked;
