package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Damages files at random and reads them, in a process of its own with little memory. */
final class DamagedFiles {

    private static final int[] EXTREMES = {0, 1, 0x7F, 0x80, 0xFE, 0xFF, 0x0F, 0x1F};

    private final Random random;
    private final Map<String, Integer> ends = new TreeMap<>();
    private Duration slowest = Duration.ZERO;

    private DamagedFiles(long seed) {
        random = new Random(seed);
    }

    /** Arguments are a directory of good files, how many to damage, and a seed. Prints how they ended. */
    public static void main(String[] arguments) throws IOException {
        List<byte[]> good;
        List<Path> paths;
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            paths = files.sorted().toList();
        }
        good = new java.util.ArrayList<>();
        for (Path path : paths) {
            good.add(Files.readAllBytes(path));
        }
        int count = Integer.parseInt(arguments[1]);
        DamagedFiles damaged = new DamagedFiles(Long.parseLong(arguments[2]));
        for (int i = 0; i < count; i++) {
            int file = i % good.size();
            byte[] bytes = damaged.damage(good.get(file));
            if (!damaged.read(bytes)) {
                System.out.println("FAILED " + paths.get(file).getFileName() + " number " + i);
            }
        }
        System.out.println("read " + count + " " + damaged.ends + ", slowest " + damaged.slowest.toMillis() + " ms");
    }

    private byte[] damage(byte[] good) {
        byte[] bytes = good.clone();
        int footer = bytes.length - 8 - LittleEndian.intAt(bytes, bytes.length - 8);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            boolean inFooter = random.nextInt(3) == 0;
            int at = inFooter ? footer + random.nextInt(bytes.length - footer) : random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] = (byte) EXTREMES[random.nextInt(EXTREMES.length)];
                case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                // A number of several bytes becomes huge.
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(5)), (byte) 0xFF);
                case 4 ->
                    System.arraycopy(
                            good,
                            random.nextInt(good.length - 16),
                            bytes,
                            Math.min(at, bytes.length - 16),
                            1 + random.nextInt(16));
                default -> bytes = spliced(bytes, at);
            }
        }
        return bytes;
    }

    /** Puts a long number in place of a byte, and keeps the footer where its length says. */
    private byte[] spliced(byte[] bytes, int at) {
        byte[] number = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07};
        byte[] longer = new byte[bytes.length + number.length - 1];
        System.arraycopy(bytes, 0, longer, 0, at);
        System.arraycopy(number, 0, longer, at, number.length);
        System.arraycopy(bytes, at + 1, longer, at + number.length, bytes.length - at - 1);
        int trailer = bytes.length - 8;
        int length = LittleEndian.intAt(bytes, trailer);
        if (at >= trailer - length && at < trailer) {
            LittleEndian.put(longer, longer.length - 8, length + number.length - 1);
        }
        return longer;
    }

    private boolean read(byte[] bytes) {
        long begun = System.nanoTime();
        String end;
        try {
            long rows = readAll(bytes);
            end = rows > 1_000_000 ? "many rows" : "rows";
        } catch (KeywharfException e) {
            end = e.code();
        } catch (RuntimeException | Error e) {
            e.printStackTrace(System.out);
            end = e.getClass().getName();
        }
        ends.merge(end, 1, Integer::sum);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        if (took.compareTo(slowest) > 0) {
            slowest = took;
        }
        return end.startsWith("parquet.") || end.endsWith("rows");
    }

    /** Reads all rows, but no more than a few million that a damaged run of equal values may have become. */
    private long readAll(byte[] bytes) {
        ObjectStore store = ObjectStore.inMemory();
        store.createIfAbsent("damaged", bytes);
        long count = 0;
        try (Rows rows = Parquet.reader(store, "damaged").rows()) {
            for (ColumnBatch batch = rows.next(); batch != null && count < 5_000_000; batch = rows.next()) {
                count += batch.size();
            }
        }
        return count;
    }
}
