package io.github.keywharf.cassandra.key;

import io.github.keywharf.Organisation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which keyspaces are to belong to an organisation, and what its keys may do there.
 *
 * <p>Its keys may read and write: {@code SELECT} and {@code MODIFY}, which in Cassandra includes {@code TRUNCATE}, so a key
 * can empty its own tables at a stroke. Changes of the schema are an option.
 *
 * @param organisation whose they are to be
 * @param keyspaces at least one, as they are, without quotes: 1 to 48 letters, digits and underscores
 * @param schemaChanges whether keys may also create, alter and drop tables there
 * @param copies how many copies each data centre keeps of a keyspace that is missing; empty to make none
 */
public record Onboarding(
        Organisation organisation, Set<String> keyspaces, boolean schemaChanges, Map<String, Integer> copies) {

    private static final Set<String> DATA = Set.of("MODIFY", "SELECT");
    private static final Set<String> SCHEMA = Set.of("ALTER", "CREATE", "DROP");

    /** Checks that there is a keyspace. */
    public Onboarding {
        keyspaces = new TreeSet<>(keyspaces);
        if (keyspaces.isEmpty()) {
            throw new IllegalArgumentException("The organisation " + organisation + " is given no keyspace");
        }
        copies = Map.copyOf(copies);
    }

    /** Keyspaces that are there, for reading and writing. */
    public static Onboarding of(Organisation organisation, String... keyspaces) {
        return new Onboarding(organisation, new TreeSet<>(List.of(keyspaces)), false, Map.of());
    }

    /**
     * The same, and keyspaces that are missing are made, with so many copies in that data centre; may be called for each.
     * The library's role needs to be allowed this, see {@link KeyRingSetup#mayCreateKeyspaces}.
     */
    public Onboarding creating(String datacenter, int number) {
        Map<String, Integer> more = new LinkedHashMap<>(copies);
        more.put(datacenter, number);
        new KeyReplication(more);
        return new Onboarding(organisation, keyspaces, schemaChanges, more);
    }

    /**
     * The same, and keys may create, alter and drop tables, with their indexes and views, and types; neither functions nor
     * the keyspace itself. Needs Cassandra 4.1 or later. Whoever creates a table in Cassandra may also grant it to
     * others: such a key can share its organisation's tables with any role, and by that hinder the keys of another
     * organisation, which are refused as long as they reach anything that is not theirs. Give this to those you trust.
     */
    public Onboarding withSchemaChanges() {
        return new Onboarding(organisation, keyspaces, true, copies);
    }

    /**
     * What keys may do with the tables. Changes of the schema are granted on all tables of a keyspace together and not on
     * the keyspace, which could then be dropped or given other copies.
     */
    Set<String> permissions(KeyRoles.Scope scope) {
        return switch (scope) {
            case KEYSPACE -> DATA;
            case TABLES -> schemaChanges ? SCHEMA : Set.of();
            case FUNCTIONS -> Set.of();
        };
    }
}
