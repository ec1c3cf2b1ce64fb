package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** One version of an object: opening another is an error, and a reader that is open never gives a mixture. */
record PinnedObject(ObjectStore store, String key, String etag) {

    String name() {
        return store.name() + "/" + key;
    }

    ObjectReader open() {
        ObjectReader reader = store.open(key);
        if (!reader.object().etag().equals(etag)) {
            reader.close();
            throw new KeywharfException(
                    "store.replaced", name(), "It was replaced since it was listed; list the objects again");
        }
        return reader;
    }

    InputStream stream() {
        ObjectReader reader = open();
        return new FilterInputStream(reader.stream()) {
            @Override
            public void close() throws IOException {
                try (reader) {
                    super.close();
                }
            }
        };
    }
}
