package io.github.keywharf.format;

import java.io.IOException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Decodes the values of a page, some at a time. */
interface ValueDecoder {

    /** Decodes the next {@code count} values to the front of the target. */
    void decode(DecodedValues target, int count);

    /** Whether values of that type are strings of bytes. */
    static boolean isBinary(ColumnDescriptor leaf) {
        return switch (leaf.getPrimitiveType().getPrimitiveTypeName()) {
            case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> true;
            default -> false;
        };
    }

    /** How many bytes each string of bytes has, or -1 where each says so itself. */
    static int fixedLength(ColumnDescriptor leaf) {
        return switch (leaf.getPrimitiveType().getPrimitiveTypeName()) {
            case INT96 -> 12;
            case FIXED_LEN_BYTE_ARRAY -> leaf.getPrimitiveType().getTypeLength();
            default -> -1;
        };
    }

    /** The fewest bytes that a plain value takes; 0 for booleans, of which a byte holds eight. */
    static int leastBytes(ColumnDescriptor leaf) {
        return switch (leaf.getPrimitiveType().getPrimitiveTypeName()) {
            case BOOLEAN -> 0;
            case INT32, FLOAT, BINARY -> Integer.BYTES;
            case INT64, DOUBLE -> Long.BYTES;
            case INT96, FIXED_LEN_BYTE_ARRAY -> Math.max(fixedLength(leaf), 1);
        };
    }

    static ValueDecoder plain(ColumnDescriptor leaf, byte[] bytes, int from, int to) {
        PrimitiveTypeName physical = leaf.getPrimitiveType().getPrimitiveTypeName();
        return switch (physical) {
            case BOOLEAN -> new PlainDecoders.Bits(bytes, from, to);
            case INT32, FLOAT -> new PlainDecoders.Ints(bytes, from, to);
            case INT64, DOUBLE -> new PlainDecoders.Longs(bytes, from, to);
            default -> new PlainDecoders.Strings(bytes, from, to, fixedLength(leaf));
        };
    }

    /** Values that stand in a dictionary; the page holds their numbers. */
    static ValueDecoder dictionary(DecodedValues dictionary, boolean binary, RunDecoder ids) {
        return (target, count) -> {
            int[] chosen = target.ints(count + 1);
            ids.read(chosen, count);
            if (binary) {
                target.refer(dictionary, chosen, count);
            } else {
                target.clear(count, false);
                for (int i = 0; i < count; i++) {
                    target.longs[i] = dictionary.longs[chosen[i]];
                }
            }
        };
    }

    /**
     * Values in any other encoding.
     *
     * @param count how many entries the page has, nulls included
     */
    static ValueDecoder other(ColumnDescriptor leaf, Encoding encoding, byte[] bytes, int from, int to, int count)
            throws IOException {
        PrimitiveTypeName physical = leaf.getPrimitiveType().getPrimitiveTypeName();
        boolean isInt = physical == PrimitiveTypeName.INT32;
        if (encoding == Encoding.RLE && physical == PrimitiveTypeName.BOOLEAN) {
            return booleans(bytes, from, to);
        }
        if (encoding == Encoding.DELTA_BINARY_PACKED && (isInt || physical == PrimitiveTypeName.INT64)) {
            return new DeltaDecoders.Numbers(new DeltaNumbers(bytes, from, to, count), isInt);
        }
        if (encoding == Encoding.DELTA_LENGTH_BYTE_ARRAY && physical == PrimitiveTypeName.BINARY) {
            return new DeltaDecoders.Strings(bytes, from, to, count);
        }
        if (encoding == Encoding.DELTA_BYTE_ARRAY && isBinary(leaf)) {
            return new DeltaDecoders.Prefixed(bytes, from, to, count, fixedLength(leaf));
        }
        if (encoding == Encoding.BYTE_STREAM_SPLIT
                && physical != PrimitiveTypeName.BOOLEAN
                && physical != PrimitiveTypeName.BINARY) {
            return new PlainDecoders.Split(
                    bytes, from, to, isBinary(leaf) ? fixedLength(leaf) : leastBytes(leaf), isBinary(leaf));
        }
        throw new IOException("a page of " + physical + " is encoded as " + encoding + ", which is not supported");
    }

    private static ValueDecoder booleans(byte[] bytes, int from, int to) throws IOException {
        int size = to - from < Integer.BYTES ? -1 : LittleEndian.intAt(bytes, from);
        int start = from + Integer.BYTES;
        if (size < 0 || size > to - start) {
            throw new IOException("a page's values claim " + size + " bytes");
        }
        RunDecoder runs = new RunDecoder(bytes, start, start + size, 1);
        return (target, count) -> {
            target.clear(count, false);
            int[] chosen = target.ints(count);
            runs.read(chosen, count);
            for (int i = 0; i < count; i++) {
                target.longs[i] = chosen[i];
            }
        };
    }
}
