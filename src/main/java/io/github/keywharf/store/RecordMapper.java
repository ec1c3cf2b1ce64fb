package io.github.keywharf.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.Converter;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Jackson's mapper of records, with the rules of {@link StoredJson}. */
final class RecordMapper {
    /** Limit to nesting; none of the library's formats has more than ten levels. */
    private static final int MAX_NESTING = 32;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
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
                    .addDeserializer(Optional.class, new OptionalReader(null, Nulls.FAIL)))
            .addModule(new SimpleModule().setDeserializerModifier(new StrictUnwrapping()))
            .addModule(conversion(Instant.class, String.class, Instant::toString, iso(Instant::parse)))
            .addModule(conversion(Duration.class, String.class, Duration::toString, iso(Duration::parse)))
            .addModule(
                    conversion(LocalDateTime.class, String.class, LocalDateTime::toString, iso(LocalDateTime::parse)))
            .build();

    private RecordMapper() {}

    private static <T> Function<String, T> iso(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (DateTimeException e) {
                // Its message quotes the text, which may be secret.
                throw new IllegalArgumentException("it is not a time of ISO 8601");
            }
        };
    }

    /** Returns a module that stores values of a class as another type. */
    static <V, S> SimpleModule conversion(
            Class<V> value, Class<S> stored, Function<? super V, S> write, Function<? super S, V> read) {
        return new SimpleModule()
                .addSerializer(value, new StdDelegatingSerializer(value, new Conversion<>(value, stored, write)))
                .addDeserializer(value, new StdDelegatingDeserializer<>(new Conversion<>(stored, value, read)));
    }

    /** Rules for components that may have no member, or null. */
    private static final class Absence extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonSetter.Value findSetterInfo(Annotated member) {
            return JsonSetter.Value.construct(nulls(member), Nulls.FAIL);
        }

        private Nulls nulls(Annotated member) {
            if (isNullable(member) || isOptional(member)) {
                return Nulls.SET;
            }
            return isIncluded(member, JsonInclude.Include.NON_EMPTY) ? Nulls.AS_EMPTY : Nulls.FAIL;
        }

        @Override
        public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
            return isNullable(member) ? Boolean.TRUE : super.hasRequiredMarker(member);
        }

        private static boolean isOptional(Annotated member) {
            return member.getRawType() == Optional.class;
        }

        /** Returns true if the member must exist, and may be null. */
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
        private final Nulls nulls;

        OptionalReader(@Nullable JavaType content, Nulls nulls) {
            this.content = content;
            this.nulls = nulls;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
            JavaType type = context.getContextualType().containedTypeOrUnknown(0);
            return new OptionalReader(type, property != null && property.isRequired() ? Nulls.SET : Nulls.FAIL);
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
        public Optional getNullValue(DeserializationContext context) throws JsonMappingException {
            return nulls == Nulls.SET ? Optional.empty() : context.reportInputMismatch(this, "null");
        }
    }
}
