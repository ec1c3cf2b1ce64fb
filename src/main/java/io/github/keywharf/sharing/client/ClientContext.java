package io.github.keywharf.sharing.client;

import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.Pause;
import java.nio.file.Path;

/**
 * What the tables of a client share.
 *
 * @param files downloads, without the credentials of the profile
 * @param pause before a download is begun again
 * @param folder for downloads that are read as rows
 * @param parallel how many files are downloaded at the same time
 * @param capabilities of the client, as a header
 */
record ClientContext(
        ClientCalls calls, HttpHandler files, Pause pause, Path folder, int parallel, String capabilities) {

    ClientFetch fetch(ClientRequest request, ClientListing listing) {
        return new ClientFetch(
                request.subject(), calls.endpoint(), new ClientAddresses(request, listing), files, pause);
    }

    @Override
    public String toString() {
        return calls.toString();
    }
}
