/** Unity Catalog of Databricks as a place that hands out shares, over its REST API. */
@NullMarked
package io.github.keywharf.databricks;

import org.jspecify.annotations.NullMarked;
