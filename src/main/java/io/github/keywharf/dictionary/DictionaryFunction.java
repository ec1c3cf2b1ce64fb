package io.github.keywharf.dictionary;

import io.github.keywharf.dictionary.DictionaryType.Field;
import java.util.List;
import java.util.stream.Collectors;

/**
 * User-defined function.
 *
 * @param keyspace name of its keyspace
 * @param name name, without quotes
 * @param arguments arguments, in their order
 * @param returns type of the result, in CQL
 * @param language language of the body
 * @param body source code
 * @param calledOnNull true if it is called with null arguments; else its result for these is null
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

    /** Returns the name with the types of the arguments, which distinguish overloads: {@code distance(int, int)}. */
    public String signature() {
        return name + arguments.stream().map(Field::type).collect(Collectors.joining(", ", "(", ")"));
    }

    /** Returns {@code keyspace.function(types)}. */
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
