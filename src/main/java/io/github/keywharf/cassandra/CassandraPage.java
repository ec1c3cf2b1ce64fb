package io.github.keywharf.cassandra;

import io.github.keywharf.table.Table;
import java.util.Optional;

/**
 * One page of a result, for a client that asks for the next one later, perhaps from another machine.
 *
 * @param table the rows of this page, in memory; there may be none on the last page, and fewer than asked for on any
 * @param next a token for the page after this one, empty on the last page: characters that need no quoting in a URL. It is
 *     only good for the same statement with the same values. Without {@link CassandraManager.Builder#pageTokenKey} it holds the
 *     last row's key for anyone to read, and a checksum that does not prove the origin.
 */
public record CassandraPage(Table table, Optional<String> next) {
    @Override
    public String toString() {
        return table + (next.isPresent() ? "more rows on the next page" : "the last page");
    }
}
