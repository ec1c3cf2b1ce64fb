/**
 * DuckDB as a query engine inside the process. A caller begins with {@link io.github.keywharf.query.duckdb.DuckDbEngine}.
 *
 * <p>Everything moves as Parquet files in a directory of the engine's own ({@code EngineFolder}): rows that are registered or
 * written ({@code SpooledRows}), objects ({@code CopiedObjects}), and results ({@code ResultRows}). {@code Sessions} runs
 * statements, so that they can be stopped; {@code AllowedSql} refuses those that would reach files.
 */
@NullMarked
package io.github.keywharf.query.duckdb;

import org.jspecify.annotations.NullMarked;
