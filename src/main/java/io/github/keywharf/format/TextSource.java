package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Where text is read from.
 *
 * @param name what messages and rejected rows call it
 * @param opener opens it from its beginning; closing the stream releases everything
 */
record TextSource(String name, Supplier<InputStream> opener) {

    static TextSource of(ObjectStore store, String key) {
        return new TextSource(key, () -> {
            ObjectReader reader = store.open(key);
            return new FilterInputStream(reader.stream()) {
                @Override
                public void close() throws IOException {
                    try (reader) {
                        super.close();
                    }
                }
            };
        });
    }

    static TextSource of(Path path) {
        return new TextSource(path.toString(), () -> {
            FileErrors.checkFile(path);
            try {
                return Files.newInputStream(path);
            } catch (NoSuchFileException e) {
                throw FileErrors.notFound(path, e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    InputStream open() {
        try {
            return opener.get();
        } catch (UncheckedIOException e) {
            throw failed(e);
        }
    }

    KeywharfException failed(Exception cause) {
        Throwable wrapped = cause.getCause();
        Throwable reason = cause instanceof UncheckedIOException && wrapped != null ? wrapped : cause;
        return new KeywharfException(Csv.READ_FAILED, name, "could not be read: " + reason.getMessage(), cause);
    }
}
