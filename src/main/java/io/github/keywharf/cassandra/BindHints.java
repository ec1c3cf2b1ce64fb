package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.protocol.internal.ProtocolConstants;

/** Says which Java classes a CQL type takes. */
final class BindHints {
    private BindHints() {}

    static String wanted(DataType type) {
        return switch (type.getProtocolCode()) {
            case ProtocolConstants.DataType.VARCHAR, ProtocolConstants.DataType.ASCII -> "a String";
            case ProtocolConstants.DataType.BOOLEAN -> "a Boolean";
            case ProtocolConstants.DataType.TINYINT,
                    ProtocolConstants.DataType.SMALLINT,
                    ProtocolConstants.DataType.INT,
                    ProtocolConstants.DataType.BIGINT,
                    ProtocolConstants.DataType.COUNTER,
                    ProtocolConstants.DataType.VARINT -> "a whole number";
            case ProtocolConstants.DataType.DECIMAL -> "a BigDecimal or a whole number";
            case ProtocolConstants.DataType.FLOAT, ProtocolConstants.DataType.DOUBLE -> "a Double or a Float";
            case ProtocolConstants.DataType.UUID, ProtocolConstants.DataType.TIMEUUID -> "a UUID";
            case ProtocolConstants.DataType.DATE -> "a LocalDate";
            case ProtocolConstants.DataType.TIME -> "a LocalTime";
            case ProtocolConstants.DataType.TIMESTAMP -> "an Instant";
            case ProtocolConstants.DataType.BLOB -> "a byte[] or a ByteBuffer";
            case ProtocolConstants.DataType.INET -> "an InetAddress or its text";
            case ProtocolConstants.DataType.DURATION -> "a CqlDuration, its text, a Duration or a Period";
            case ProtocolConstants.DataType.LIST, ProtocolConstants.DataType.SET -> "a Collection";
            case ProtocolConstants.DataType.MAP -> "a Map";
            case ProtocolConstants.DataType.UDT -> "a record, a Map by field name or a UdtValue";
            case ProtocolConstants.DataType.TUPLE -> "a List, a record or a TupleValue";
            default -> "a value of a class that a codec of the driver takes";
        };
    }
}
