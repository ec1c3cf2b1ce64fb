package io.github.keywharf.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Content that comes from a stream, once. */
final class StreamBody implements HttpBody {
    private final InputStream stream;
    private final OptionalLong length;
    private boolean used;

    StreamBody(InputStream stream, OptionalLong length) {
        this.stream = stream;
        this.length = length;
    }

    @Override
    public OptionalLong length() {
        return length;
    }

    @Override
    public boolean isReplayable() {
        return false;
    }

    @Override
    public synchronized InputStream open() {
        if (used) {
            throw new IllegalStateException("The body was opened before or is closed, and comes from a stream;"
                    + " read it once, or use HttpBody.file(…) or HttpBody.of(…)");
        }
        used = true;
        return stream;
    }

    @Override
    public void close() {
        synchronized (this) {
            used = true;
        }
        try {
            stream.close();
        } catch (IOException e) {
            // Whoever reads has learnt of it; whoever does not, does not need the rest.
        }
    }

    @Override
    public String toString() {
        return length.isPresent() ? "a stream of " + length.getAsLong() + " bytes" : "a stream";
    }
}
