/**
 * Fakes of AWS services that keep state and verify signatures: each answers in process, and {@link
 * io.github.keywharf.testing.FakeServer} serves it over a port. What they do not prove is in docs/reference.
 */
@NullMarked
package io.github.keywharf.testing.aws;

import org.jspecify.annotations.NullMarked;
