package io.github.keywharf.cassandra;

import java.util.Optional;

/**
 * The settings of a {@link DictionaryManager}.
 *
 * @param system whether to show the server's own keyspaces on disk
 * @param virtual whether to show the keyspaces that the server makes up
 * @param filter whether to show only what the session's roles have a right on
 * @param internals whether CQL has what only the server can know
 * @param notes the keyspace of the notes, if there are any
 */
record DictionarySettings(boolean system, boolean virtual, boolean filter, boolean internals, Optional<String> notes) {

    DictionarySettings with(boolean systemToo, boolean virtualToo) {
        return new DictionarySettings(systemToo, virtualToo, filter, internals, notes);
    }

    DictionarySettings with(Optional<String> keyspace) {
        return new DictionarySettings(system, virtual, filter, internals, keyspace);
    }
}
