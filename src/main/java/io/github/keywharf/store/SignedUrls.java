package io.github.keywharf.store;

import java.time.Instant;

/**
 * Source of signed addresses. Each allows anyone who has it to read one object of a store until a time, without any other
 * credential.
 *
 * <p>Such an address is a secret while it is valid: pass it to its reader only, and never log it. Signing sends no request to
 * the store, so that an address of a missing object is signed too, and fails when it is read. Thread-safe.
 */
@FunctionalInterface
public interface SignedUrls {

    /**
     * Returns a signer for the addresses of one answer, which are valid until the same time.
     *
     * @param end time until which they should be valid; {@link Signer#expires} is the actual end
     * @throws io.github.keywharf.KeywharfException if there are no credentials to sign with
     */
    Signer until(Instant end);

    /** Signer of the addresses of one answer: fast, and for one thread. */
    interface Signer {

        /**
         * Returns the address of an object, {@code http} or {@code https}, for GET with or without a range.
         *
         * @throws IllegalArgumentException if the key is not {@linkplain ObjectKeys#check valid}
         */
        String url(String key);

        /** End of the addresses: the requested time, or an earlier one if the store or the credentials expire before. */
        Instant expires();
    }

    /**
     * Returns signed addresses for a folder, with keys relative to it; see {@link ObjectStore#under}.
     *
     * @param folder a valid key, with or without a {@code /} at its end
     */
    default SignedUrls under(String folder) {
        String prefix =
                ObjectKeys.check(folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder) + "/";
        return end -> {
            Signer whole = until(end);
            return new Signer() {
                @Override
                public String url(String key) {
                    return whole.url(prefix + ObjectKeys.check(key));
                }

                @Override
                public Instant expires() {
                    return whole.expires();
                }
            };
        };
    }
}
