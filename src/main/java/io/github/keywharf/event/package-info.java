/** What happens while data moves, reported to whoever listens. */
@NullMarked
package io.github.keywharf.event;

import org.jspecify.annotations.NullMarked;
