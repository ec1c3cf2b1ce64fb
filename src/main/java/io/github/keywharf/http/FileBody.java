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
import org.jspecify.annotations.Nullable;

/**
 * Content of a file.
 *
 * @param range part of the file, or null for all of it
 */
record FileBody(Path file, @Nullable Range range) implements HttpBody {

    record Range(long offset, long length) {}

    @Override
    public OptionalLong length() {
        if (range != null) {
            return OptionalLong.of(range.length());
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
            return range == null ? Files.newInputStream(file) : open(range);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private InputStream open(Range part) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean open = false;
        try {
            InputStream stream = new Part(Channels.newInputStream(channel.position(part.offset())), part.length());
            open = true;
            return stream;
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
        return "file " + file + (range == null ? "" : ", " + range.length() + " bytes from " + range.offset() + " on");
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
