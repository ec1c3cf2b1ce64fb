package io.github.keywharf.http;

import io.github.keywharf.CheckReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The headers of a request or a response, in order; names are compared without regard to case, and may occur several times.
 *
 * <p>An immutable value: the {@code with} methods copy. Names are tokens and values hold no control characters (RFC 9110),
 * so that no header can smuggle in another. Prints without secrets.
 */
public final class HttpHeaders {
    /** Limit on the number of fields, 200: browsers and proxies send fewer than 50. */
    public static final int MAX_FIELDS = 200;

    /** Limit on the characters of all names and values, 64 Ki: most servers accept 8 to 16 Ki. */
    public static final int MAX_CHARACTERS = 64 * 1024;

    private static final HttpHeaders NONE = new HttpHeaders(List.of());

    /** One header; prints without secrets. */
    public record Field(String name, String value) {
        /**
         * Checks name and value.
         *
         * @throws IllegalArgumentException when the name is not a token, or the value has a control character
         */
        public Field {
            requireToken("header name", name);
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if ((c < ' ' && c != '\t') || (c >= 0x7f && c <= 0x9f) || c > 0xff) {
                    throw new IllegalArgumentException("The value of the header " + name + " has the character U+"
                            + String.format("%04X", (int) c)
                            + "; values are ISO 8859-1 without control characters, so encode it");
                }
            }
            value = value.strip();
        }

        @Override
        public String toString() {
            return name + ": " + HttpRedaction.value(name, value);
        }
    }

    private final List<Field> fields;

    private HttpHeaders(List<Field> fields) {
        this.fields = fields;
    }

    /** No headers. */
    public static HttpHeaders none() {
        return NONE;
    }

    /**
     * These headers, in this order.
     *
     * @throws IllegalArgumentException when they exceed {@link #MAX_FIELDS} or {@link #MAX_CHARACTERS}
     */
    public static HttpHeaders of(List<Field> fields) {
        if (fields.size() > MAX_FIELDS) {
            throw new IllegalArgumentException(
                    "There are " + fields.size() + " headers; " + MAX_FIELDS + " are allowed at most");
        }
        long characters = 0;
        for (Field field : fields) {
            characters += field.name().length() + field.value().length();
        }
        if (characters > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "The headers have " + characters + " characters; " + MAX_CHARACTERS + " are allowed at most");
        }
        return fields.isEmpty() ? NONE : new HttpHeaders(List.copyOf(fields));
    }

    /** All headers, in order. */
    public List<Field> fields() {
        return fields;
    }

    /** The first value of that name. */
    public Optional<String> find(String name) {
        for (Field field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                return Optional.of(field.value());
            }
        }
        return Optional.empty();
    }

    /** All values of that name, in order. */
    public List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** Returns true if there is a header of that name. */
    public boolean has(String name) {
        return find(name).isPresent();
    }

    /** A copy with this value in place of all others of that name. */
    public HttpHeaders with(String name, String value) {
        return without(name).withAdded(name, value);
    }

    /** A copy with this value after all others of that name. */
    @CheckReturnValue
    public HttpHeaders withAdded(String name, String value) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return of(more);
    }

    /** A copy without headers of that name. */
    public HttpHeaders without(String name) {
        return has(name)
                ? new HttpHeaders(fields.stream()
                        .filter(field -> !field.name().equalsIgnoreCase(name))
                        .toList())
                : this;
    }

    /** Checks that a text is a token of RFC 9110, as methods and header names are. */
    static String requireToken(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                throw new IllegalArgumentException("A " + what + " has the character U+"
                        + String.format("%04X", (int) c) + "; letters, digits and !#$%&'*+-.^_`|~ are allowed");
            }
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException("A " + what + " is empty");
        }
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HttpHeaders headers && headers.fields.equals(fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return fields.stream().map(Field::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
