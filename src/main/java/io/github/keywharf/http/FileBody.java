package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.BlockInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * The content of a file, or a part of it.
 *
 * @param size how many bytes, or -1 for all
 */
record FileBody(Path file, long from, long size) implements HttpBody {

    @Override
    public OptionalLong length() {
        if (size >= 0) {
            return OptionalLong.of(size);
        }
        try {
            return OptionalLong.of(Files.size(file));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public boolean isReplayable() {
        return true;
    }

    @Override
    public InputStream open() {
        try {
            return size < 0 ? Files.newInputStream(file) : part();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private InputStream part() throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean open = false;
        try {
            InputStream part = new Part(Channels.newInputStream(channel.position(from)), size);
            open = true;
            return part;
        } finally {
            if (!open) {
                channel.close();
            }
        }
    }

    private KeywharfException unreadable(IOException cause) {
        return new KeywharfException(
                HttpBody.UNREADABLE,
                file.toString(),
                "The file cannot be read; check that it exists and may be read",
                cause);
    }

    @Override
    public void close() {
        // Each stream has its own file handle.
    }

    @Override
    public String toString() {
        return "file " + file + (size < 0 ? "" : ", " + size + " bytes from " + from + " on");
    }

    private static final class Part extends BlockInputStream {
        private final InputStream in;
        private long left;

        Part(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0 && length > 0) {
                return -1;
            }
            int n = in.read(target, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("The file ends " + left + " bytes before the end of the part");
            }
            left -= n;
            return n;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
