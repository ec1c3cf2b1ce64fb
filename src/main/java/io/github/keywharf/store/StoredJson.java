package io.github.keywharf.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.Converter;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A format in which a record is stored: a JSON object with a member for each component, in their order.
 *
 * <p>Reading is strict, because a state that is read wrongly loses or repeats work: a member that is unknown, missing, repeated
 * or of another type, content after the object, and another version are refused. An {@link Optional} component without
 * a value has no member, and one with {@code @JsonInclude(NON_EMPTY)} has none while it is empty. Null is a value of
 * {@code @Nullable} components, and of an {@code Optional} with {@code @JsonInclude(ALWAYS)}, whose members are always there.
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
    /** Deeper values than 32 are refused; none of the library's formats has more than ten. */
    private static final int MAX_NESTING = 32;

    private static final int SHOWN = 200;

    /** How Jackson's message begins for a required member, which has no exception of its own. */
    private static final String MISSING = "Missing required";

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.AUTO_DETECT_IS_GETTERS)
            .withCoercionConfigDefaults(coercions -> {
                for (CoercionInputShape shape : CoercionInputShape.values()) {
                    coercions.setCoercion(shape, CoercionAction.Fail);
                }
            })
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .withConfigOverride(
                    Optional.class,
                    override -> override.setInclude(
                            JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS)))
            .defaultSetterInfo(JsonSetter.Value.construct(Nulls.FAIL, Nulls.FAIL))
            .annotationIntrospector(new Absence())
            .addModule(new SimpleModule()
                    .addSerializer(Optional.class, new OptionalWriter())
                    .addDeserializer(Optional.class, new OptionalReader(null, false)))
            .addModule(conversion(Instant.class, String.class, Instant::toString, Instant::parse))
            .addModule(conversion(Duration.class, String.class, Duration::toString, Duration::parse))
            .addModule(conversion(LocalDateTime.class, String.class, LocalDateTime::toString, LocalDateTime::parse))
            .build();

    private final Class<T> type;
    private final String noun;
    private final String code;
    private final String remedy;
    private final JsonMapper mapper;
    private final String versionMember;
    private final int version;
    private final boolean isIndented;

    private StoredJson(
            Class<T> type,
            String noun,
            String code,
            String remedy,
            JsonMapper mapper,
            String versionMember,
            int version,
            boolean isIndented) {
        this.type = type;
        this.noun = noun;
        this.code = code;
        this.remedy = remedy;
        this.mapper = mapper;
        this.versionMember = versionMember;
        this.version = version;
        this.isIndented = isIndented;
    }

    /**
     * A format without version, on one line.
     *
     * @param noun of what is stored, for messages, such as {@code manifest}
     * @param code of the exception when content is not in this format
     * @param remedy what to do then, such as {@code restore it from a copy}
     */
    public static <T extends Record> StoredJson<T> of(Class<T> type, String noun, String code, String remedy) {
        return new StoredJson<>(type, noun, code, remedy, MAPPER, "", 0, false);
    }

    /** The format with its version as the first member, an integer; any other version is refused. */
    public StoredJson<T> version(String member, int number) {
        return new StoredJson<>(type, noun, code, remedy, mapper, member, number, isIndented);
    }

    /** The format on several lines, for people. */
    public StoredJson<T> indented() {
        return new StoredJson<>(type, noun, code, remedy, mapper, versionMember, version, true);
    }

    /**
     * The format with values of a class stored as another type: text, a number, a record or an array of these.
     *
     * @param read may refuse a value by an {@link IllegalArgumentException}
     */
    public <V, S> StoredJson<T> storing(
            Class<V> value, Class<S> stored, Function<? super V, S> write, Function<? super S, V> read) {
        JsonMapper further = mapper.copy();
        further.registerModule(conversion(value, stored, write, read));
        return new StoredJson<>(type, noun, code, remedy, further, versionMember, version, isIndented);
    }

    private static <V, S> SimpleModule conversion(
            Class<V> value, Class<S> stored, Function<? super V, S> write, Function<? super S, V> read) {
        return new SimpleModule()
                .addSerializer(value, new StdDelegatingSerializer(value, new Conversion<>(value, stored, write)))
                .addDeserializer(value, new StdDelegatingDeserializer<>(new Conversion<>(stored, value, read)));
    }

    /** The value as UTF-8. */
    public byte[] write(T value) {
        try {
            ObjectNode json = mapper.createObjectNode();
            if (version > 0) {
                json.put(versionMember, version);
            }
            json.setAll(mapper.<ObjectNode>valueToTree(value));
            // The same line ends on every system.
            DefaultIndenter lines = new DefaultIndenter("  ", "\n");
            ObjectWriter writer =
                    isIndented ? mapper.writer(new DefaultPrettyPrinter().withObjectIndenter(lines)) : mapper.writer();
            // Not as bytes, in which Jackson escapes what is beyond 16 bits.
            return writer.writeValueAsString(json).getBytes(UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The value that {@link #write} wrote.
     *
     * @param subject where the content is stored, for the message
     * @throws KeywharfException with the format's code when the content is anything else; the message names the member by its
     *     path, such as {@code files[2].rows}, and quotes no value
     */
    public T read(String subject, byte[] content) {
        ObjectNode object = object(subject, content);
        if (version > 0) {
            JsonNode found = object.path(versionMember);
            if (!found.isInt() || found.intValue() != version) {
                String other = found.isNumber() ? found.asText() : "?";
                throw unreadable(subject, "is of version " + other + ", and this library reads " + version, null);
            }
            object.remove(versionMember);
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

    /** The exception for content that is not in this format. */
    public KeywharfException unreadable(String subject, String problem, @Nullable Throwable cause) {
        return new KeywharfException(code, subject, "The " + noun + " " + problem + "; " + remedy, cause);
    }

    private static String problem(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            String name = step.getFieldName();
            path.append(name == null ? "[" + step.getIndex() + "]" : path.isEmpty() ? name : "." + name);
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
            return member + " is refused: " + refused.getMessage();
        }
        Class<?> wanted = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        return member + " is not " + (wanted == null ? "valid" : "a valid " + wanted.getSimpleName());
    }

    /** The exception of a record or a conversion. Jackson's own ones quote values, which may be secrets. */
    private static @Nullable Throwable ours(JsonMappingException e) {
        Throwable cause = e.getCause();
        while (cause instanceof JsonProcessingException) {
            cause = cause.getCause();
        }
        return cause;
    }

    @Override
    public String toString() {
        return "StoredJson[" + noun + (version > 0 ? ", version " + version : "") + "]";
    }

    /** Lets some components have no member, or null. */
    private static final class Absence extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonSetter.Value findSetterInfo(Annotated member) {
            Nulls nulls = isNullable(member) || isOptional(member)
                    ? Nulls.SET
                    : isIncluded(member, JsonInclude.Include.NON_EMPTY) ? Nulls.AS_EMPTY : Nulls.FAIL;
            return JsonSetter.Value.construct(nulls, Nulls.FAIL);
        }

        @Override
        public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
            return isNullable(member) ? Boolean.TRUE : super.hasRequiredMarker(member);
        }

        private static boolean isOptional(Annotated member) {
            return member.getRawType() == Optional.class;
        }

        /** Whether its member is always there, and may be null. */
        private boolean isNullable(Annotated member) {
            if (isOptional(member)) {
                return isIncluded(member, JsonInclude.Include.ALWAYS);
            }
            return member instanceof AnnotatedParameter parameter
                    && parameter.getOwner().getAnnotated() instanceof Constructor<?> constructor
                    && constructor.getAnnotatedParameterTypes()[parameter.getIndex()].isAnnotationPresent(
                            Nullable.class);
        }

        private boolean isIncluded(Annotated member, JsonInclude.Include wanted) {
            JsonInclude include = _findAnnotation(member, JsonInclude.class);
            return include != null && include.value() == wanted;
        }
    }

    private record Conversion<A, B>(Class<A> from, Class<B> to, Function<? super A, B> function)
            implements Converter<A, B> {
        @Override
        public B convert(A value) {
            return function.apply(value);
        }

        @Override
        public JavaType getInputType(TypeFactory types) {
            return types.constructType(from);
        }

        @Override
        public JavaType getOutputType(TypeFactory types) {
            return types.constructType(to);
        }
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // Jackson hands over the raw class.
    private static final class OptionalWriter extends JsonSerializer<Optional> {
        @Override
        public void serialize(Optional value, JsonGenerator json, SerializerProvider serializers) throws IOException {
            serializers.defaultSerializeValue(value.orElse(null), json);
        }

        @Override
        public boolean isEmpty(SerializerProvider serializers, Optional value) {
            return value.isEmpty();
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class OptionalReader extends JsonDeserializer<Optional> implements ContextualDeserializer {
        private final @Nullable JavaType content;
        private final boolean isNullable;

        OptionalReader(@Nullable JavaType content, boolean isNullable) {
            this.content = content;
            this.isNullable = isNullable;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
            return new OptionalReader(
                    context.getContextualType().containedTypeOrUnknown(0), property != null && property.isRequired());
        }

        @Override
        public Optional deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return Optional.of(context.readValue(json, content));
        }

        @Override
        public Optional getAbsentValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public @Nullable Optional getNullValue(DeserializationContext context) throws JsonMappingException {
            return isNullable ? Optional.empty() : context.reportInputMismatch(this, "null");
        }
    }
}
