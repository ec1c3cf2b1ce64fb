package io.github.keywharf.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Writer of a file in the hidden folder, which a commit moves to its key. */
final class DirectoryWriter extends ObjectWriter {
    private static final int BUFFER = 64 * 1024;

    private final DirectoryStore store;
    private final String key;
    private final Path temporary;
    private final FileChannel channel;
    private final OutputStream out;
    private boolean done;

    DirectoryWriter(DirectoryStore store, String key, Path temporary) throws IOException {
        this.store = store;
        this.key = key;
        this.temporary = temporary;
        this.channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        requireOpen();
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw StoreErrors.failed(store, key, "write it", e);
        }
    }

    private void requireOpen() {
        if (done) {
            throw StoreErrors.writerClosed(key);
        }
    }

    @Override
    public StoredObject commit() {
        requireOpen();
        try {
            out.flush();
            store.finish(temporary, channel);
            channel.close();
            StoredObject object =
                    DirectoryStore.stored(key, Files.readAttributes(temporary, BasicFileAttributes.class));
            store.replace(key, temporary);
            return object;
        } catch (IOException e) {
            throw StoreErrors.failed(store, key, "commit it", e);
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            try {
                channel.close();
            } catch (IOException e) {
                throw StoreErrors.failed(store, key, "close it", e);
            } finally {
                DirectoryStore.discard(temporary);
            }
        }
    }
}
