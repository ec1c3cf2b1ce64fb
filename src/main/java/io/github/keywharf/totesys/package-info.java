/**
 * The Totesys pipeline: a company's order database into a star-schema warehouse, by way of two zones of files.
 * {@link io.github.keywharf.totesys.TotesysPipeline} is the entry point, {@link io.github.keywharf.totesys.StarSchema}
 * what it fills. Only the names of the specification and the defaults stand here; {@code pipeline} does the work, and
 * imports nothing of this package.
 */
@NullMarked
package io.github.keywharf.totesys;

import org.jspecify.annotations.NullMarked;
