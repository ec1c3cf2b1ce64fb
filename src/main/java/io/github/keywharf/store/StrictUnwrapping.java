package io.github.keywharf.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.util.NameTransformer;
import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/** Refuses unknown members of records that have {@code @JsonUnwrapped} components, which Jackson ignores. */
final class StrictUnwrapping extends BeanDeserializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonDeserializer<?> modifyDeserializer(
            DeserializationConfig config, BeanDescription record, JsonDeserializer<?> reader) {
        Set<String> known = new HashSet<>();
        return addNames(config, record, known) ? new Reader(reader, known) : reader;
    }

    /** Adds the names of a record's members; returns true if the record unwraps a component. */
    private static boolean addNames(DeserializationConfig config, BeanDescription record, Set<String> names) {
        boolean unwraps = false;
        AnnotationIntrospector annotations = config.getAnnotationIntrospector();
        for (BeanPropertyDefinition property : record.findProperties()) {
            if (annotations.findUnwrappingNameTransformer(property.getPrimaryMember()) == null) {
                names.add(property.getName());
            } else {
                addNames(config, config.introspect(property.getPrimaryType()), names);
                unwraps = true;
            }
        }
        return unwraps;
    }

    private static final class Reader extends DelegatingDeserializer {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // Jackson's readers are Serializable by type; none is ever serialized
        private final Set<String> known;

        Reader(JsonDeserializer<?> reader, Set<String> known) {
            super(reader);
            this.known = known;
        }

        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> reader) {
            return new Reader(reader, known);
        }

        /** A record that is itself unwrapped sees the members of the one that holds it, which checks them. */
        @Override
        @SuppressWarnings("unchecked")
        public JsonDeserializer<Object> unwrappingDeserializer(NameTransformer unwrapper) {
            return (JsonDeserializer<Object>) getDelegatee().unwrappingDeserializer(unwrapper);
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            JsonNode tree = context.readTree(json);
            for (Iterator<String> names = tree.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!known.contains(name)) {
                    throw UnrecognizedPropertyException.from(json, handledType(), name, null);
                }
            }
            JsonParser again = tree.traverse(json.getCodec());
            again.nextToken();
            return super.deserialize(again, context);
        }
    }
}
