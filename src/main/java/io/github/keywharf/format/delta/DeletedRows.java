package io.github.keywharf.format.delta;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * Positions of deleted rows: a set of 64-bit numbers in the portable form of Roaring bitmaps (github.com/RoaringBitmap/
 * RoaringFormatSpec), as the Delta protocol wraps it. Memory is about that of the serialised form.
 */
final class DeletedRows {

    /** The most bytes that a vector may have; enough for every second row of a billion. */
    static final int MAX_BYTES = 128 * 1024 * 1024;

    private static final int MAGIC = 1681511377;
    private static final int COOKIE_WITH_RUNS = 12347;
    private static final int COOKIE = 12346;
    private static final int OFFSETS_FROM = 4;
    private static final int MAX_ARRAY = 4096;
    private static final int BITMAP_WORDS = 1024;
    private static final int UUID_CHARACTERS = 20;
    private static final byte FILE_VERSION = 1;
    private static final String Z85 =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    /** 65,536 positions: bits, or sorted pairs of the first and last of consecutive ones. */
    private sealed interface Container {
        boolean contains(int low);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Bits(long[] words) implements Container {
        @Override
        public boolean contains(int low) {
            return (words[low >>> 6] & 1L << low) != 0;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Values(char[] sorted) implements Container {
        @Override
        public boolean contains(int low) {
            return Arrays.binarySearch(sorted, (char) low) >= 0;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Runs(char[] starts, char[] lasts) implements Container {
        @Override
        public boolean contains(int low) {
            int found = Arrays.binarySearch(starts, (char) low);
            int run = found >= 0 ? found : -found - 2;
            return run >= 0 && low <= lasts[run];
        }
    }

    private final Map<Long, Container> containers = new HashMap<>();
    private long count;

    private DeletedRows() {}

    /** Whether the row at a position of the file, from 0 on, is deleted. */
    boolean contains(long position) {
        Container container = containers.get(position >>> 16);
        return container != null && container.contains((int) position & 0xFFFF);
    }

    /** Reads a vector of a file of a table. */
    static DeletedRows read(DeltaLog log, DeltaFile file, DeletionVector vector) {
        String subject = log.name() + "/" + file.key();
        if (vector.sizeInBytes() < 0 || vector.sizeInBytes() > MAX_BYTES) {
            throw DeltaErrors.tooLarge(
                    subject,
                    "its deletion vector has " + vector.sizeInBytes() + " bytes, but at most " + MAX_BYTES
                            + " are read; rewrite the file, as OPTIMIZE does");
        }
        byte[] bytes = bytes(log, vector, subject);
        try {
            DeletedRows rows = parse(ByteBuffer.wrap(bytes));
            if (rows.count != vector.cardinality()) {
                throw new IllegalArgumentException(
                        "it has " + rows.count + " rows, but should have " + vector.cardinality());
            }
            return rows;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw DeltaErrors.corrupt(subject, "its deletion vector cannot be read: " + e.getMessage(), e);
        }
    }

    /** The serialised set of a vector. */
    static byte[] bytes(DeltaLog log, DeletionVector vector, String subject) {
        try {
            Optional<String> key = key(log, vector, subject);
            return key.isPresent() ? stored(log, key.get(), vector, subject) : inline(vector);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw DeltaErrors.corrupt(subject, "its deletion vector cannot be read: " + e.getMessage(), e);
        }
    }

    /** The object that holds a vector, in the table; empty when the log itself does. */
    static Optional<String> key(DeltaLog log, DeletionVector vector, String subject) {
        return switch (vector.storageType()) {
            case "i" -> Optional.empty();
            case "u" -> Optional.of(relative(vector.pathOrInlineDv()));
            case "p" -> Optional.of(log.paths.key(vector.pathOrInlineDv()));
            default ->
                throw DeltaErrors.unsupported(
                        subject, "its deletion vector is stored by '" + vector.storageType() + "'");
        };
    }

    /** Its characters stand for whole words; what is beyond its size is nothing. */
    private static byte[] inline(DeletionVector vector) {
        byte[] padded = decode(vector.pathOrInlineDv());
        if (padded.length < vector.sizeInBytes()) {
            throw new IllegalArgumentException("it is shorter than its size");
        }
        return Arrays.copyOf(padded, vector.sizeInBytes());
    }

    private static String relative(String text) {
        int split = text.length() - UUID_CHARACTERS;
        ByteBuffer id = ByteBuffer.wrap(decode(text.substring(split)));
        String name = "deletion_vector_" + new UUID(id.getLong(), id.getLong()) + ".bin";
        return split == 0 ? name : text.substring(0, split) + "/" + name;
    }

    private static byte[] stored(DeltaLog log, String key, DeletionVector vector, String subject) {
        try (ObjectReader object = log.store.open(key)) {
            long offset = vector.offset().orElse(1);
            // The size as a number of 32 bits, the bytes, and their checksum.
            byte[] framed = new byte[vector.sizeInBytes() + 2 * Integer.BYTES];
            if (offset < 1 || framed.length > object.object().size() - offset) {
                throw new IllegalArgumentException("it lies outside of the file " + key);
            }
            byte[] version = new byte[1];
            object.readFully(0, version, 0, 1);
            if (version[0] != FILE_VERSION) {
                throw DeltaErrors.unsupported(
                        subject, "the deletion vectors of " + key + " have version " + version[0]);
            }
            object.readFully(offset, framed, 0, framed.length);
            ByteBuffer buffer = ByteBuffer.wrap(framed);
            if (buffer.getInt() != vector.sizeInBytes()) {
                throw new IllegalArgumentException("its size differs from that in the log");
            }
            CRC32 checksum = new CRC32();
            checksum.update(framed, Integer.BYTES, vector.sizeInBytes());
            if (buffer.getInt(Integer.BYTES + vector.sizeInBytes()) != (int) checksum.getValue()) {
                throw new IllegalArgumentException("its checksum is another");
            }
            return Arrays.copyOfRange(framed, Integer.BYTES, framed.length - Integer.BYTES);
        } catch (KeywharfException e) {
            if (DeltaErrors.isNotFound(e)) {
                throw DeltaErrors.corrupt(subject, "its deletion vector " + key + " is missing", e);
            }
            throw e;
        }
    }

    private static DeletedRows parse(ByteBuffer buffer) {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt() != MAGIC) {
            throw new IllegalArgumentException("it is not a Roaring bitmap of 64 bits");
        }
        DeletedRows rows = new DeletedRows();
        long bitmaps = buffer.getLong();
        if (bitmaps < 0 || bitmaps > buffer.remaining()) {
            throw new IllegalArgumentException("it claims " + bitmaps + " bitmaps");
        }
        for (long i = 0; i < bitmaps; i++) {
            long high = Integer.toUnsignedLong(buffer.getInt());
            rows.bitmap(buffer, high << 16);
        }
        return rows;
    }

    private void bitmap(ByteBuffer buffer, long high) {
        int cookie = buffer.getInt();
        boolean hasRuns = (cookie & 0xFFFF) == COOKIE_WITH_RUNS;
        if (!hasRuns && cookie != COOKIE) {
            throw new IllegalArgumentException("a bitmap begins with " + cookie);
        }
        int size = hasRuns ? (cookie >>> 16) + 1 : buffer.getInt();
        if (size < 0 || size > 1 << 16) {
            throw new IllegalArgumentException("a bitmap claims " + size + " containers");
        }
        byte[] runs = new byte[hasRuns ? (size + 7) / 8 : 0];
        buffer.get(runs);
        char[] keys = new char[size];
        int[] cardinalities = new int[size];
        for (int i = 0; i < size; i++) {
            keys[i] = buffer.getChar();
            cardinalities[i] = buffer.getChar() + 1;
        }
        if (!hasRuns || size >= OFFSETS_FROM) {
            buffer.position(buffer.position() + size * Integer.BYTES);
        }
        for (int i = 0; i < size; i++) {
            boolean isRun = hasRuns && (runs[i / 8] & 1 << i % 8) != 0;
            Container container = isRun ? runs(buffer) : container(buffer, cardinalities[i]);
            if (containers.put(high | keys[i], container) != null) {
                throw new IllegalArgumentException("it has two containers of one key");
            }
            count += cardinalities[i];
        }
    }

    private static Container runs(ByteBuffer buffer) {
        int size = buffer.getChar();
        char[] starts = new char[size];
        char[] lasts = new char[size];
        for (int i = 0; i < size; i++) {
            starts[i] = buffer.getChar();
            int last = starts[i] + buffer.getChar();
            if (last > 0xFFFF || (i > 0 && starts[i] <= lasts[i - 1])) {
                throw new IllegalArgumentException("its runs overlap");
            }
            lasts[i] = (char) last;
        }
        return new Runs(starts, lasts);
    }

    private static Container container(ByteBuffer buffer, int cardinality) {
        if (cardinality > MAX_ARRAY) {
            long[] words = new long[BITMAP_WORDS];
            for (int i = 0; i < words.length; i++) {
                words[i] = buffer.getLong();
            }
            return new Bits(words);
        }
        char[] sorted = new char[cardinality];
        for (int i = 0; i < cardinality; i++) {
            sorted[i] = buffer.getChar();
        }
        return new Values(sorted);
    }

    /** Decodes ZeroMQ's Base85 (rfc.zeromq.org/spec/32): five characters are four bytes. */
    static byte[] decode(String text) {
        if (text.length() % 5 != 0) {
            throw new IllegalArgumentException("its Base85 has " + text.length() + " characters");
        }
        ByteBuffer decoded = ByteBuffer.allocate(text.length() / 5 * 4);
        byte[] characters = text.getBytes(StandardCharsets.UTF_8);
        if (characters.length != text.length()) {
            throw new IllegalArgumentException("it is not Base85");
        }
        for (int i = 0; i < characters.length; i += 5) {
            long number = 0;
            for (int j = i; j < i + 5; j++) {
                int digit = Z85.indexOf(characters[j]);
                if (digit < 0) {
                    throw new IllegalArgumentException("it is not Base85");
                }
                number = number * 85 + digit;
            }
            if (number > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("it is not Base85");
            }
            decoded.putInt((int) number);
        }
        return decoded.array();
    }

    /** Encodes by the same, with zeros up to a whole word. */
    static String encode(byte[] bytes) {
        ByteBuffer words = ByteBuffer.wrap(Arrays.copyOf(bytes, (bytes.length + 3) / 4 * 4));
        StringBuilder text = new StringBuilder(words.capacity() / 4 * 5);
        while (words.hasRemaining()) {
            long number = Integer.toUnsignedLong(words.getInt());
            for (long divisor = 85L * 85 * 85 * 85; divisor > 0; divisor /= 85) {
                text.append(Z85.charAt((int) (number / divisor % 85)));
            }
        }
        return text.toString();
    }
}
