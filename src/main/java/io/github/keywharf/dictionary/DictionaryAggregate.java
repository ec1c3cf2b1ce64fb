package io.github.keywharf.dictionary;

import java.util.List;
import java.util.Optional;

/**
 * User-defined aggregate.
 *
 * @param keyspace name of its keyspace
 * @param name name, without quotes
 * @param argumentTypes types of the arguments, in CQL, in their order
 * @param returns type of the result, in CQL
 * @param stateFunction function of the state and the arguments of a row that returns the next state
 * @param stateType type of the state, in CQL
 * @param finalFunction function of the last state that returns the result; absent if the last state is the result
 * @param initialState initial state, in CQL; absent for null
 */
public record DictionaryAggregate(
        String keyspace,
        String name,
        List<String> argumentTypes,
        String returns,
        String stateFunction,
        String stateType,
        Optional<String> finalFunction,
        Optional<String> initialState) {

    /** Copies the types. */
    public DictionaryAggregate {
        argumentTypes = List.copyOf(argumentTypes);
    }

    /** Returns the name with the types of the arguments: {@code total(int)}. */
    public String signature() {
        return name + "(" + String.join(", ", argumentTypes) + ")";
    }

    /** Returns {@code keyspace.aggregate(types)}. */
    public String path() {
        return keyspace + "." + signature();
    }

    @Override
    public String toString() {
        return Texts.line(path() + " returns " + returns + ", by " + stateFunction + " over " + stateType);
    }
}
