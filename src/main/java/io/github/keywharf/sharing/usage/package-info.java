/**
 * How a platform is used: {@link io.github.keywharf.sharing.usage.UsageLog} makes a table of it from events, and charts of the
 * table become a dashboard of Superset or a page of HTML.
 */
@NullMarked
package io.github.keywharf.sharing.usage;

import org.jspecify.annotations.NullMarked;
