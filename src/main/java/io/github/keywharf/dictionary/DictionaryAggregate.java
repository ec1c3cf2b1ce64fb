package io.github.keywharf.dictionary;

import java.util.List;
import java.util.Optional;

/**
 * An aggregate that users defined.
 *
 * @param keyspace the name of the keyspace it is in
 * @param name as it is, without quotes
 * @param argumentTypes in CQL, in their order
 * @param returns its result's type, in CQL
 * @param stateFunction what takes the state and a row's arguments to the next state
 * @param stateType the state's type, in CQL
 * @param finalFunction what makes the result of the last state, if it is not the result itself
 * @param initialState in CQL; absent for null
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

    /** The name with the types of the arguments: {@code total(int)}. */
    public String signature() {
        return name + "(" + String.join(", ", argumentTypes) + ")";
    }

    /** {@code keyspace.aggregate(types)}. */
    public String path() {
        return keyspace + "." + signature();
    }

    @Override
    public String toString() {
        return Texts.line(path() + " returns " + returns + ", by " + stateFunction + " over " + stateType);
    }
}
