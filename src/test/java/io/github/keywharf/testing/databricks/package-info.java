/** A fake of Databricks that keeps state. What it does not prove is in docs/reference. */
@NullMarked
package io.github.keywharf.testing.databricks;

import org.jspecify.annotations.NullMarked;
