package io.github.keywharf.dictionary;

import io.github.keywharf.dictionary.DictionaryType.Field;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A function that users defined.
 *
 * @param keyspace the name of the keyspace it is in
 * @param name as it is, without quotes
 * @param arguments in their order
 * @param returns its result's type, in CQL
 * @param language what the body is written in
 * @param body what it does
 * @param calledOnNull whether it runs when an argument is null, rather than being null itself
 */
public record DictionaryFunction(
        String keyspace,
        String name,
        List<Field> arguments,
        String returns,
        String language,
        String body,
        boolean calledOnNull) {

    /** Copies the arguments. */
    public DictionaryFunction {
        arguments = List.copyOf(arguments);
    }

    /** The name with the types of the arguments, which distinguish functions of one name: {@code distance(int, int)}. */
    public String signature() {
        return name + arguments.stream().map(Field::type).collect(Collectors.joining(", ", "(", ")"));
    }

    /** {@code keyspace.function(types)}. */
    public String path() {
        return keyspace + "." + signature();
    }

    @Override
    public String toString() {
        return Texts.line(keyspace + "." + name
                + arguments.stream().map(Field::toString).collect(Collectors.joining(", ", "(", ")")) + " returns "
                + returns + ", in " + language);
    }
}
