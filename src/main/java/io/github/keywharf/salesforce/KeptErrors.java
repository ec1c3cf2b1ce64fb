package io.github.keywharf.salesforce;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpFilter;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import java.util.List;
import java.util.Set;

/** Reads the bodies of error answers into memory, so that the filters around it may judge them by what they say. */
final class KeptErrors implements HttpFilter {
    /** Refusals of status 401 that a new token does not help: logging in once more would go on for ever. */
    private static final List<String> NOT_EXPIRED = List.of(
            "not attached to agent", "not valid for use with", "not enabled for the organization", "api is disabled");

    private static final Set<Integer> MOVED = Set.of(301, 302, 307, 308);

    @Override
    public HttpHandler around(HttpHandler next) {
        return request -> {
            HttpResponse response = next.handle(request);
            if (response.status() < 300 || response.status() == 304) {
                return response;
            }
            try (response) {
                return response.withBody(HttpBody.of(SalesforceErrors.content(response.body())));
            }
        };
    }

    /** Whether a login may help: the token has expired, or the org has moved to another host. */
    static boolean isTokenRefused(HttpResponse response) {
        if (response.status() != 401) {
            return MOVED.contains(response.status());
        }
        String said = SalesforceErrors.parsed(SalesforceErrors.content(response.body())).stream()
                .map(SalesforceRefusal::message)
                .reduce("", String::concat)
                .toLowerCase(java.util.Locale.ROOT);
        return NOT_EXPIRED.stream().noneMatch(said::contains);
    }
}
