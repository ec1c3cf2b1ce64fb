package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Where secrets come from: the environment, files, a secrets manager.
 *
 * <p>Thread-safe. Each call reads the secret again, so that a rotated secret is seen, unless it is {@link #cached}. A secret may be any text; the
 * credentials of a database are by custom a JSON document. Neither messages nor {@code toString} show what is in one.
 */
@FunctionalInterface
public interface SecretSource {

    /** The most bytes a secret in a file may have, 64 KiB: what Secrets Manager allows too. */
    int MAX_SECRET_BYTES = 64 * 1024;

    /** These secrets by name, copied, for tests and for values that the host has already. */
    static SecretSource of(Map<String, String> secrets) {
        return new MapSecrets(secrets);
    }

    /** The environment of this process, as {@link #environment(Map)}. */
    static SecretSource environment() {
        return new EnvironmentSecrets(System.getenv());
    }

    /**
     * Environment variables, found by the name as it is, else by the name in upper snake case: {@code totesys-db} and
     * {@code totesysDb} as {@code TOTESYS_DB}.
     */
    static SecretSource environment(Map<String, String> variables) {
        return new EnvironmentSecrets(variables);
    }

    /**
     * A directory with a UTF-8 file a secret, as Kubernetes and Docker mount them. The name is the file's path below the
     * directory. One line break at the end is not part of the secret. Links are followed as long as they stay inside.
     *
     * <p>{@link #find} throws {@code secret.too_large} beyond {@value #MAX_SECRET_BYTES} bytes, {@code secret.confined}
     * when a link leads out, {@code secret.unreadable} when a file cannot be read or is not UTF-8 and
     * {@code secret.unavailable} when the directory is not there.
     */
    static SecretSource directory(Path directory) {
        return new DirectorySecrets(directory);
    }

    /**
     * A UTF-8 file with one JSON object whose members are the secrets: strings as they are, objects and arrays as their
     * JSON text; null is none.
     *
     * <p>{@link #find} throws {@code secret.unreadable} when the file is not such an object, {@code secret.too_large} beyond
     * {@value JsonFileSecrets#MAX_FILE_BYTES} bytes and {@code secret.unavailable} when it cannot be read.
     */
    static SecretSource jsonFile(Path file) {
        return new JsonFileSecrets(file);
    }

    /**
     * The secret of that name, or empty when the place has none.
     *
     * @throws KeywharfException when the place cannot be read; made by {@link KeywharfException#retryable} where that may pass,
     *     as {@link CachedSecrets} serves its copy then only
     */
    Optional<Secret> find(String name);

    /**
     * The secret of that name.
     *
     * @throws KeywharfException with code {@code secret.not_found} when the place has none
     */
    default Secret secret(String name) {
        return find(name)
                .orElseThrow(() -> new KeywharfException(
                        "secret.not_found",
                        name,
                        "There is no secret of this name in " + this + "; check the name and where secrets come from"));
    }

    /** This source, with each secret that was found kept for that time, so that a rotated one is seen after it. */
    default CachedSecrets cached(Duration ttl, InstantSource clock) {
        return new CachedSecrets(this, ttl, clock);
    }

    /** This source, and another one for the names that this one does not have. An error here is not passed over. */
    default SecretSource or(SecretSource next) {
        return new ChainedSecrets(this, next);
    }
}
