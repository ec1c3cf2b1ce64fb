package io.github.keywharf.dictionary;

import java.util.List;

/**
 * What a role may do with a resource.
 *
 * @param role who
 * @param resource with what, in the server's words: {@code keyspace shop}, {@code table shop.orders}, {@code all keyspaces}
 * @param permissions what, by name: {@code MODIFY}, {@code SELECT}
 */
public record DictionaryGrant(String role, String resource, List<String> permissions) {

    /** Copies and sorts. */
    public DictionaryGrant {
        permissions = permissions.stream().sorted().toList();
    }

    @Override
    public String toString() {
        return Texts.line(role + " may " + String.join(", ", permissions) + " on " + resource);
    }
}
