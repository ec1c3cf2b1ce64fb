package io.github.keywharf.dictionary;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Optional;

/**
 * Index of a table.
 *
 * @param name name, unique in its keyspace
 * @param kind kind
 * @param target indexed expression: a column, or {@code keys(c)}, {@code values(c)}, {@code entries(c)}, {@code full(c)}
 * @param className class that implements it, or its short name; absent for {@link Kind#SECONDARY}
 * @param options other options of its creation
 */
public record DictionaryIndex(
        String name,
        Kind kind,
        String target,
        @JsonProperty("class") Optional<String> className,
        Map<String, String> options) {

    /** Copies the options. */
    public DictionaryIndex {
        options = Texts.sorted(options);
    }

    /** Kind of an index. */
    public enum Kind {
        /** Built into the server: one hidden table on each node. */
        SECONDARY,
        /** Storage-attached ({@code sai}), which vectors need. */
        SAI,
        /** Any other class. */
        CUSTOM;

        /** Returns the name for people: {@code secondary}. */
        public String label() {
            return switch (this) {
                case SECONDARY -> "secondary";
                case SAI -> "SAI";
                case CUSTOM -> "custom";
            };
        }
    }

    @Override
    public String toString() {
        return Texts.line(name + " on " + target + " (" + kind.label()
                + (kind == Kind.CUSTOM ? className.map(type -> " " + type).orElse("") : "")
                + (options.isEmpty() ? "" : " " + options) + ")");
    }
}
