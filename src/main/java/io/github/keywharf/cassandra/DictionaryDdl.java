package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DictionaryKeyspace;
import io.github.keywharf.dictionary.DictionaryTable;
import io.github.keywharf.dictionary.DictionaryType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The CQL that recreates things, in an order in which it can be run. It is the server's own, since the driver loses masks and
 * newer options; where a server before Cassandra 4.0 cannot, the driver does.
 */
final class DictionaryDdl {
    private final DictionaryRows rows;
    private final String internals;

    DictionaryDdl(DictionaryRows rows, boolean internals) {
        this.rows = rows;
        this.internals = internals ? " WITH INTERNALS" : "";
    }

    /** All that is shown of a keyspace; what is hidden of it stays so. */
    List<String> keyspace(DictionaryKeyspace keyspace) {
        try {
            if (keyspace.whole()) {
                return statements("KEYSPACE " + quoted(keyspace.name()));
            }
            Set<String> statements = new LinkedHashSet<>(statements("ONLY KEYSPACE " + quoted(keyspace.name())));
            Stream.of(
                            byDependency(keyspace).stream().map(type -> "TYPE " + in(keyspace, type.name())),
                            keyspace.functions().stream().map(made -> "FUNCTION " + in(keyspace, made.name())),
                            keyspace.aggregates().stream().map(made -> "AGGREGATE " + in(keyspace, made.name())))
                    .flatMap(Function.identity())
                    .distinct()
                    .forEach(made -> statements.addAll(statements(made)));
            for (DictionaryTable table : keyspace.tables()) {
                statements.addAll(table(table));
            }
            return List.copyOf(statements);
        } catch (CannotDescribe e) {
            return DictionaryDriverDdl.of(metadata(keyspace.name(), e), keyspace);
        }
    }

    /** A table with its indexes and views, or a view. */
    List<String> tableOrDriver(DictionaryKeyspace keyspace, DictionaryTable table) {
        try {
            return table(table);
        } catch (CannotDescribe e) {
            return DictionaryDriverDdl.of(metadata(keyspace.name(), e), table);
        }
    }

    private List<String> table(DictionaryTable table) {
        String what = table.isView() ? "MATERIALIZED VIEW " : "TABLE ";
        return statements(what + quoted(table.keyspace()) + "." + quoted(table.name()));
    }

    private static String in(DictionaryKeyspace keyspace, String name) {
        return quoted(keyspace.name()) + "." + quoted(name);
    }

    private List<String> statements(String what) {
        try {
            List<String> statements = new ArrayList<>();
            for (Row row : rows.rows("DESCRIBE " + what + internals)) {
                statements.add(ended(DictionaryCql.text(row, "create_statement")));
            }
            return statements;
        } catch (CompletionException e) {
            Throwable cause = CassandraErrors.unwrapped(e);
            boolean unsupported = cause instanceof InvalidQueryException
                    && String.valueOf(cause.getMessage()).contains("not supported");
            if (cause instanceof SyntaxError || unsupported) {
                throw new CannotDescribe(cause);
            }
            throw CassandraErrors.of("dictionary", "The CQL cannot be had", e);
        }
    }

    private KeyspaceMetadata metadata(String keyspace, CannotDescribe cause) {
        Metadata metadata = Waiting.on(
                keyspace, "The schema cannot be read", rows.context().session().refreshSchemaAsync());
        Optional<KeyspaceMetadata> found = metadata.getKeyspace(CqlIdentifier.fromInternal(keyspace));
        return found.orElseThrow(() -> new KeywharfException(
                "dictionary.no_cql",
                keyspace,
                "The server cannot describe it, and the driver's metadata leaves it out;"
                        + " let advanced.metadata.schema.refreshed-keyspaces name it",
                cause.getCause()));
    }

    /** The types, each after those that it uses. */
    static List<DictionaryType> byDependency(DictionaryKeyspace keyspace) {
        Set<DictionaryType> ordered = new LinkedHashSet<>();
        keyspace.types().forEach(type -> after(keyspace, type, ordered));
        return List.copyOf(ordered);
    }

    private static void after(DictionaryKeyspace keyspace, DictionaryType type, Set<DictionaryType> ordered) {
        if (ordered.contains(type)) {
            return;
        }
        for (DictionaryType.Field field : type.fields()) {
            // The server lets no type be a part of itself, so this ends.
            keyspace.typesIn(field.type()).stream()
                    .filter(used -> !used.equals(type))
                    .forEach(used -> after(keyspace, used, ordered));
        }
        ordered.add(type);
    }

    static String ended(String statement) {
        String stripped = statement.strip();
        return stripped.endsWith(";") ? stripped : stripped + ";";
    }

    private static String quoted(String name) {
        return CqlIdentifier.fromInternal(name).asCql(false);
    }

    private static final class CannotDescribe extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CannotDescribe(Throwable cause) {
            super(cause);
        }
    }
}
