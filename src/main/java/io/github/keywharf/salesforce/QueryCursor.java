package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows one result from page to page to its end, and makes sure that as many records came as the server counted. The keys of
 * a page may come in any order. Not thread-safe.
 */
final class QueryCursor {
    private static final String MISMATCH = SalesforceErrors.COUNT_MISMATCH;
    private static final String LINKS = "/services/data/";
    private static final int MAX_LINK = 4_000;
    /** Pages without a record, which the API does not rule out; more of them are taken for a loop. */
    private static final int MAX_EMPTY_PAGES = 100;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();

    /** Takes the records of a page. */
    interface Taker {
        /** Forgets what came of the page so far, as it is read from its beginning. */
        void begin();

        /** Takes the record that begins at the parser's token, and leaves the parser at its end. */
        void take(JsonParser json) throws IOException;
    }

    private final SalesforceCalls calls;
    private final String subject;
    private final Map<String, String> headers;
    private final Set<String> seen = new HashSet<>();
    private @Nullable String next;
    private long total = -1;
    private long read;
    private int emptyPages;

    /** What a page says besides its records. */
    private static final class Page {
        private @Nullable Long total;
        private @Nullable Boolean done;
        private @Nullable String next;
        private long records = -1;
    }

    /**
     * A result from its first page on.
     *
     * @param what is read, for messages
     * @param path of the first page
     */
    QueryCursor(SalesforceCalls calls, String what, String path, Map<String, String> headers) {
        this.calls = calls;
        this.subject = calls.subject(what);
        this.headers = headers;
        this.next = path;
    }

    /**
     * A result whose first page came as a part of another.
     *
     * @throws KeywharfException {@code salesforce.count_mismatch} when that page is not as whole as it says
     */
    static QueryCursor within(
            SalesforceCalls calls,
            String what,
            Map<String, String> headers,
            long total,
            boolean done,
            @Nullable String link,
            long records) {
        QueryCursor cursor = new QueryCursor(calls, what, "", headers);
        Page page = new Page();
        page.total = total;
        page.done = done;
        page.next = link;
        page.records = records;
        cursor.advance(page);
        return cursor;
    }

    /** How many records the server counts; -1 before the first page. */
    long total() {
        return total;
    }

    /** How many records came. */
    long read() {
        return read;
    }

    boolean isAtEnd() {
        return next == null;
    }

    /** Reads the next page, as often as its content breaks off. */
    void readPage(Taker taker) {
        String path = next;
        if (path == null) {
            throw new IllegalStateException("There is no further page");
        }
        Page page;
        try {
            page = calls.read(path, headers, response -> {
                taker.begin();
                return parse(response, taker);
            });
        } catch (KeywharfException e) {
            throw e.is(SalesforceErrors.CURSOR_EXPIRED)
                    ? e.about(
                            subject,
                            "The server dropped the cursor after " + read + " of " + total
                                    + " records; run the query again, ordered by a key and from the last one that was"
                                    + " read")
                    : e;
        }
        advance(page);
    }

    /** The server's count, without the records. */
    static long count(SalesforceCalls calls, String what, String path, Map<String, String> headers) {
        QueryCursor cursor = new QueryCursor(calls, what, path, headers);
        Page page = calls.read(
                path,
                headers,
                response -> cursor.parse(response, new Taker() {
                    @Override
                    public void begin() {}

                    @Override
                    public void take(JsonParser json) throws IOException {
                        json.skipChildren();
                    }
                }));
        return cursor.totalOf(page);
    }

    private Page parse(HttpResponse response, Taker taker) {
        try (JsonParser json = JSON.createParser(response.body().open())) {
            Page page = new Page();
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw bad("is not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                switch (key) {
                    case "totalSize" -> page.total = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : null;
                    case "done" -> page.done = value.isBoolean() ? json.getBooleanValue() : null;
                    case "nextRecordsUrl" -> page.next = value == JsonToken.VALUE_STRING ? json.getText() : null;
                    case "records" -> page.records = records(json, taker);
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw bad("has something behind its JSON object");
            }
            return page;
        } catch (JsonEOFException e) {
            throw KeywharfException.retryable(
                    "http.broken", subject, "The page ends in its middle; run the query again", e);
        } catch (JsonProcessingException e) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    subject,
                    "The page is not valid JSON; check whether a proxy is in between",
                    e);
        } catch (IOException e) {
            throw KeywharfException.retryable(
                    "http.broken", subject, "The connection broke in the middle of a page; run the query again", e);
        }
    }

    private long records(JsonParser json, Taker taker) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw bad("has 'records' that are not an array");
        }
        long count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw bad("has a record that is not an object");
            }
            taker.take(json);
            count++;
        }
        return count;
    }

    private long totalOf(Page page) {
        if (page.total == null || page.total < 0) {
            throw bad("has no 'totalSize'");
        }
        return page.total;
    }

    private void advance(Page page) {
        if (total < 0) {
            total = totalOf(page);
        }
        if (page.done == null || page.records < 0) {
            throw bad("has no " + (page.done == null ? "'done'" : "'records'"));
        }
        read += page.records;
        if (read > total) {
            throw mismatch("sent at least " + read + " records");
        }
        if (page.done) {
            if (read != total) {
                throw mismatch("sent " + read + " records and said that this was all");
            }
            next = null;
            return;
        }
        String link = page.next;
        if (link == null) {
            throw mismatch("sent " + read + " records and no link to the others");
        }
        if (!isOurs(link)) {
            throw bad("links to '" + Cut.printable(link, 120) + "', which is not below " + LINKS + " of the same host");
        }
        emptyPages = page.records == 0 ? emptyPages + 1 : 0;
        if (!seen.add(link) || emptyPages > MAX_EMPTY_PAGES) {
            throw mismatch("sent " + read + " records and then linked in a circle");
        }
        next = link;
    }

    /** Whether the token may be sent there: a plain path below the API's, without anything that leads elsewhere. */
    private static boolean isOurs(String link) {
        return link.length() <= MAX_LINK
                && link.startsWith(LINKS)
                && !link.contains("..")
                && !link.contains("//")
                && link.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\' && c != '#' && c != '"');
    }

    private KeywharfException bad(String problem) {
        return new KeywharfException(
                "salesforce.bad_answer",
                subject,
                "The answer " + problem + "; check the instance, and whether a proxy is in between");
    }

    private KeywharfException mismatch(String problem) {
        return new KeywharfException(
                MISMATCH,
                subject,
                "The server counted " + total + " records, " + problem
                        + "; nothing of them is lost in the org: run the query again");
    }
}
