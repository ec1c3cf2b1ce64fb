package io.github.keywharf.sharing.client;

import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.Identifiers;
import java.nio.file.Path;
import java.util.List;

/**
 * SQL by which a user's own DuckDB reads a share over the network, with a view for each table. It needs the community
 * extension {@code duckdb_delta_sharing}, which DuckDB downloads; {@link DeltaSharingClient#land} needs none.
 */
public final class DuckDbShareScript {

    private final ShareProfile profile;
    private final List<DeltaSharingTable> tables;

    private DuckDbShareScript(ShareProfile profile, List<DeltaSharingTable> tables) {
        this.profile = profile;
        this.tables = List.copyOf(tables);
    }

    /**
     * A script for these tables.
     *
     * @throws IllegalArgumentException when the profile's credentials are not a bearer token, as the extension knows no other
     */
    public static DuckDbShareScript of(ShareProfile profile, List<DeltaSharingTable> tables) {
        if (!(profile.credentials() instanceof ShareCredentials.Bearer)) {
            throw new IllegalArgumentException(
                    "The extension needs a profile with a bearer token, but this is " + profile);
        }
        return new DuckDbShareScript(profile, tables);
    }

    /** The script with the token in it: whoever has it can read the share. */
    public Secret withToken() {
        ShareCredentials.Bearer bearer = (ShareCredentials.Bearer) profile.credentials();
        return Secret.of(script("", text(bearer.token().reveal())));
    }

    /**
     * The script without the token, which DuckDB reads from a file when the script runs.
     *
     * @param file holds the token alone, or a profile of JSON when it ends in {@code .share} or {@code .json}
     */
    public String withTokenFrom(Path file) {
        String content = "(SELECT content FROM read_text(" + text(file.toString()) + "))";
        String name = file.toString();
        String token = name.endsWith(".share") || name.endsWith(".json")
                ? "json_extract_string(" + content + ", '$.bearerToken')"
                : "trim(" + content + ", E' \\t\\r\\n')";
        return script("SET VARIABLE keywharf_token = " + token + ";\n", "getvariable('keywharf_token')");
    }

    private String script(String before, String token) {
        StringBuilder sql =
                new StringBuilder("""
                INSTALL httpfs;
                LOAD httpfs;
                INSTALL duckdb_delta_sharing FROM community;
                LOAD duckdb_delta_sharing;
                %sCREATE OR REPLACE SECRET keywharf_share (TYPE delta_sharing, PROVIDER config, ENDPOINT %s, BEARER_TOKEN %s);
                """.formatted(before, text(profile.endpoint().toString()), token));
        for (DeltaSharingTable table : tables) {
            sql.append("""
                    CREATE SCHEMA IF NOT EXISTS %1$s;
                    CREATE OR REPLACE VIEW %1$s.%2$s AS SELECT * FROM delta_share_read(%3$s, %4$s, %5$s);
                    """.formatted(
                            Identifiers.quote(table.schemaName()),
                            Identifiers.quote(table.name()),
                            text(table.share()),
                            text(table.schemaName()),
                            text(table.name())));
        }
        return sql.toString();
    }

    private static String text(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "DuckDbShareScript[" + profile.endpoint().getHost() + ", " + tables + "]";
    }
}
