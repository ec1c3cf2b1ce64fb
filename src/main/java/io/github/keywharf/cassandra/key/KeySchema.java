package io.github.keywharf.cassandra.key;

import java.time.Duration;
import java.util.List;

/** The tables of a ring, and the statements that make them. */
final class KeySchema {

    /** Failures are forgotten after some minutes; what is left of them need not be kept for ten days. */
    private static final Duration FAILURE_GRACE = Duration.ofHours(1);

    private final KeyNames names;

    KeySchema(KeyNames names) {
        this.names = names;
    }

    String keyspace(KeyReplication replication) {
        return "CREATE KEYSPACE IF NOT EXISTS " + names.keyspace() + " WITH replication = " + replication.cql();
    }

    /**
     * The tables, in the order in which they are made.
     *
     * @param auditRetention how long entries of the audit log stay; zero for ever
     */
    List<String> tables(Duration auditRetention) {
        return List.of(
                """
                CREATE TABLE IF NOT EXISTS %s (
                    id text PRIMARY KEY,
                    organisation text,
                    admin boolean,
                    label text,
                    state text,
                    verifier text,
                    created timestamp,
                    created_by text,
                    created_from text,
                    valid_until timestamp,
                    ends timestamp,
                    replaced_by text,
                    ended timestamp,
                    ended_by text,
                    swept boolean
                ) WITH comment = 'access keys: what verifies them, never the keys'\
                """.formatted(names.table("access_key")),
                """
                CREATE TABLE IF NOT EXISTS %s (
                    name text PRIMARY KEY,
                    key_id text,
                    previous text,
                    since timestamp,
                    set_by text
                ) WITH comment = 'one row: which key is the Admin''s'\
                """.formatted(names.table("admin_key")),
                """
                CREATE TABLE IF NOT EXISTS %s (
                    id text PRIMARY KEY,
                    keyspaces set<text>,
                    onboarded timestamp,
                    onboarded_by text
                ) WITH comment = 'organisations, and the keyspaces that are theirs'\
                """.formatted(names.table("organisation")),
                """
                CREATE TABLE IF NOT EXISTS %s (
                    keyspace_name text PRIMARY KEY,
                    organisation text
                ) WITH comment = 'whose a keyspace is: one organisation''s'\
                """.formatted(names.table("organisation_keyspace")),
                """
                CREATE TABLE IF NOT EXISTS %s (
                    id text PRIMARY KEY,
                    last_used timestamp,
                    used_from text
                ) WITH comment = 'when a key last opened a session'\
                """.formatted(names.table("key_use")),
                """
                CREATE TABLE IF NOT EXISTS %s (
                    bucket text,
                    at timeuuid,
                    PRIMARY KEY (bucket, at)
                ) WITH comment = 'failures of the last minutes, by key and origin'
                    AND default_time_to_live = 86400 AND gc_grace_seconds = %d
                    AND compaction = {'class': 'TimeWindowCompactionStrategy',
                        'compaction_window_unit': 'HOURS', 'compaction_window_size': 1}\
                """.formatted(names.table("key_failure"), FAILURE_GRACE.toSeconds()),
                """
                CREATE TABLE IF NOT EXISTS %s (
                    day date,
                    at timeuuid,
                    action text,
                    outcome text,
                    key_id text,
                    organisation text,
                    who text,
                    origin text,
                    detail text,
                    PRIMARY KEY (day, at)
                ) WITH comment = 'who did what to which key, when and from where'
                    AND default_time_to_live = %d\
                """.formatted(names.table("key_audit"), auditRetention.toSeconds()));
    }

    /** Roles and grants, each with its reason. */
    List<Reasoned> grants(boolean mayCreateKeyspaces) {
        String issuer = KeyNames.cql(names.issuer());
        String admin = KeyNames.cql(names.admin());
        List<Reasoned> always = List.of(
                new Reasoned(
                        "CREATE ROLE IF NOT EXISTS " + admin,
                        "the Admin's key becomes a member of this role, which nobody logs in as"),
                new Reasoned(
                        "CREATE ROLE IF NOT EXISTS " + issuer + " WITH LOGIN = true AND SUPERUSER = false",
                        "the library logs in as this role; give it a password of its own"),
                new Reasoned(
                        "GRANT SELECT, MODIFY ON KEYSPACE " + names.keyspace() + " TO " + issuer,
                        "it keeps the tables of keys; without CREATE, ALTER and DROP it cannot change their tables"),
                new Reasoned(
                        "GRANT CREATE ON ALL ROLES TO " + issuer,
                        "it makes a role for each organisation and each key, and may drop and grant those, as their"
                                + " creator, and no others"),
                new Reasoned(
                        "GRANT AUTHORIZE, DESCRIBE ON ROLE " + admin + " TO " + issuer,
                        "it makes the Admin's key a member of that role, which it did not create, and looks up what the"
                                + " role may do"));
        if (!mayCreateKeyspaces) {
            return always;
        }
        List<Reasoned> all = new java.util.ArrayList<>(always);
        all.add(new Reasoned(
                "GRANT CREATE ON ALL KEYSPACES TO " + issuer,
                "it makes the keyspaces of organisations; it could also make tables anywhere, so leave this out if"
                        + " somebody else makes them"));
        return List.copyOf(all);
    }

    /** A statement, and why it is needed. */
    record Reasoned(String cql, String reason) {}
}
