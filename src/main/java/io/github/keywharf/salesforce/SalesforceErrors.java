package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in our words what an org refused: a code, what the vendor says, and the way out. */
final class SalesforceErrors {
    static final String NOT_FOUND = "salesforce.not_found";
    static final String CURSOR_EXPIRED = "salesforce.cursor_expired";
    static final String OUTCOME_UNKNOWN = "salesforce.outcome_unknown";
    static final String COUNT_MISMATCH = "salesforce.count_mismatch";

    /** The most bytes of an error's body that are read, 64 KiB: errors of the vendor have some hundreds. */
    static final int MAX_BODY = 64 * 1024;

    private static final int MAX_NAMED = 3;
    private static final Set<String> QUERY_CODES =
            Set.of("MALFORMED_QUERY", "MALFORMED_SEARCH", "INVALID_QUERY_FILTER_OPERATOR", "QUERY_TOO_COMPLICATED");
    private static final Set<String> SCHEMA_CODES = Set.of("INVALID_FIELD", "INVALID_TYPE");
    private static final Pattern SCHEMA_OF_QUERY = Pattern.compile(".* (query|queryAll|search|jobs/query)");
    private static final Set<String> PASSING = Set.of(
            "salesforce.concurrent_limit", "salesforce.row_locked", "salesforce.unavailable", "salesforce.timeout");

    /** Of calls that failed after the org may have carried them out. */
    private static final Set<String> OPEN = Set.of(
            HttpClients.BROKEN,
            HttpClients.TIMEOUT,
            HttpClients.BAD_RESPONSE,
            HttpClients.TOO_LARGE,
            "salesforce.bad_answer",
            "salesforce.timeout",
            "salesforce.unavailable");

    private static final Pattern XML_CODE = Pattern.compile("<exceptionCode>([^<]{1,100})</exceptionCode>");
    private static final Pattern XML_MESSAGE = Pattern.compile("<exceptionMessage>([^<]{1,2000})</exceptionMessage>");

    private SalesforceErrors() {}

    /** The error that an answer of status 300 or above is; reads and closes its body. */
    static KeywharfException of(String subject, HttpResponse response) {
        return of(subject, response.status(), read(response));
    }

    /** The error that these of the vendor are, of which the first one gives the code; none when the body says nothing. */
    static KeywharfException of(String subject, int status, List<SalesforceRefusal> errors) {
        SalesforceRefusal first = errors.isEmpty() ? SalesforceRefusal.NONE : errors.get(0);
        String code = code(subject, status, first);
        StringBuilder said = new StringBuilder();
        for (SalesforceRefusal error : errors.subList(0, Math.min(errors.size(), MAX_NAMED))) {
            said.append(said.isEmpty() ? "" : "; ").append(error);
        }
        if (errors.size() > MAX_NAMED) {
            said.append("; and ").append(errors.size() - MAX_NAMED).append(" more");
        }
        String problem =
                said.isEmpty() ? "The answer is status " + status + " without an error of the API" : said.toString();
        return new Refused(
                code,
                subject,
                problem + "; " + wayOut(code, status, first),
                errors.stream().map(SalesforceRefusal::code).toList());
    }

    /** What an org refused, with the vendor's codes. */
    private static final class Refused extends KeywharfException {
        private static final long serialVersionUID = 1L;
        private final ArrayList<String> vendorCodes;

        Refused(String code, String subject, String problem, List<String> vendorCodes) {
            super(
                    PASSING.contains(code)
                            ? KeywharfException.retryable(code, subject, problem)
                            : new KeywharfException(code, subject, problem),
                    subject,
                    problem,
                    null);
            this.vendorCodes = new ArrayList<>(vendorCodes);
        }
    }

    /** Whether an error answer may pass by itself, so that a call that does no harm twice may be sent again. Its body is replayable. */
    static boolean mayPass(HttpResponse response) {
        if (response.status() < 400) {
            return false;
        }
        List<SalesforceRefusal> errors = parsed(content(response.body()));
        return PASSING.contains(code("", response.status(), errors.isEmpty() ? SalesforceRefusal.NONE : errors.get(0)));
    }

    /** Whether an error leaves open that the org has carried out what was asked for. */
    static boolean leavesOpen(KeywharfException e) {
        return OPEN.contains(e.code()) || says(e, "UNKNOWN_EXCEPTION");
    }

    /** Whether an error is one that the vendor gives this code. */
    static boolean says(KeywharfException e, String vendorCode) {
        return e instanceof Refused refused && refused.vendorCodes.contains(vendorCode);
    }

    /** The errors in the body of an answer, which is closed. */
    static List<SalesforceRefusal> read(HttpResponse response) {
        try (response) {
            return parsed(content(response.body()));
        }
    }

    /** The first {@link #MAX_BODY} bytes, or as many as arrive: a broken error is an error all the same. */
    static byte[] content(HttpBody body) {
        byte[] content = new byte[MAX_BODY];
        int length = 0;
        try (InputStream stream = body.open()) {
            for (int n = 0; n >= 0 && length < MAX_BODY; n = stream.read(content, length, MAX_BODY - length)) {
                length += n;
            }
        } catch (IOException | KeywharfException e) {
            // What has arrived has to do.
        }
        return java.util.Arrays.copyOf(content, length);
    }

    /** {@code [{"errorCode", "message", "fields"}]}, one such object, OAuth's {@code {"error", …}}, or the XML of old APIs. */
    static List<SalesforceRefusal> parsed(byte[] content) {
        String text = new String(content, java.nio.charset.StandardCharsets.UTF_8).strip();
        if (text.startsWith("{") || text.startsWith("[")) {
            try {
                return parsed(SalesforceCalls.JSON.readTree(text));
            } catch (IOException e) {
                return List.of();
            }
        }
        Matcher code = XML_CODE.matcher(text);
        if (!code.find()) {
            return List.of();
        }
        Matcher message = XML_MESSAGE.matcher(text);
        return List.of(new SalesforceRefusal(code.group(1), message.find() ? message.group(1) : "", List.of()));
    }

    /** The errors of an array of them, or of one object. */
    static List<SalesforceRefusal> parsed(JsonNode tree) {
        List<SalesforceRefusal> found = new ArrayList<>();
        for (JsonNode node : tree.isArray() ? tree : List.of(tree)) {
            SalesforceRefusal error = vendor(node);
            if (!error.equals(SalesforceRefusal.NONE)) {
                found.add(error);
            }
        }
        return found;
    }

    /** One error of an array; also those of collections, which name the code {@code statusCode}. */
    static SalesforceRefusal vendor(JsonNode node) {
        if (!node.isObject()) {
            return node.isTextual() ? new SalesforceRefusal("", node.textValue(), List.of()) : SalesforceRefusal.NONE;
        }
        List<String> fields = new ArrayList<>();
        node.path("fields").forEach(field -> fields.add(field.asText()));
        return new SalesforceRefusal(
                firstText(node, "errorCode", "statusCode", "exceptionCode", "error"),
                firstText(node, "message", "exceptionMessage", "error_description"),
                List.copyOf(fields));
    }

    private static String firstText(JsonNode node, String... names) {
        for (String name : names) {
            if (node.path(name).isTextual()) {
                return node.path(name).textValue();
            }
        }
        return "";
    }

    /** Our code of an error of the vendor. The subject says whether it is a query's. */
    static String code(String subject, int status, SalesforceRefusal error) {
        String vendor = error.code().toUpperCase(Locale.ROOT);
        if (vendor.equals("REQUEST_LIMIT_EXCEEDED")) {
            // The same code for the day's limit ("TotalRequests Limit exceeded.") and for long calls at the same time.
            return error.message().toLowerCase(Locale.ROOT).contains("concurrent")
                    ? "salesforce.concurrent_limit"
                    : "salesforce.daily_limit";
        }
        if (QUERY_CODES.contains(vendor)
                || (SCHEMA_CODES.contains(vendor)
                        && SCHEMA_OF_QUERY.matcher(subject).matches())) {
            return "salesforce.bad_query";
        }
        String known = switch (vendor) {
            case "INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "INVALIDSESSIONID" -> "salesforce.session_refused";
            case "INVALID_QUERY_LOCATOR" -> CURSOR_EXPIRED;
            case "UNABLE_TO_LOCK_ROW" -> "salesforce.row_locked";
            case "SERVER_UNAVAILABLE" -> "salesforce.unavailable";
            case "QUERY_TIMEOUT" -> "salesforce.timeout";
            case "UNSUPPORTED_API_VERSION", "INVALIDVERSION" -> "salesforce.unsupported_version";
            case "NOT_FOUND", "ENTITY_IS_DELETED", "INVALIDENTITY" -> NOT_FOUND;
            case "FEATURENOTENABLED" -> "salesforce.no_access";
            default -> "";
        };
        if (!known.isEmpty()) {
            return known;
        }
        return switch (status) {
            case 401 -> "salesforce.session_refused";
            case 403 -> "salesforce.no_access";
            case 404 -> NOT_FOUND;
            case 410 -> "salesforce.unsupported_version";
            case 408, 504 -> "salesforce.timeout";
            case 429, 502, 503 -> "salesforce.unavailable";
            default ->
                vendor.startsWith("INSUFFICIENT_ACCESS") || vendor.startsWith("API_DISABLED")
                        ? "salesforce.no_access"
                        // Without an error of the API it is a proxy's, which may have passed the request on.
                        : status >= 500 && vendor.isEmpty() ? "salesforce.unavailable" : "salesforce.refused";
        };
    }

    private static String wayOut(String code, int status, SalesforceRefusal error) {
        return switch (code) {
            case "salesforce.session_refused" ->
                "check that the app and its user may use the API of this org, and that"
                        + " the instance is the org's My Domain host";
            case "salesforce.daily_limit" ->
                "the org's API calls of 24 hours are spent: wait, or use bulk queries, which" + " take few calls";
            case "salesforce.concurrent_limit" ->
                "the org answers too many long calls at the same time: try again later," + " with fewer of them";
            case "salesforce.bad_query" -> "correct the query; describe(object) lists the fields that its user may see";
            case CURSOR_EXPIRED -> "cursors live two days: run the query again, from the last key that was" + " read";
            case "salesforce.row_locked" -> "another transaction holds the record: send the call again";
            case "salesforce.unavailable" -> "the org is not available now: try again later";
            case "salesforce.timeout" ->
                "the org took too long: try again, or ask for less with a filter on an indexed" + " field";
            case "salesforce.unsupported_version" -> "set apiVersion(…) to one that versions() lists";
            case NOT_FOUND -> "check the name or id, that its user may see it, and that the API version has it";
            case "salesforce.no_access" -> "give the user or the app the permission for it in the org's setup";
            default ->
                status == 300
                        ? "several records have this external id: make the field unique"
                        : SCHEMA_CODES.contains(error.code())
                                ? "correct the name; describe(object) lists the fields that its user may see"
                                : error.code().isEmpty()
                                        ? "see the vendor's status page, and whether a proxy is in between"
                                        : "see the vendor's reference of REST errors for "
                                                + Cut.printable(error.code(), 80);
        };
    }
}
