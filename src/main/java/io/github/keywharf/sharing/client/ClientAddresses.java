package io.github.keywharf.sharing.client;

import io.github.keywharf.KeywharfException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The addresses of the files of an answer, which are renewed for all of them by one request. Thread-safe. */
final class ClientAddresses {

    /** How long before its end an address is renewed, 30 s: longer than a request takes to arrive, and clocks to differ. */
    static final Duration EARLY = Duration.ofSeconds(30);

    private final ClientRequest request;
    private ClientListing listing;
    private Map<String, ClientFile> files;
    private Instant listed;
    private int generation;

    /**
     * A file with an address that is valid by the clock, if the server gives such.
     *
     * @param generation counts how often addresses were renewed
     */
    record Address(ClientFile file, int generation) {}

    ClientAddresses(ClientRequest request, ClientListing listing) {
        this.request = request;
        this.listing = listing;
        this.files = byKey(listing);
        this.listed = request.calls().now();
    }

    private static Map<String, ClientFile> byKey(ClientListing listing) {
        Map<String, ClientFile> files = new HashMap<>(listing.files().size() * 4 / 3 + 1);
        listing.files().forEach(file -> files.put(file.key(), file));
        return files;
    }

    /** Where a file is now. */
    synchronized Address of(ClientFile file) {
        ClientFile known = found(file);
        Instant soon = request.calls().now().plus(EARLY);
        // Where the server's addresses do not live longer than that, each is used as it comes.
        boolean isFresh = listed.plus(EARLY).isAfter(request.calls().now());
        if (!isFresh && known.expires().filter(end -> !end.isAfter(soon)).isPresent()) {
            renew(generation);
            known = found(file);
        }
        return new Address(known, generation);
    }

    /** Renews the addresses, unless another thread has done so since that generation. */
    synchronized void renew(int since) {
        if (since == generation) {
            listing = request.again(listing);
            files = byKey(listing);
            listed = request.calls().now();
            generation++;
        }
    }

    private ClientFile found(ClientFile file) {
        ClientFile known = files.get(file.key());
        if (known == null) {
            throw new KeywharfException(
                    "sharing.expired",
                    request.subject(),
                    "The addresses of its files expired, and the table has changed since; read it again");
        }
        return known;
    }

    @Override
    public String toString() {
        return "ClientAddresses[" + request.subject() + "]";
    }
}
