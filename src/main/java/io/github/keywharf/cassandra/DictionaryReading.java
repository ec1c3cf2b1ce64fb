package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DataDictionary;
import io.github.keywharf.dictionary.DictionaryKeyspace;
import io.github.keywharf.dictionary.DictionaryNote;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One reading of a dictionary: of one state of the schema, and as far as the session may see. */
final class DictionaryReading {
    private final CassandraContext context;
    private final Optional<String> only;
    private final DictionarySettings wanted;
    private final boolean sizes;

    /** Reads one keyspace only, if one is given. */
    DictionaryReading(CassandraContext context, Optional<String> only, DictionarySettings wanted, boolean sizes) {
        this.context = context;
        this.only = only;
        this.wanted = wanted;
        this.sizes = sizes;
    }

    DataDictionary read() {
        Waiting.on("dictionary", "The schema cannot be read", context.session().checkSchemaAgreementAsync());
        for (int attempt = 1; attempt <= DictionaryManager.READ_ATTEMPTS; attempt++) {
            DictionaryRows rows = DictionaryRows.ofOneNode(context);
            Row before = local(rows);
            DataDictionary read = read(rows, before);
            if (Objects.equals(version(local(rows)), version(before))) {
                return read;
            }
        }
        throw KeywharfException.retryable(
                "dictionary.schema_changing",
                "dictionary",
                "The schema changed during each of " + DictionaryManager.READ_ATTEMPTS
                        + " attempts to read it; try again later");
    }

    private static Row local(DictionaryRows rows) {
        return rows.one("SELECT cluster_name, release_version, schema_version FROM system.local");
    }

    private static String version(Row local) {
        return String.valueOf(local.getUuid("schema_version"));
    }

    private DataDictionary read(DictionaryRows rows, Row local) {
        DictionaryRights rights = DictionaryRights.of(rows, wanted.filter());
        DictionarySight sight = DictionarySight.of(rights);
        DictionaryReader reader =
                new DictionaryReader(rows, only, sizes ? DictionarySizes.read(rows, only) : DictionarySizes.NONE);
        List<DictionaryKeyspace> found = new ArrayList<>(reader.keyspaces());
        if (wanted.virtual()) {
            found.addAll(reader.virtualKeyspaces());
        }
        List<DictionaryKeyspace> visible = found.stream()
                .filter(keyspace -> wanted.system() || keyspace.kind() != DictionaryKeyspace.Kind.SYSTEM)
                .flatMap(keyspace -> sight.of(keyspace).stream())
                .toList();
        return new DataDictionary(
                DictionaryCql.text(local, "cluster_name"),
                DictionaryCql.text(local, "release_version"),
                context.clock().instant(),
                rights.scope(),
                visible,
                rights.roles(),
                rights.grants(),
                notes(sight, visible));
    }

    private List<DictionaryNote> notes(DictionarySight sight, List<DictionaryKeyspace> visible) {
        if (wanted.notes().isEmpty()) {
            return List.of();
        }
        try {
            return new DictionaryNotes(context, wanted.notes().get())
                    .newest(only).stream()
                            .filter(note -> sight.sees(note, visible))
                            .toList();
        } catch (KeywharfException e) {
            // Who may not read the notes still has a dictionary.
            if (e.is(DictionaryNotes.DENIED)) {
                return List.of();
            }
            throw e;
        }
    }
}
