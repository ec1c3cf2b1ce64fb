package io.github.keywharf.store;

import java.time.Instant;

/**
 * Makes addresses by which whoever has one reads one object of a store until a time, without any other credential.
 *
 * <p>Such an address is a secret as long as it is valid: hand it to its reader only, and never log it. Nothing is sent to the
 * store, so that an address of an object that is not there is made as well, and fails when it is read. Thread-safe.
 */
@FunctionalInterface
public interface SignedUrls {

    /**
     * Makes the addresses of one answer, all of them valid until the same time.
     *
     * @param end until when they are to be valid; {@link Signer#expires} says when they really end
     * @throws io.github.keywharf.KeywharfException when there are no credentials to sign with
     */
    Signer until(Instant end);

    /** Signs for one answer: fast, and for one thread. */
    interface Signer {

        /**
         * The address of an object, {@code http} or {@code https}, for GET with or without a range.
         *
         * @throws IllegalArgumentException when the key is not {@linkplain ObjectKeys#check valid}
         */
        String url(String key);

        /** When the addresses end: as asked for, or earlier where the store or the credentials allow no longer time. */
        Instant expires();
    }

    /**
     * The same for a folder, with keys relative to it; see {@link ObjectStore#under}.
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
