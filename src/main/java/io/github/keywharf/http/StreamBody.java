package io.github.keywharf.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Content of a stream, which is read once. */
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
            // A reader has seen the failure; without a reader, the rest is not needed.
        }
    }

    @Override
    public String toString() {
        return length.isPresent() ? "a stream of " + length.getAsLong() + " bytes" : "a stream";
    }
}
