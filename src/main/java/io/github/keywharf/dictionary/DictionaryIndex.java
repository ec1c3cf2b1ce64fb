package io.github.keywharf.dictionary;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Optional;

/**
 * An index of a table.
 *
 * @param name unique in its keyspace
 * @param kind by what it works
 * @param target what it finds rows by: a column, or {@code keys(c)}, {@code values(c)}, {@code entries(c)}, {@code full(c)}
 * @param className the class that implements it, or its short name, unless it is {@link Kind#SECONDARY}
 * @param options what else was said when it was created
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

    /** By what an index works. */
    public enum Kind {
        /** The server's own, one hidden table on each node. */
        SECONDARY,
        /** Storage-attached ({@code sai}), which vectors need. */
        SAI,
        /** Any other class. */
        CUSTOM;

        /** For people: {@code secondary}. */
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
