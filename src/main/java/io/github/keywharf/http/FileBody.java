package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The content of a file. */
final class FileBody implements HttpBody {
    private final Path file;

    FileBody(Path file) {
        this.file = file;
    }

    @Override
    public OptionalLong length() {
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
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private KeywharfException unreadable(IOException cause) {
        return new KeywharfException(
                "http.body_unreadable",
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
        return "file " + file;
    }
}
