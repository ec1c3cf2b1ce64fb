package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import java.nio.file.Path;
import java.util.List;

/**
 * Store of secrets, written, read and removed by name.
 *
 * <p>Thread-safe. Each later {@link #find} sees the effect of {@code put} and {@code remove}. Each call may be repeated. Some
 * stores ignore case, so no two names should differ in case only.
 */
public interface SecretStore extends SecretSource {

    /** Longest name, 127 characters, as in Azure Key Vault. */
    int MAX_NAME = 127;

    /** Creates an empty store in memory, for tests and trials. */
    static SecretStore inMemory() {
        return new MemorySecrets();
    }

    /**
     * Returns a directory with a file for each secret that only its owner may read, replaced as a whole; {@link
     * SecretSource#directory} reads it too. The directory is created with the first secret. Other files in it may be found, and
     * are neither listed nor removed unless their names are {@linkplain #checkName valid}.
     */
    static SecretStore directory(Path directory) {
        return new SecretDirectory(directory);
    }

    /**
     * Checks that a name is valid in each store: from 1 to {@value #MAX_NAME} letters, digits and hyphens of ASCII.
     *
     * @return the name
     * @throws IllegalArgumentException if it is not valid
     */
    static String checkName(String name) {
        return SecretNames.check(name);
    }

    /**
     * Stores a secret, replacing the one of that name. The caller closes the secret.
     *
     * @param name valid for {@link #checkName}
     * @param secret at most {@value SecretSource#MAX_SECRET_BYTES} bytes in UTF-8; some stores allow less, Key Vault 25,000
     *     bytes
     * @throws KeywharfException with code {@code secret.too_large} if it has more bytes; with {@code secret.unavailable},
     *     retryable, if the store cannot be reached, which may have stored the secret nevertheless
     */
    void put(String name, Secret secret);

    /**
     * Removes a secret, if there is one of that name. Afterwards the name can be used again, also in a store that keeps removed
     * secrets for a time.
     *
     * @throws KeywharfException with code {@code secret.unavailable}, retryable, if the store cannot be reached
     */
    void remove(String name);

    /**
     * Lists the names of all secrets, sorted.
     *
     * @throws KeywharfException with code {@code secret.unavailable}, retryable, if the store cannot be reached
     */
    List<String> names();
}
