package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copy of an object in a file of the engine. A hard link would cost nothing, but a statement that came to write to it would
 * write to the object of every other reader.
 *
 * @param stopped true when the engine is closed; the copy ends early then
 */
record ObjectCopy(String key, Path file, CopiedObjects.Format format, BooleanSupplier stopped, EventListener events) {

    private static final byte[] PARQUET = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private static final int BLOCK_BYTES = 1 << 20;

    /** Bytes that the system copies by one call; a multiple of any file system's block, so that it may share blocks. */
    private static final long PIECE_BYTES = 16L << 20;

    /** Copies the object as it is at this moment. */
    void from(ObjectStore store) {
        try (FileChannel target = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                @Nullable FileChannel source = openFile(store)) {
            if (source == null) {
                copyStream(store, target);
            } else {
                copyFile(source, target);
            }
        } catch (ClosedByInterruptException e) {
            throw KeywharfException.interrupted(key, e);
        } catch (IOException e) {
            throw new KeywharfException(
                    "query.failed", key, "The object cannot be copied to " + file + ": " + e + "; make room there", e);
        }
    }

    private @Nullable FileChannel openFile(ObjectStore store) {
        Optional<Path> found = store.findFile(key);
        try {
            // A link that somebody has put into the object's place meanwhile could lead anywhere.
            return found.isEmpty()
                    ? null
                    : FileChannel.open(found.get(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            // The store says why the object cannot be read, or reads it.
            return null;
        }
    }

    /** Has the system copy: without a way through this process and, from Java 21 on, by shared blocks where there are such. */
    private void copyFile(FileChannel source, FileChannel target) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(startBytes());
        source.read(start, 0);
        requireFormat(start.array());
        long size = source.size();
        long copied = 0;
        while (copied < size && !stopped.getAsBoolean()) {
            long count = source.transferTo(copied, Math.min(PIECE_BYTES, size - copied), target);
            if (count == 0) {
                throw new IOException("The file ended at " + copied + " of " + size + " bytes");
            }
            copied += count;
            report(copied, size);
        }
        ended(copied);
    }

    private void copyStream(ObjectStore store, FileChannel target) throws IOException {
        try (ObjectReader object = store.open(key);
                InputStream content = object.stream()) {
            // Before all of a large object is copied.
            byte[] start = content.readNBytes(startBytes());
            requireFormat(start);
            write(target, ByteBuffer.wrap(start));
            long copied = start.length;
            byte[] block = new byte[BLOCK_BYTES];
            for (int count = content.read(block); count >= 0; count = content.read(block)) {
                if (stopped.getAsBoolean()) {
                    return;
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw KeywharfException.interrupted(key, null);
                }
                write(target, ByteBuffer.wrap(block, 0, count));
                copied += count;
                report(copied, object.object().size());
            }
            ended(copied);
        }
    }

    private int startBytes() {
        return format == CopiedObjects.Format.PARQUET ? PARQUET.length : 0;
    }

    private void requireFormat(byte[] start) {
        if (format == CopiedObjects.Format.PARQUET && !Arrays.equals(start, PARQUET)) {
            throw new KeywharfException(
                    "query.unknown_format",
                    key,
                    "The object is not Parquet, and its key does not end in .csv or .csv.gz; register its rows"
                            + " instead, as a reader of its format gives them");
        }
    }

    private static void write(FileChannel target, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            target.write(bytes);
        }
    }

    private void report(long copied, long size) {
        events.onEvent(new Progress(Work.NONE, "copy " + key, copied, size, "bytes", false));
    }

    private void ended(long copied) {
        events.onEvent(new Progress(Work.NONE, "copy " + key, copied, copied, "bytes", true));
    }
}
