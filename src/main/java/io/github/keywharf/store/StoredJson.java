package io.github.keywharf.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Format of a stored record: a JSON object with a member for each component, in their order.
 *
 * <p>Reading is strict, because a misread state loses or repeats work: a member that is unknown, missing, repeated or of
 * another type, content after the object, and another version are refused. An {@link Optional} component without
 * a value has no member, and one with {@code @JsonInclude(NON_EMPTY)} has none while it is empty. Null is a value of
 * {@code @Nullable} components, and of an {@code Optional} with {@code @JsonInclude(ALWAYS)}, whose members are always there.
 * A component with {@code @JsonUnwrapped} is a record whose members are stored among those of the record that holds it.
 * Maps are written in the order of their keys. Thread-safe.
 *
 * <pre>{@code
 * static final StoredJson<Note> FORMAT =
 *         StoredJson.of(Note.class, "note", "app.bad_note", "delete it to begin again").version("version", 1);
 * store.put(key, FORMAT.write(note));
 * Note note = FORMAT.read(key, store.readSmall(key));
 * }</pre>
 *
 * @param <T> the record
 */
public final class StoredJson<T> {
    private static final int SHOWN = 200;

    /** Beginning of Jackson's message about a missing member, for which it has no exception class. */
    private static final String MISSING = "Missing required";

    /** Parts of the error for invalid content. */
    private record Refusal(String noun, String code, String remedy) {}

    /** First member of a format, with the only value that is accepted. */
    private record Version(String member, int number) {}

    /** Member of inner objects that is not stored, as the member {@code from} of the element they are in has its value. */
    private record Inherited(String member, String array, String from) {
        void remove(ObjectNode json) {
            forEach(json, (inner, element) -> inner.remove(member));
        }

        void add(ObjectNode json) {
            forEach(
                    json,
                    (inner, element) -> inner.put(member, element.path(from).asText()));
        }

        private void forEach(ObjectNode json, BiConsumer<ObjectNode, JsonNode> action) {
            for (JsonNode element : json.path(array)) {
                for (JsonNode list : element) {
                    list.forEach(inner -> {
                        if (list.isArray() && inner instanceof ObjectNode object) {
                            action.accept(object, element);
                        }
                    });
                }
            }
        }
    }

    private final Class<T> type;
    private final Refusal refusal;
    private final JsonMapper mapper;
    private final @Nullable Version version;
    private final ObjectNode added;
    private final @Nullable Inherited inherited;

    private StoredJson(
            Class<T> type,
            Refusal refusal,
            JsonMapper mapper,
            @Nullable Version version,
            ObjectNode added,
            @Nullable Inherited inherited) {
        this.type = type;
        this.refusal = refusal;
        this.mapper = mapper;
        this.version = version;
        this.added = added;
        this.inherited = inherited;
    }

    /**
     * Creates a format without version, on one line.
     *
     * @param noun kind of content, for messages, such as {@code manifest}
     * @param code code of the exception for content that is not in this format
     * @param remedy instruction for that case, such as {@code restore it from a copy}
     */
    public static <T extends Record> StoredJson<T> of(Class<T> type, String noun, String code, String remedy) {
        JsonMapper mapper = RecordMapper.MAPPER;
        return new StoredJson<>(type, new Refusal(noun, code, remedy), mapper, null, mapper.createObjectNode(), null);
    }

    /** Returns the format with its version as the first member, an integer; any other version is refused. */
    public StoredJson<T> version(String member, int number) {
        return new StoredJson<>(type, refusal, mapper, new Version(member, number), added, inherited);
    }

    /** Returns the format on several lines, for people. */
    public StoredJson<T> indented() {
        JsonMapper indenting = mapper.copy();
        // The same line ends on every system.
        indenting.setDefaultPrettyPrinter(
                new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
        indenting.enable(SerializationFeature.INDENT_OUTPUT);
        return withMapper(indenting);
    }

    private StoredJson<T> withMapper(JsonMapper changed) {
        return new StoredJson<>(type, refusal, changed, version, added, inherited);
    }

    /** Returns the format with a default value for a member that was added later, and that older content lacks. */
    public StoredJson<T> added(String member, Object value) {
        ObjectNode more = added.deepCopy();
        more.set(member, mapper.valueToTree(value));
        return new StoredJson<>(type, refusal, mapper, version, more, inherited);
    }

    /**
     * Returns the format with a member that is not stored, because an object further out has its value: each object in a list
     * of an element of {@code array} has a member {@code member} with the text of the element's {@code from}.
     */
    public StoredJson<T> inherited(String member, String array, String from) {
        return new StoredJson<>(type, refusal, mapper, version, added, new Inherited(member, array, from));
    }

    /**
     * Returns the format with values of a class stored as another type: text, a number, a record or an array of these.
     *
     * @param read may refuse a value by an {@link IllegalArgumentException}
     */
    public <V, S> StoredJson<T> storing(
            Class<V> value, Class<S> stored, Function<? super V, S> write, Function<? super S, V> read) {
        JsonMapper further = mapper.copy();
        further.registerModule(RecordMapper.conversion(value, stored, write, read));
        return withMapper(further);
    }

    /** Returns the content of a value, in UTF-8. */
    public byte[] write(T value) {
        try {
            ObjectNode json = mapper.createObjectNode();
            if (version != null) {
                json.put(version.member(), version.number());
            }
            json.setAll(mapper.<ObjectNode>valueToTree(value));
            if (inherited != null) {
                inherited.remove(json);
            }
            // Not as bytes, in which Jackson escapes characters beyond 16 bits.
            return mapper.writeValueAsString(json).getBytes(UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a value that {@link #write} wrote.
     *
     * @param subject place of the content, for messages
     * @throws KeywharfException with the format's code if the content is invalid; the message names the member by its path,
     *     such as {@code files[2].rows}, and quotes no value, unless the record or a conversion that refuses one does
     */
    public T read(String subject, byte[] content) {
        ObjectNode object = object(subject, content);
        if (version != null) {
            JsonNode found = object.path(version.member());
            if (!found.isInt() || found.intValue() != version.number()) {
                String other = found.isNumber() ? Cut.to(found.asText(), SHOWN) : "?";
                String problem = "is of version " + other + ", and this library reads " + version.number();
                throw unreadable(subject, problem, null);
            }
            object.remove(version.member());
        }
        added.properties().forEach(member -> object.putIfAbsent(member.getKey(), member.getValue()));
        if (inherited != null) {
            inherited.add(object);
        }
        try {
            return mapper.treeToValue(object, type);
        } catch (JsonMappingException e) {
            throw unreadable(subject, "cannot be read: " + problem(e), ours(e));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode object(String subject, byte[] content) {
        try {
            if (mapper.readTree(content) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            JsonLocation place = e instanceof JsonProcessingException json ? json.getLocation() : null;
            String where = place == null ? "" : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
            throw unreadable(subject, "cannot be read: it is not JSON, or repeats a member" + where, null);
        }
        throw unreadable(subject, "is not a JSON object", null);
    }

    /** Returns the exception for content that is not in this format. */
    public KeywharfException unreadable(String subject, String problem, @Nullable Throwable cause) {
        return new KeywharfException(
                refusal.code(), subject, "The " + refusal.noun() + " " + problem + "; " + refusal.remedy(), cause);
    }

    private static String problem(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            String name = step.getFieldName();
            if (name == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(name);
            }
        }
        String member = path.isEmpty() ? "it" : "its member '" + Cut.printable(path.toString(), SHOWN) + "'";
        if (e instanceof UnrecognizedPropertyException) {
            return member + " is not known";
        }
        if (e instanceof InvalidNullException || e.getOriginalMessage().startsWith(MISSING)) {
            return member + " is missing";
        }
        Throwable refused = ours(e);
        if (refused != null) {
            return member + " is refused: " + Cut.printable(String.valueOf(refused.getMessage()), SHOWN);
        }
        Class<?> wanted = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        return member + " is not " + (wanted == null ? "valid" : "a valid " + wanted.getSimpleName());
    }

    /** Returns the exception of a record or a conversion; those of Jackson quote values, which may be secrets. */
    private static @Nullable Throwable ours(JsonMappingException e) {
        Throwable cause = e.getCause();
        while (cause instanceof JsonProcessingException) {
            cause = cause.getCause();
        }
        return cause;
    }

    @Override
    public String toString() {
        return "StoredJson[" + refusal.noun() + (version == null ? "" : ", version " + version.number()) + "]";
    }
}
