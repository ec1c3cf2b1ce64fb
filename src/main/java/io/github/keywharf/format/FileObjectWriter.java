package io.github.keywharf.format;

import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file on a disk as an object to write: a temporary neighbour that takes the name at the commit. */
final class FileObjectWriter extends ObjectWriter {

    private final Path path;
    private final Path temporary;
    private @Nullable FileChannel channel;

    FileObjectWriter(Path path) {
        this.path = path;
        FileErrors.checkFile(path);
        Path directory = path.toAbsolutePath().getParent();
        try {
            temporary = Files.createTempFile(directory, "." + path.getFileName() + "-", ".part");
            channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw FileErrors.noFolder(path, e);
        } catch (IOException e) {
            throw FileErrors.failed(path, e);
        }
    }

    private FileChannel open() {
        if (channel == null) {
            throw new IllegalStateException("The file " + path + " was committed or closed");
        }
        return channel;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        FileChannel out = open();
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    @Override
    public StoredObject commit() {
        try {
            FileChannel out = open();
            out.force(true);
            out.close();
            channel = null;
            Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return FileObjectReader.describe(path, path.toString());
        } catch (IOException e) {
            throw FileErrors.failed(path, e);
        }
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
                channel = null;
            }
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw FileErrors.failed(path, e);
        }
    }
}
