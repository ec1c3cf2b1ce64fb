/**
 * Data dictionary of a database, as values without a driver. {@code cassandra.dictionary()} reads the schema of a server into a
 * {@link io.github.keywharf.dictionary.DataDictionary}; JSON, Markdown, one HTML page, results of a search and differences to another
 * dictionary come out. All values are immutable and sorted, so equal schemas are equal values, and JSON that is read back is an
 * equal dictionary. Names, comments and notes are untrusted: each form escapes them. Start reading at {@code DataDictionary}.
 */
@NullMarked
package io.github.keywharf.dictionary;

import org.jspecify.annotations.NullMarked;
