package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OwnerOnly;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Secrets in a directory with a file for each. */
final class SecretDirectory implements SecretStore {
    /** Age, measured by a new file, from which a temporary file is taken for that of a killed process. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path root;
    private final DirectorySecrets reader;

    SecretDirectory(Path directory) {
        this.root = directory.toAbsolutePath().normalize();
        this.reader = new DirectorySecrets(root);
    }

    @Override
    public Optional<Secret> find(String name) {
        return SecretNames.isValid(name) && Files.exists(root) ? reader.find(name) : Optional.empty();
    }

    @Override
    public void put(String name, Secret secret) {
        SecretStore.checkName(name);
        byte[] bytes = SecretNames.utf8(name, secret);
        // Readers of a secret's file remove one line break from its end.
        byte[] content =
                bytes.length > 0 && bytes[bytes.length - 1] == '\n' ? Arrays.copyOf(bytes, bytes.length + 1) : bytes;
        if (content.length > bytes.length) {
            content[bytes.length] = '\n';
        }
        Path file = root.resolve(name);
        try {
            Files.createDirectories(root, OwnerOnly.directory(root));
            OwnerOnly.write(file, content);
            removeAbandoned(Files.getLastModifiedTime(file));
        } catch (IOException e) {
            throw unavailable(name, "written", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(content, (byte) 0);
        }
    }

    private void removeAbandoned(FileTime now) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root, OwnerOnly.TEMPORARY + "*.tmp")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().plus(ABANDONED).isBefore(now.toInstant())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException another) {
            // Another process has renamed or removed a temporary file.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    @Override
    public void remove(String name) {
        SecretStore.checkName(name);
        try {
            Files.deleteIfExists(root.resolve(name));
        } catch (IOException e) {
            throw unavailable(name, "removed", e);
        }
    }

    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (SecretNames.isValid(name) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException empty) {
            return List.of();
        } catch (IOException e) {
            throw unavailable(root.toString(), "listed", e);
        } catch (DirectoryIteratorException e) {
            throw unavailable(root.toString(), "listed", e);
        }
        names.sort(null);
        return names;
    }

    private KeywharfException unavailable(String subject, String done, Exception e) {
        return KeywharfException.retryable(
                "secret.unavailable",
                subject,
                "It cannot be " + done + " in " + root
                        + (Files.exists(root) && !Files.isDirectory(root) ? ", which is not a directory" : "")
                        + "; check the path and the rights",
                e);
    }

    @Override
    public String toString() {
        return reader.toString();
    }
}
