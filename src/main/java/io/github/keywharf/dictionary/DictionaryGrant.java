package io.github.keywharf.dictionary;

import java.util.List;

/**
 * Permissions of a role on a resource.
 *
 * @param role name of the role
 * @param resource resource, in the server's words: {@code keyspace shop}, {@code table shop.orders}, {@code all keyspaces}
 * @param permissions permissions, sorted by name: {@code MODIFY}, {@code SELECT}
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
