package io.github.keywharf.format.delta;

import io.github.keywharf.store.ObjectStore;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32;

/** Deletion vectors by hand, as the protocol and the format of Roaring bitmaps describe them. */
@SuppressWarnings("ByteBufferBackingArray") // all of them are allocated here
final class RoaringBytes {

    private static final String Z85 =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    private RoaringBytes() {}

    /** A container: the key, how many values, and its bytes. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Container(int key, int cardinality, boolean isRun, byte[] content) {}

    static Container array(int key, int... values) {
        ByteBuffer content = little(values.length * 2);
        Arrays.stream(values).forEach(value -> content.putShort((short) value));
        return new Container(key, values.length, false, content.array());
    }

    /** All values below a limit that a number divides. */
    static Container bits(int key, int step, int limit) {
        long[] words = new long[1024];
        int count = 0;
        for (int value = 0; value < limit; value += step) {
            words[value >>> 6] |= 1L << value;
            count++;
        }
        ByteBuffer content = little(8192);
        Arrays.stream(words).forEach(content::putLong);
        return new Container(key, count, false, content.array());
    }

    /** Runs of consecutive values: pairs of the first value and how many there are. */
    static Container runs(int key, int... firstsAndLengths) {
        ByteBuffer content = little(2 + firstsAndLengths.length * 2);
        content.putShort((short) (firstsAndLengths.length / 2));
        int count = 0;
        for (int i = 0; i < firstsAndLengths.length; i += 2) {
            content.putShort((short) firstsAndLengths[i]).putShort((short) (firstsAndLengths[i + 1] - 1));
            count += firstsAndLengths[i + 1];
        }
        return new Container(key, count, true, content.array());
    }

    /** One bitmap of 32 bits, which holds the numbers below 2^32, as one of 64. */
    static byte[] bitmap(Container... containers) {
        ByteBuffer bytes = little(1 << 17);
        bytes.putInt(1681511377).putLong(1).putInt(0);
        boolean hasRuns = Arrays.stream(containers).anyMatch(Container::isRun);
        if (hasRuns) {
            bytes.putInt(12347 | ((containers.length - 1) << 16));
            byte[] marks = new byte[(containers.length + 7) / 8];
            for (int i = 0; i < containers.length; i++) {
                marks[i / 8] |= (byte) (containers[i].isRun() ? 1 << i % 8 : 0);
            }
            bytes.put(marks);
        } else {
            bytes.putInt(12346).putInt(containers.length);
        }
        for (Container container : containers) {
            bytes.putShort((short) container.key()).putShort((short) (container.cardinality() - 1));
        }
        if (!hasRuns || containers.length >= 4) {
            // Where each container begins, from the bitmap's own beginning.
            int at = bytes.position() - 16 + containers.length * 4;
            for (Container container : containers) {
                bytes.putInt(at);
                at += container.content().length;
            }
        }
        for (Container container : containers) {
            bytes.put(container.content());
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    static long cardinality(Container... containers) {
        return Arrays.stream(containers).mapToInt(Container::cardinality).sum();
    }

    static String base85(byte[] bytes) {
        byte[] padded = Arrays.copyOf(bytes, (bytes.length + 3) / 4 * 4);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < padded.length; i += 4) {
            long number = Integer.toUnsignedLong(ByteBuffer.wrap(padded, i, 4).getInt());
            char[] digits = new char[5];
            for (int j = 4; j >= 0; j--) {
                digits[j] = Z85.charAt((int) (number % 85));
                number /= 85;
            }
            text.append(digits);
        }
        return text.toString();
    }

    static DeletionVector inline(byte[] bitmap, long cardinality) {
        return new DeletionVector("i", base85(bitmap), OptionalInt.empty(), bitmap.length, cardinality);
    }

    /** A file of the version 1 that has one vector, at the offset 1. */
    static byte[] file(byte[] bitmap) {
        CRC32 checksum = new CRC32();
        checksum.update(bitmap);
        return ByteBuffer.allocate(1 + 4 + bitmap.length + 4)
                .put((byte) 1)
                .putInt(bitmap.length)
                .put(bitmap)
                .putInt((int) checksum.getValue())
                .array();
    }

    /** A vector in a file of the table, in the folder {@code ab}. */
    static DeletionVector stored(ObjectStore table, byte[] bitmap, long cardinality) {
        UUID id = UUID.fromString("d2c639aa-8816-431a-aaf6-d3fe2512ff61");
        table.createIfAbsent("ab/deletion_vector_" + id + ".bin", file(bitmap));
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return new DeletionVector("u", "ab" + base85(bytes), OptionalInt.of(1), bitmap.length, cardinality);
    }

    /** Commits the deletion of rows of a table's first file. */
    static void delete(ObjectStore store, String folder, DeltaSnapshot snapshot, int... positions) {
        Container rows = array(0, positions);
        delete(store.under(folder), snapshot, stored(store.under(folder), bitmap(rows), cardinality(rows)));
    }

    static void delete(ObjectStore table, DeltaSnapshot snapshot, DeletionVector vector) {
        DeltaFile file = snapshot.files().findFirst().orElseThrow();
        Map<String, Object> add = new LinkedHashMap<>(file.toAction(true));
        add.put("deletionVector", vector.toAction());
        Map<String, Object> protocol =
                new DeltaProtocol(3, 7, Set.of("deletionVectors"), Set.of("deletionVectors")).toAction();
        boolean created = table.createIfAbsent(
                LogListing.commit(snapshot.version() + 1),
                DeltaCommit.lines(List.of(
                        Map.of("protocol", protocol),
                        Map.of("add", add),
                        Map.of(
                                "remove",
                                Map.of(
                                        "path",
                                        file.path(),
                                        "deletionTimestamp",
                                        1_000L,
                                        "dataChange",
                                        true,
                                        "extendedFileMetadata",
                                        true,
                                        "partitionValues",
                                        file.partitionValues(),
                                        "size",
                                        file.size())))));
        if (!created) {
            throw new AssertionError("somebody else committed");
        }
    }
}
