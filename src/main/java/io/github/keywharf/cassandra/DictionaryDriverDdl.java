package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.schema.AggregateMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.Describable;
import com.datastax.oss.driver.api.core.metadata.schema.FunctionMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import io.github.keywharf.dictionary.DictionaryKeyspace;
import io.github.keywharf.dictionary.DictionaryTable;
import io.github.keywharf.dictionary.DictionaryType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The driver's texts, each ended, which those of its custom indexes are not. */
final class DictionaryDriverDdl {
    private DictionaryDriverDdl() {}

    static List<String> of(KeyspaceMetadata metadata, DictionaryKeyspace shown) {
        List<String> statements = new ArrayList<>();
        add(statements, metadata);
        for (DictionaryType type : DictionaryDdl.byDependency(shown)) {
            Optional<UserDefinedType> made = metadata.getUserDefinedType(CqlIdentifier.fromInternal(type.name()));
            made.ifPresent(found -> add(statements, found));
        }
        for (FunctionMetadata function : metadata.getFunctions().values()) {
            String name = function.getSignature().getName().asInternal();
            if (shown.functions().stream().anyMatch(one -> one.name().equals(name))) {
                add(statements, function);
            }
        }
        for (AggregateMetadata aggregate : metadata.getAggregates().values()) {
            String name = aggregate.getSignature().getName().asInternal();
            if (shown.aggregates().stream().anyMatch(one -> one.name().equals(name))) {
                add(statements, aggregate);
            }
        }
        shown.tables().stream()
                .filter(table -> !table.isView())
                .forEach(table -> statements.addAll(of(metadata, table)));
        return statements;
    }

    static List<String> of(KeyspaceMetadata metadata, DictionaryTable shown) {
        CqlIdentifier name = CqlIdentifier.fromInternal(shown.name());
        List<String> statements = new ArrayList<>();
        metadata.getView(name).ifPresent(view -> add(statements, view));
        metadata.getTable(name).ifPresent(table -> table(statements, metadata, table));
        return statements;
    }

    private static void table(List<String> statements, KeyspaceMetadata metadata, TableMetadata table) {
        add(statements, table);
        table.getIndexes().values().forEach(index -> add(statements, index));
        metadata.getViewsOnTable(table.getName()).values().forEach(view -> add(statements, view));
    }

    private static void add(List<String> statements, Describable described) {
        statements.add(DictionaryDdl.ended(described.describe(true)));
    }
}
