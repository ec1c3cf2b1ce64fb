package io.github.keywharf.cassandra.key;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the session of a key may try to reach what is not its organisation's; the server refuses each. */
final class TenantAttacks {

    /** OWN, OTHER: keyspaces with a table {@code note}; MYROLE, HERROLE: roles of keys; ORG, OTHERORG, RING. */
    private static final List<String> STATEMENTS = List.of(
            // Rows of others.
            "SELECT * FROM OTHER.note",
            "SELECT JSON * FROM OTHER.note",
            "SELECT COUNT(*) FROM OTHER.note",
            "SELECT text FROM OTHER.note WHERE id = 1",
            "SELECT token(id), writetime(text) FROM OTHER.note",
            "INSERT INTO OTHER.note (id, text) VALUES (1, 'taken')",
            "INSERT INTO OTHER.note JSON '{\"id\": 1, \"text\": \"taken\"}'",
            "INSERT INTO OTHER.note (id, text) VALUES (9, 'taken') IF NOT EXISTS",
            "UPDATE OTHER.note SET text = 'taken' WHERE id = 1",
            "UPDATE OTHER.note SET text = 'taken' WHERE id = 1 IF EXISTS",
            "DELETE FROM OTHER.note WHERE id = 1",
            "DELETE text FROM OTHER.note WHERE id = 1",
            "TRUNCATE OTHER.note",
            "TRUNCATE TABLE OTHER.note",
            "BEGIN BATCH INSERT INTO OWN.note (id) VALUES (5); DELETE FROM OTHER.note WHERE id = 1; APPLY BATCH",
            "BEGIN UNLOGGED BATCH INSERT INTO OWN.note (id) VALUES (5);"
                    + " INSERT INTO OTHER.note (id, text) VALUES (1, 'taken'); APPLY BATCH",
            // The schema of others.
            "CREATE TABLE OTHER.mine (id int PRIMARY KEY)",
            "ALTER TABLE OTHER.note ADD extra text",
            "ALTER TABLE OTHER.note WITH comment = 'mine'",
            "DROP TABLE OTHER.note",
            "CREATE INDEX mine ON OTHER.note (text)",
            "DROP INDEX OTHER.mine",
            "CREATE MATERIALIZED VIEW OTHER.mine AS SELECT * FROM OTHER.note WHERE text IS NOT NULL AND id IS NOT NULL"
                    + " PRIMARY KEY (text, id)",
            "CREATE TYPE OTHER.mine (a int)",
            "ALTER TYPE OTHER.mine ADD b int",
            "DROP TYPE OTHER.mine",
            "CREATE FUNCTION OTHER.mine (a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS 'return a;'",
            "CREATE FUNCTION OWN.mine (a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS 'return a;'",
            "DROP FUNCTION OTHER.mine",
            "CREATE AGGREGATE OTHER.mine (int) SFUNC plus STYPE int",
            "CREATE TRIGGER mine ON OTHER.note USING 'x.Y'",
            "CREATE TRIGGER mine ON OWN.note USING 'x.Y'",
            "DROP KEYSPACE OTHER",
            "DROP KEYSPACE OWN",
            "ALTER KEYSPACE OTHER WITH durable_writes = false",
            "ALTER KEYSPACE OWN WITH durable_writes = false",
            "CREATE KEYSPACE mine WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
            // Roles and rights.
            "GRANT OTHERORG TO MYROLE",
            "GRANT ADMIN TO MYROLE",
            "GRANT ISSUER TO MYROLE",
            "GRANT HERROLE TO MYROLE",
            "GRANT MYROLE TO HERROLE",
            "REVOKE ORG FROM MYROLE",
            "REVOKE OTHERORG FROM HERROLE",
            "GRANT SELECT ON KEYSPACE OTHER TO MYROLE",
            "GRANT ALL PERMISSIONS ON ALL KEYSPACES TO MYROLE",
            "GRANT SELECT ON OTHER.note TO MYROLE",
            "GRANT SELECT ON KEYSPACE OWN TO HERROLE",
            "GRANT SELECT ON OWN.note TO OTHERORG",
            "GRANT EXECUTE ON ALL FUNCTIONS TO MYROLE",
            "GRANT AUTHORIZE ON ALL ROLES TO MYROLE",
            "REVOKE SELECT ON KEYSPACE OTHER FROM OTHERORG",
            "CREATE ROLE mine_too WITH LOGIN = true",
            "CREATE USER mine_too WITH PASSWORD 'x'",
            "ALTER ROLE HERROLE WITH PASSWORD = 'mine'",
            "ALTER ROLE ORG WITH LOGIN = true",
            "ALTER ROLE ISSUER WITH PASSWORD = 'mine'",
            "ALTER ROLE MYROLE WITH SUPERUSER = true",
            "ALTER ROLE MYROLE WITH ACCESS TO DATACENTERS {'datacenter1'}",
            "DROP ROLE HERROLE",
            "DROP ROLE OTHERORG",
            "DROP ROLE ISSUER",
            "LIST ALL PERMISSIONS OF OTHERORG",
            "LIST ALL PERMISSIONS OF ADMIN",
            "LIST ALL PERMISSIONS",
            "LIST ROLES OF HERROLE",
            "LIST ROLES OF ISSUER",
            "ADD IDENTITY 'spiffe://mine' TO ROLE 'MYROLE'",
            // The ring's tables, and the server's own.
            "SELECT * FROM RING.access_key",
            "SELECT * FROM RING.key_audit",
            "UPDATE RING.access_key SET state = 'ACTIVE' WHERE id = 'x'",
            "INSERT INTO RING.admin_key (name, key_id) VALUES ('admin', 'MYROLE')",
            "DELETE FROM RING.organisation_keyspace WHERE keyspace_name = 'OTHER'",
            "TRUNCATE RING.key_failure",
            "DROP TABLE RING.key_audit",
            "SELECT * FROM system_auth.roles",
            "SELECT * FROM system_auth.role_members",
            "SELECT * FROM system_auth.role_permissions",
            "INSERT INTO system_auth.role_members (role, member) VALUES ('OTHERORG', 'MYROLE')",
            "UPDATE system_auth.roles SET is_superuser = true WHERE role = 'MYROLE'",
            "INSERT INTO system_traces.sessions (session_id) VALUES (uuid())",
            "TRUNCATE system_traces.events",
            "SELECT * FROM system_views.clients",
            "SELECT * FROM system_views.settings",
            "SELECT * FROM system_views.system_logs",
            "SELECT * FROM system_distributed.view_build_status",
            "SELECT * FROM system.batches",
            "SELECT * FROM system.prepared_statements",
            "SELECT * FROM system.paxos",
            "DELETE FROM system_schema.tables WHERE keyspace_name = 'OTHER'");

    private TenantAttacks() {}

    /** The names that statements are filled with. */
    record Names(String own, String other, String key, String otherKey, String org, String otherOrg, String ring) {}

    static List<String> on(Names names) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < STATEMENTS.size(); i++) {
            all.add(one(i, names));
        }
        return all;
    }

    static int count() {
        return STATEMENTS.size();
    }

    static String one(int which, Names names) {
        Map<String, String> words = Map.of(
                "OWN", names.own(),
                "OTHER", names.other(),
                "MYROLE", names.key(),
                "HERROLE", names.otherKey(),
                "ORG", KeyNames.cql(names.org()),
                "OTHERORG", KeyNames.cql(names.otherOrg()),
                "RING", names.ring(),
                "ISSUER", names.ring() + "_issuer",
                "ADMIN", names.ring() + "_admin");
        String cql = STATEMENTS.get(which);
        StringBuilder filled = new StringBuilder();
        for (String part : cql.split("(?<![A-Z])(?=[A-Z])|(?<=[A-Z])(?![A-Z])")) {
            boolean quoted = filled.length() > 0 && filled.charAt(filled.length() - 1) == '\'';
            String word = words.getOrDefault(part, part);
            filled.append(quoted && !word.equals(part) ? word.replace("\"", "") : word);
        }
        return filled.toString();
    }
}
