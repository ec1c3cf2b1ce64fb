package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where secrets are kept: written, read and removed by name.
 *
 * <p>Thread-safe. What a call has put or removed is seen by each later {@link #find}. Each call may be repeated. Whether
 * {@code Acme} and {@code acme} are two secrets depends on the place, so let no two names differ in case only.
 */
public interface SecretStore extends SecretSource {

    /** 127: the most characters of a name, as in Azure Key Vault. */
    int MAX_NAME = 127;

    /** An empty store that is forgotten with the process, for tests and for trying things. */
    static SecretStore inMemory() {
        return new MemorySecrets();
    }

    /**
     * A directory with a file for each secret that only its owner may read, replaced as a whole; it can be read with {@link
     * SecretSource#directory} too. The directory is made when the first secret is put. Other files in it may be found, and are
     * neither listed nor removed unless their names are {@linkplain #checkName valid}.
     */
    static SecretStore directory(Path directory) {
        return new SecretDirectory(directory);
    }

    /**
     * Checks that a name is valid in each store: from 1 to {@value #MAX_NAME} letters, digits and hyphens of ASCII.
     *
     * @return the name
     * @throws IllegalArgumentException when it is not
     */
    static String checkName(String name) {
        return SecretNames.check(name);
    }

    /**
     * Keeps a secret, in place of the one that has the name. The secret stays the caller's to close.
     *
     * @param name as {@link #checkName} wants it
     * @param secret at most {@value SecretSource#MAX_SECRET_BYTES} bytes in UTF-8; a place may allow less, Key Vault 25,000
     *     bytes
     * @throws KeywharfException with code {@code secret.too_large} when it has more bytes; with {@code secret.unavailable},
     *     retryable, when the place cannot be reached, and the secret may be kept nevertheless
     */
    void put(String name, Secret secret);

    /**
     * Removes a secret; that there is none is not an error. Afterwards the name can be put again, also in a place that keeps
     * removed secrets for a time.
     *
     * @throws KeywharfException with code {@code secret.unavailable}, retryable, when the place cannot be reached
     */
    void remove(String name);

    /**
     * The names of all secrets that are kept, in order.
     *
     * @throws KeywharfException with code {@code secret.unavailable}, retryable, when the place cannot be reached
     */
    List<String> names();
}
