package io.github.keywharf.testing;

import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;

/** A writer that hands all on to another one; a test's subclass changes what it is about. */
public abstract class ForwardingWriter extends ObjectWriter {
    private final ObjectWriter real;

    protected ForwardingWriter(ObjectWriter real) {
        this.real = real;
    }

    @Override
    public void write(int b) throws IOException {
        real.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        real.write(bytes, offset, length);
    }

    @Override
    public StoredObject commit() {
        return real.commit();
    }

    @Override
    public void close() {
        real.close();
    }
}
