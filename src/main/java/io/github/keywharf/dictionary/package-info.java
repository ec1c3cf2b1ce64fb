/**
 * What a database holds, as values: {@link io.github.keywharf.dictionary.DataDictionary} with its keyspaces, tables, columns,
 * types, rights and notes. A dictionary can be searched, compared with another, saved as JSON and read again, and shown as
 * Markdown or as one HTML page. Nothing here queries a server; {@code cassandra.dictionary()} does.
 */
@NullMarked
package io.github.keywharf.dictionary;

import org.jspecify.annotations.NullMarked;
