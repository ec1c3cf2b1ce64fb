/**
 * Shares of tables and their recipients, as values, and the {@link io.github.keywharf.catalog.ShareCatalog} that creates, grants and
 * removes them. A {@link io.github.keywharf.catalog.Share} and a {@link io.github.keywharf.catalog.Recipient} go in; a
 * {@link io.github.keywharf.catalog.ShareProfile} comes out, with which the recipient logs in and which is handed out once. Every name
 * is checked when its value is created, and no message contains a part of a token. Unity Catalog is in {@code databricks}, the
 * library's own catalog in {@code sharing.server}. Start reading at {@code ShareCatalog}.
 */
@NullMarked
package io.github.keywharf.catalog;

import org.jspecify.annotations.NullMarked;
