/**
 * Events of running work. Every part of the library passes an {@link io.github.keywharf.event.Event}, which is data under a
 * stable name, to the host's {@link io.github.keywharf.event.EventListener} on the thread of the work; log lines, metrics
 * and bars in a terminal come out. A listener that fails never fails the work, and no event contains a secret. Start with
 * {@code EventListener}.
 */
@NullMarked
package io.github.keywharf.event;

import org.jspecify.annotations.NullMarked;
