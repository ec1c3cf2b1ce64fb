package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.type.ContainerType;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnType.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Which column types a CQL type can be read as, besides its usual one. */
final class ReadableTypes {
    private static final Set<Kind> NESTED = EnumSet.of(Kind.LIST, Kind.MAP, Kind.STRUCT);

    private ReadableTypes() {}

    static boolean isReadable(DataType type, ColumnType wanted) {
        ColumnType usual = CqlTypes.columnType(type);
        if (NESTED.contains(usual.kind()) || NESTED.contains(wanted.kind())) {
            return usual.kind() == wanted.kind() && areReadable(parts(type), wanted);
        }
        return wanted.kind() == usual.kind()
                || wanted.kind() == Kind.STRING
                || further(type).contains(wanted.kind());
    }

    private static boolean areReadable(List<DataType> parts, ColumnType wanted) {
        if (parts.size() != wanted.children().size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            if (!isReadable(parts.get(i), wanted.children().get(i).type())) {
                return false;
            }
        }
        return true;
    }

    private static List<DataType> parts(DataType type) {
        if (type instanceof MapType map) {
            return List.of(map.getKeyType(), map.getValueType());
        } else if (type instanceof ContainerType container) {
            return List.of(container.getElementType());
        } else if (type instanceof UserDefinedType udt) {
            return udt.getFieldTypes();
        }
        return ((TupleType) type).getComponentTypes();
    }

    private static Set<Kind> further(DataType type) {
        return switch (type.getProtocolCode()) {
            case ProtocolConstants.DataType.TINYINT,
                    ProtocolConstants.DataType.SMALLINT,
                    ProtocolConstants.DataType.INT,
                    ProtocolConstants.DataType.BIGINT,
                    ProtocolConstants.DataType.COUNTER,
                    ProtocolConstants.DataType.VARINT,
                    ProtocolConstants.DataType.DECIMAL ->
                EnumSet.of(Kind.INT32, Kind.INT64, Kind.DECIMAL, Kind.FLOAT64);
            case ProtocolConstants.DataType.FLOAT -> EnumSet.of(Kind.FLOAT64);
            case ProtocolConstants.DataType.TIME -> EnumSet.of(Kind.INT64);
            case ProtocolConstants.DataType.TIMESTAMP -> EnumSet.of(Kind.INT64, Kind.TIMESTAMP);
            case ProtocolConstants.DataType.VARCHAR -> EnumSet.of(Kind.JSON);
            default -> EnumSet.noneOf(Kind.class);
        };
    }
}
