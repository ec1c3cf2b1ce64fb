package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.JsonApi;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A request for the files of a table or of its changes, which can be sent again for new addresses.
 *
 * @param capabilities of this client, as a header
 * @param path below the endpoint
 * @param body of a POST
 * @param query of a GET
 */
record ClientRequest(
        ClientCalls calls,
        String subject,
        String capabilities,
        String path,
        Optional<ObjectNode> body,
        Map<String, String> query) {

    /** How often a page whose connection breaks is asked for. */
    private static final int ATTEMPTS = 3;

    /** Sends it, and reads all pages. */
    ClientListing send() {
        return send(Optional.empty());
    }

    /** Sends it for new addresses of the files that an answer had. */
    ClientListing again(ClientListing before) {
        try {
            return send(before.refreshToken());
        } catch (KeywharfException e) {
            if (before.refreshToken().isEmpty() || !e.is(ClientCalls.BAD_REQUEST)) {
                throw e;
            }
            // Servers forget their tokens, such as when they are started again; the files may be there still.
            return send(Optional.empty());
        }
    }

    private ClientListing send(Optional<String> refreshToken) {
        ClientListing listing = new ClientListing(subject, query.containsKey("startingVersion") || isByTime());
        Set<String> pages = new HashSet<>();
        Optional<String> page = Optional.empty();
        do {
            listing = page(listing, refreshToken, page);
            page = listing.nextPage();
            page.ifPresent(next -> JsonApi.requireNew(next, pages, () -> ClientCalls.endless(subject)));
        } while (page.isPresent());
        return listing;
    }

    private boolean isByTime() {
        return query.containsKey("startingTimestamp");
    }

    private ClientListing page(ClientListing before, Optional<String> refreshToken, Optional<String> page) {
        for (int attempt = 1; ; attempt++) {
            ClientListing listing = before.copy();
            try (HttpResponse response = response(refreshToken, page)) {
                listing.add(response);
                return listing;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e.getCause() instanceof KeywharfException known
                            ? known
                            : ClientCalls.badAnswer(subject, "The server's answer breaks off: " + e, e);
                }
            } catch (KeywharfException e) {
                if (attempt == ATTEMPTS || !e.is(HttpClients.BROKEN)) {
                    throw e;
                }
            }
        }
    }

    private HttpResponse response(Optional<String> refreshToken, Optional<String> page) {
        if (body.isEmpty()) {
            Map<String, String> parameters = new LinkedHashMap<>(query);
            page.ifPresent(token -> parameters.put("pageToken", token));
            return calls.get(subject, path, parameters, capabilities);
        }
        ObjectNode sent = body.get().deepCopy();
        refreshToken.ifPresent(token -> sent.put("refreshToken", token));
        page.ifPresent(token -> {
            // The version is in the token.
            sent.put("pageToken", token);
            sent.remove(List.of("refreshToken", "includeRefreshToken"));
        });
        return calls.post(subject, path, (JsonNode) sent, capabilities);
    }

    /** Without the tokens of the body. */
    @Override
    public String toString() {
        return "ClientRequest[" + subject + "]";
    }
}
