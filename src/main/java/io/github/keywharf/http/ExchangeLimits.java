package io.github.keywharf.http;

import java.time.Duration;

/**
 * Limits of a client on one exchange.
 *
 * @param timeout from sending to the last byte of the response
 * @param stall between two pieces of the response's body
 * @param maxBytes of the response's body, as sent and after decompression
 */
record ExchangeLimits(Duration timeout, Duration stall, long maxBytes) {}
