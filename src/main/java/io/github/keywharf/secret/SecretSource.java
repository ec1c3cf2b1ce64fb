package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Source of secrets, such as the environment, files or a secrets manager.
 *
 * <p>Thread-safe. Each call reads the secret again, so that a rotated secret takes effect, unless it is {@link #cached}. A secret
 * may be any text; the credentials of a database are usually a JSON document. Neither messages nor {@code toString} contain a
 * part of a secret.
 */
@FunctionalInterface
public interface SecretSource {

    /** Largest secret in a file, in bytes, 64 KiB: the limit of Secrets Manager. */
    int MAX_SECRET_BYTES = 64 * 1024;

    /** Creates a source of these secrets by name, copied, for tests and for values that the host has. */
    static SecretSource of(Map<String, String> secrets) {
        return new MapSecrets(secrets);
    }

    /** Returns the environment of this process; see {@link #environment(Map)}. */
    static SecretSource environment() {
        return new EnvironmentSecrets(System.getenv());
    }

    /**
     * Returns environment variables, found by their name, else by the name in upper snake case: {@code totesys-db} and
     * {@code totesysDb} as {@code TOTESYS_DB}.
     */
    static SecretSource environment(Map<String, String> variables) {
        return new EnvironmentSecrets(variables);
    }

    /**
     * Returns a directory with a UTF-8 file for each secret, as Kubernetes and Docker mount them. The name is the file's path
     * below the directory. One line break at the end is not part of the secret. Links are followed within the directory.
     *
     * <p>{@link #find} throws {@code secret.too_large} beyond {@value #MAX_SECRET_BYTES} bytes, {@code secret.confined}
     * for a link out of the directory, {@code secret.unreadable} if a file cannot be read or is not UTF-8 and
     * {@code secret.unavailable} if the directory does not exist.
     */
    static SecretSource directory(Path directory) {
        return new DirectorySecrets(directory);
    }

    /**
     * Returns a UTF-8 file with one JSON object whose members are the secrets: the text of strings, and the JSON of objects
     * and arrays; null is an absent secret.
     *
     * <p>{@link #find} throws {@code secret.unreadable} if the file is not such an object, {@code secret.too_large} beyond
     * {@value JsonFileSecrets#MAX_FILE_BYTES} bytes and {@code secret.unavailable} if it cannot be read.
     */
    static SecretSource jsonFile(Path file) {
        return new JsonFileSecrets(file);
    }

    /**
     * Returns the secret of that name, or empty if the source does not contain it.
     *
     * @throws KeywharfException if the source cannot be read; {@linkplain KeywharfException#retryable() retryable} if that can
     *     pass, because only then {@link CachedSecrets} serves its copy
     */
    Optional<Secret> find(String name);

    /**
     * Returns the secret of that name.
     *
     * @throws KeywharfException with code {@code secret.not_found} if the source does not contain it
     */
    default Secret secret(String name) {
        return find(name)
                .orElseThrow(() -> new KeywharfException(
                        "secret.not_found",
                        name,
                        "There is no secret of this name in " + this + "; check the name and where secrets come from"));
    }

    /** Returns a cache of this source, in which a rotated secret takes effect after the time to live. */
    default CachedSecrets cached(Duration ttl, InstantSource clock) {
        return new CachedSecrets(this, ttl, clock);
    }

    /**
     * Returns this source, followed by another one for names that this one does not contain. An error of this one is not
     * ignored.
     */
    default SecretSource or(SecretSource next) {
        return new ChainedSecrets(this, next);
    }
}
