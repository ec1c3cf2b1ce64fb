package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.ColumnDefinition;
import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.ListType;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.SetType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.driver.api.core.type.VectorType;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Which column type a CQL type is read as. */
final class CqlTypes {

    /** What a CQL decimal, whose scale is the value's own, is read as unless the reader says otherwise. */
    static final ColumnType DECIMAL = ColumnType.decimal(38, 18);

    /** What a CQL varint is read as unless the reader says otherwise. */
    static final ColumnType VARINT = ColumnType.decimal(38, 0);

    private CqlTypes() {}

    /** The schema of a result; every column may be null. */
    static Schema schema(ColumnDefinitions definitions) {
        return schema(definitions, Map.of());
    }

    /**
     * The schema of a result; every column may be null.
     *
     * @param chosen the types that the reader asked for, by column
     * @throws IllegalArgumentException when there is no such column, or it cannot be read so
     */
    static Schema schema(ColumnDefinitions definitions, Map<String, ColumnType> chosen) {
        List<Column> columns = new ArrayList<>(definitions.size());
        for (ColumnDefinition definition : definitions) {
            String name = definition.getName().asInternal();
            ColumnType type = chosen.get(name);
            if (type != null && !ReadableTypes.isReadable(definition.getType(), type)) {
                throw new IllegalArgumentException("The column '" + name + "' (" + Binding.cql(definition.getType())
                        + ") cannot be read as " + type);
            }
            columns.add(Column.nullable(name, type == null ? columnType(definition.getType()) : type));
        }
        Schema schema = Schema.of(columns);
        for (String name : chosen.keySet()) {
            if (!schema.names().contains(name)) {
                throw new IllegalArgumentException(
                        "There is no column '" + name + "' to read as another type among " + schema.names());
            }
        }
        return schema;
    }

    /** Whether values of the type are numbers. */
    static boolean isNumber(int code) {
        return switch (code) {
            case ProtocolConstants.DataType.TINYINT,
                    ProtocolConstants.DataType.SMALLINT,
                    ProtocolConstants.DataType.INT,
                    ProtocolConstants.DataType.BIGINT,
                    ProtocolConstants.DataType.COUNTER,
                    ProtocolConstants.DataType.VARINT,
                    ProtocolConstants.DataType.DECIMAL,
                    ProtocolConstants.DataType.FLOAT,
                    ProtocolConstants.DataType.DOUBLE -> true;
            default -> false;
        };
    }

    /** The type that values of a CQL type are read as. */
    static ColumnType columnType(DataType type) {
        return switch (type.getProtocolCode()) {
            case ProtocolConstants.DataType.BOOLEAN -> ColumnType.BOOLEAN;
            case ProtocolConstants.DataType.TINYINT,
                    ProtocolConstants.DataType.SMALLINT,
                    ProtocolConstants.DataType.INT -> ColumnType.INT32;
            case ProtocolConstants.DataType.BIGINT, ProtocolConstants.DataType.COUNTER -> ColumnType.INT64;
            case ProtocolConstants.DataType.FLOAT -> ColumnType.FLOAT32;
            case ProtocolConstants.DataType.DOUBLE -> ColumnType.FLOAT64;
            case ProtocolConstants.DataType.VARINT -> VARINT;
            case ProtocolConstants.DataType.DECIMAL -> DECIMAL;
            case ProtocolConstants.DataType.ASCII,
                    ProtocolConstants.DataType.VARCHAR,
                    ProtocolConstants.DataType.INET,
                    ProtocolConstants.DataType.DURATION -> ColumnType.STRING;
            case ProtocolConstants.DataType.UUID, ProtocolConstants.DataType.TIMEUUID -> ColumnType.UUID;
            case ProtocolConstants.DataType.DATE -> ColumnType.DATE;
            case ProtocolConstants.DataType.TIME -> ColumnType.TIME;
            case ProtocolConstants.DataType.TIMESTAMP -> ColumnType.TIMESTAMP_UTC;
            case ProtocolConstants.DataType.LIST -> ColumnType.list(columnType(((ListType) type).getElementType()));
            case ProtocolConstants.DataType.SET -> ColumnType.list(columnType(((SetType) type).getElementType()));
            case ProtocolConstants.DataType.MAP ->
                ColumnType.map(columnType(((MapType) type).getKeyType()), columnType(((MapType) type).getValueType()));
            case ProtocolConstants.DataType.UDT -> struct((UserDefinedType) type);
            // The fields of a tuple have no names.
            case ProtocolConstants.DataType.TUPLE -> struct(((TupleType) type).getComponentTypes(), i -> "f" + (i + 1));
            default ->
                type instanceof VectorType vector
                        ? ColumnType.list(columnType(vector.getElementType()))
                        : ColumnType.BYTES;
        };
    }

    /**
     * The type of a new column for values of a type.
     *
     * @throws IllegalArgumentException when there is none
     */
    static DataType dataType(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> DataTypes.BOOLEAN;
            case INT32 -> DataTypes.INT;
            case INT64 -> DataTypes.BIGINT;
            case FLOAT32 -> DataTypes.FLOAT;
            case FLOAT64 -> DataTypes.DOUBLE;
            case DECIMAL -> DataTypes.DECIMAL;
            case STRING, JSON -> DataTypes.TEXT;
            case BYTES -> DataTypes.BLOB;
            case UUID -> DataTypes.UUID;
            case DATE -> DataTypes.DATE;
            case TIME -> DataTypes.TIME;
            case TIMESTAMP_UTC -> DataTypes.TIMESTAMP;
            case LIST -> DataTypes.listOf(dataType(type.children().get(0).type()), true);
            case MAP ->
                DataTypes.mapOf(
                        dataType(type.children().get(0).type()),
                        dataType(type.children().get(1).type()),
                        true);
            case TIMESTAMP, STRUCT ->
                throw new IllegalArgumentException("Cassandra has no column of type " + type
                        + "; convert it: a timestamp into one in UTC, a struct into JSON");
        };
    }

    private static ColumnType struct(UserDefinedType type) {
        return struct(type.getFieldTypes(), i -> type.getFieldNames().get(i).asInternal());
    }

    private static ColumnType struct(List<DataType> types, IntFunction<String> name) {
        return ColumnType.struct(IntStream.range(0, types.size())
                .mapToObj(i -> Column.nullable(name.apply(i), columnType(types.get(i))))
                .toList());
    }
}
