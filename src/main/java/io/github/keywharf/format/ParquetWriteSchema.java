package io.github.keywharf.format;

import static org.apache.parquet.schema.LogicalTypeAnnotation.dateType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.decimalType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.jsonType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timeType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.uuidType;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.math.BigInteger;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** Our schema as Parquet's. */
final class ParquetWriteSchema {

    private static final int UUID_BYTES = 16;
    private static final int MAX_INT32_PRECISION = 9;

    private ParquetWriteSchema() {}

    static MessageType of(Schema schema) {
        return new MessageType(
                "schema",
                schema.columns().stream().map(ParquetWriteSchema::field).toList());
    }

    /** How many bytes a number of that many digits takes in two's complement. */
    static int decimalBytes(int precision) {
        return BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).bitLength() / 8 + 1;
    }

    private static Type field(Column column) {
        Repetition repetition = column.nullable() ? Repetition.OPTIONAL : Repetition.REQUIRED;
        ColumnType type = column.type();
        List<Column> children = type.children();
        return switch (type.kind()) {
            case LIST ->
                Types.list(repetition)
                        .element(field(children.get(0).withName("element")))
                        .named(column.name());
            case MAP ->
                Types.map(repetition)
                        .key(field(Column.required("key", children.get(0).type())))
                        .value(field(children.get(1).withName("value")))
                        .named(column.name());
            case STRUCT ->
                Types.buildGroup(repetition)
                        .addFields(
                                children.stream().map(ParquetWriteSchema::field).toArray(Type[]::new))
                        .named(column.name());
            default -> scalar(type, repetition).named(column.name());
        };
    }

    private static Types.PrimitiveBuilder<? extends Type> scalar(ColumnType type, Repetition repetition) {
        return switch (type.kind()) {
            case BOOLEAN -> Types.primitive(PrimitiveTypeName.BOOLEAN, repetition);
            case INT32 -> Types.primitive(PrimitiveTypeName.INT32, repetition);
            case INT64 -> Types.primitive(PrimitiveTypeName.INT64, repetition);
            case FLOAT32 -> Types.primitive(PrimitiveTypeName.FLOAT, repetition);
            case FLOAT64 -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition);
            case DECIMAL -> decimal(type, repetition);
            case STRING -> Types.primitive(PrimitiveTypeName.BINARY, repetition).as(stringType());
            case JSON -> Types.primitive(PrimitiveTypeName.BINARY, repetition).as(jsonType());
            case BYTES -> Types.primitive(PrimitiveTypeName.BINARY, repetition);
            case UUID ->
                Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
                        .length(UUID_BYTES)
                        .as(uuidType());
            case DATE -> Types.primitive(PrimitiveTypeName.INT32, repetition).as(dateType());
            case TIME -> Types.primitive(PrimitiveTypeName.INT64, repetition).as(timeType(false, TimeUnit.MICROS));
            case TIMESTAMP ->
                Types.primitive(PrimitiveTypeName.INT64, repetition).as(timestampType(false, TimeUnit.MICROS));
            case TIMESTAMP_UTC ->
                Types.primitive(PrimitiveTypeName.INT64, repetition).as(timestampType(true, TimeUnit.MICROS));
            case LIST, MAP, STRUCT -> throw new IllegalStateException(type + " is not a scalar");
        };
    }

    private static Types.PrimitiveBuilder<? extends Type> decimal(ColumnType type, Repetition repetition) {
        Types.PrimitiveBuilder<? extends Type> builder;
        if (type.precision() <= MAX_INT32_PRECISION) {
            builder = Types.primitive(PrimitiveTypeName.INT32, repetition);
        } else if (type.isLongDecimal()) {
            builder = Types.primitive(PrimitiveTypeName.INT64, repetition);
        } else {
            builder = Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
                    .length(decimalBytes(type.precision()));
        }
        return builder.as(decimalType(type.scale(), type.precision()));
    }
}
