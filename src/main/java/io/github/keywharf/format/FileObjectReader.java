package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file on a disk as an object to read. */
final class FileObjectReader implements ObjectReader {

    private final Path path;
    /** A read of the JDK goes through native memory of its size, which should stay in the processor's cache. */
    private static final int READ_BYTES = 256 * 1024;

    private final FileChannel channel;
    private final StoredObject object;

    FileObjectReader(Path path, String name) {
        this.path = path;
        FileErrors.checkFile(path);
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            object = describe(path, name);
        } catch (NoSuchFileException e) {
            throw FileErrors.notFound(path, e);
        } catch (IOException e) {
            throw FileErrors.failed(path, e);
        }
    }

    static StoredObject describe(Path path, String name) throws IOException {
        var modified = Files.getLastModifiedTime(path).toInstant();
        long size = Files.size(path);
        return new StoredObject(name, size, size + "-" + modified.toEpochMilli(), modified);
    }

    @Override
    public StoredObject object() {
        return object;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
        try {
            while (buffer.position() < offset + length) {
                buffer.limit(Math.min(offset + length, buffer.position() + READ_BYTES));
                if (channel.read(buffer, position + buffer.position() - offset) < 0) {
                    throw new KeywharfException(
                            "store.ended", object.key(), "The file ends before position " + (position + length));
                }
            }
        } catch (IOException e) {
            throw FileErrors.failed(path, e);
        }
    }

    @Override
    public InputStream stream() {
        try {
            return Channels.newInputStream(channel.position(0));
        } catch (IOException e) {
            throw FileErrors.failed(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileErrors.failed(path, e);
        }
    }
}
