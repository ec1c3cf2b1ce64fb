/**
 * Formats of files in a store: CSV, JSON lines, Parquet. What a caller needs is {@link io.github.keywharf.format.Csv},
 * {@link io.github.keywharf.format.JsonLines} and {@link io.github.keywharf.format.Parquet}, whose readers give
 * {@link io.github.keywharf.table.Rows} and whose writers take them, and
 * {@link io.github.keywharf.format.DeadLetters} for the rows that were rejected.
 *
 * <p>Inside, by name:
 *
 * <ul>
 *   <li>{@code Csv…}, {@code Json…}: the two text formats. {@code TextSource} opens them, {@code LineReader} and
 *       {@code CharacterReader} bound and decode them, {@code FieldParser} with {@code Numbers}, {@code Times} and
 *       {@code FormattedText} makes values of text; {@code Utf8Output} writes values without objects.
 *   <li>{@code Parquet…}: a file as a whole. Reading goes {@code ParquetFooter} → {@code ChunkFetch} → {@code RowGroup} →
 *       {@code PageSource} → {@code LeafReader} → {@code …Decoder}; writing goes {@code ParquetBatchWriter} →
 *       {@code ColumnEncoder} → {@code …Encoder}. {@code Nested…} takes lists, maps and structs apart and puts them
 *       together; {@code ParquetLimits} and {@code ThriftCheck} keep a hostile file from taking memory.
 *   <li>{@code DeadLetter…}, {@code Rejected…}: rejected rows as files to repair and feed back.
 *   <li>{@code FileObject…}: a file on a disk where a store's object is expected; {@code FileErrors} says what is
 *       wrong with its path.
 * </ul>
 */
@NullMarked
package io.github.keywharf.format;

import org.jspecify.annotations.NullMarked;
