package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Secrets from a directory with a file for each. */
final class DirectorySecrets implements SecretSource {
    private final Path root;

    DirectorySecrets(Path directory) {
        this.root = directory.toAbsolutePath().normalize();
    }

    @Override
    public Optional<Secret> find(String name) {
        Path file;
        try {
            file = root.resolve(name).normalize();
        } catch (InvalidPathException notAFile) {
            return Optional.empty();
        }
        if (!file.startsWith(root)) {
            throw confined(name);
        }
        try {
            Path realRoot = root.toRealPath();
            return read(name, file, realRoot);
        } catch (IOException e) {
            throw KeywharfException.retryable(
                    "secret.unavailable", name, "The directory " + root + " cannot be read; is it mounted?", e);
        }
    }

    private static Optional<Secret> read(String name, Path file, Path realRoot) {
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(realRoot)) {
                throw confined(name);
            }
            if (!Files.isRegularFile(real)) {
                return Optional.empty();
            }
            char[] text = SecretFiles.read(name, real, MAX_SECRET_BYTES);
            char[] secret = Arrays.copyOf(text, lengthWithoutLineBreak(text));
            try {
                return Optional.of(Secret.of(secret));
            } finally {
                Arrays.fill(text, '\0');
                Arrays.fill(secret, '\0');
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            throw new KeywharfException(
                    "secret.unreadable", name, "The file " + file + " cannot be read; check its rights", e);
        }
    }

    private static int lengthWithoutLineBreak(char[] text) {
        int length = text.length;
        if (length > 0 && text[length - 1] == '\n') {
            length--;
            if (length > 0 && text[length - 1] == '\r') {
                length--;
            }
        }
        return length;
    }

    private static KeywharfException confined(String name) {
        return new KeywharfException(
                "secret.confined", name, "The name leads out of the directory of secrets, which is refused");
    }

    @Override
    public String toString() {
        return "directory " + root;
    }
}
