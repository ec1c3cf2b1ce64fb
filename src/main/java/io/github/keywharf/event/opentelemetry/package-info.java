/** Events as metrics of OpenTelemetry. Needs {@code io.opentelemetry:opentelemetry-api} on the class path. */
@NullMarked
package io.github.keywharf.event.opentelemetry;

import org.jspecify.annotations.NullMarked;
