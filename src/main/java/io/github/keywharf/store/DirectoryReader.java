package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.BlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Reader of an open file. Replacing the key moves another file into its place, and leaves this one unchanged.
 *
 * <p>The JDK closes a channel for all threads when a thread that reads from it is interrupted. The other threads then open
 * the file again, unless it was replaced.
 */
final class DirectoryReader implements ObjectReader {
    private static final int OPEN_ATTEMPTS = 100;

    private final DirectoryStore store;
    private final Path file;
    private final StoredObject object;
    private volatile FileChannel channel;
    private boolean closed;
    private int reopened;

    private DirectoryReader(DirectoryStore store, Path file, StoredObject object, FileChannel channel) {
        this.store = store;
        this.file = file;
        this.object = object;
        this.channel = channel;
    }

    /** Opens a file, and repeats that until its attributes are certainly those of the open file. */
    static DirectoryReader open(DirectoryStore store, String key, Path file) throws IOException {
        for (int attempt = 1; ; attempt++) {
            StoredObject before = attributes(key, file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            boolean opened = false;
            try {
                StoredObject after = attributes(key, file);
                if (before.equals(after) && channel.size() == after.size()) {
                    opened = true;
                    return new DirectoryReader(store, file, after, channel);
                }
            } finally {
                if (!opened) {
                    channel.close();
                }
            }
            if (attempt == OPEN_ATTEMPTS) {
                throw new IOException("it changes faster than it can be opened");
            }
        }
    }

    private static StoredObject attributes(String key, Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new NoSuchFileException(file.toString(), null, "is not a file");
        }
        return DirectoryStore.stored(key, attributes);
    }

    @Override
    public StoredObject object() {
        return object;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) {
        StoreErrors.checkRange(store, object, position, target, offset, length);
        int done = 0;
        while (done < length) {
            int read = read(position + done, target, offset + done, length - done);
            if (read < 0) {
                throw new KeywharfException(
                        "store.ended",
                        StoreErrors.subject(store, object.key()),
                        "The file was cut short while it was read; write objects through a store, or move them in"
                                + " whole");
            }
            done += read;
        }
    }

    private int read(long position, byte[] target, int offset, int length) {
        while (true) {
            FileChannel open = channel;
            if (Thread.currentThread().isInterrupted()) {
                throw KeywharfException.interrupted(StoreErrors.subject(store, object.key()), null);
            }
            try {
                return open.read(ByteBuffer.wrap(target, offset, length), position);
            } catch (ClosedByInterruptException e) {
                throw StoreErrors.failed(store, object.key(), "read it", e);
            } catch (ClosedChannelException e) {
                reopen(open, e);
            } catch (IOException e) {
                throw StoreErrors.failed(store, object.key(), "read it", e);
            }
        }
    }

    /** Replaces a channel that an interrupted thread closed. */
    private synchronized void reopen(FileChannel lost, ClosedChannelException cause) {
        if (closed) {
            throw new IllegalStateException("The reader of '" + object.key() + "' is closed", cause);
        }
        if (channel != lost) {
            return;
        }
        try {
            DirectoryReader again = open(store, object.key(), file);
            if (again.object.equals(object)) {
                channel = again.channel;
                reopened++;
                return;
            }
            again.close();
        } catch (NoSuchFileException deleted) {
            cause.addSuppressed(deleted);
        } catch (IOException e) {
            throw StoreErrors.failed(store, object.key(), "open it again", e);
        }
        throw KeywharfException.retryable(
                ObjectStore.REPLACED,
                StoreErrors.subject(store, object.key()),
                "It was replaced or deleted since it was opened, and an interrupted thread closed the file; open it"
                        + " again",
                cause);
    }

    /** Number of times that the file was opened again. */
    synchronized int reopened() {
        return reopened;
    }

    /** Closes the channel as the JDK does when a thread that reads is interrupted. */
    void closeChannel() throws IOException {
        channel.close();
    }

    @Override
    public InputStream stream() {
        return new Content();
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            throw StoreErrors.failed(store, object.key(), "close it", e);
        }
    }

    private final class Content extends BlockInputStream {
        private long position;

        @Override
        public int read(byte[] target, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, target.length);
            int wanted = (int) Math.min(length, object.size() - position);
            if (wanted <= 0) {
                return length == 0 ? 0 : -1;
            }
            readFully(position, target, offset, wanted);
            position += wanted;
            return wanted;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.max(0, Math.min(count, object.size() - position));
            position += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, object.size() - position);
        }
    }
}
