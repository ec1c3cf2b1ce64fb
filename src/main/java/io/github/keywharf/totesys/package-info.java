/** The Totesys pipeline: a company's order database into a star-schema warehouse, by way of two zones of files. */
@NullMarked
package io.github.keywharf.totesys;

import org.jspecify.annotations.NullMarked;
