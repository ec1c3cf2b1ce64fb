package io.github.keywharf.salesforce;

import io.github.keywharf.http.HttpResponse;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many API calls the org has made in the last 24 hours, by all its clients, as its latest answer says
 * ({@code Sforce-Limit-Info}).
 *
 * @param used calls so far
 * @param max calls that are allowed
 * @param seen when the answer arrived
 */
public record SalesforceUsage(long used, long max, Instant seen) {
    private static final Pattern API_USAGE = Pattern.compile("(?:^|[;,\\s])api-usage=(\\d{1,18})/(\\d{1,18})");

    /** Calls that are left; zero when the org is over its limit. */
    public long left() {
        return Math.max(0, max - used);
    }

    static Optional<SalesforceUsage> of(HttpResponse response, Instant now) {
        return response.header("Sforce-Limit-Info").flatMap(text -> {
            Matcher found = API_USAGE.matcher(text);
            return found.find()
                    ? Optional.of(
                            new SalesforceUsage(Long.parseLong(found.group(1)), Long.parseLong(found.group(2)), now))
                    : Optional.empty();
        });
    }
}
