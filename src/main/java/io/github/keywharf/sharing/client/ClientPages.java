package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.internal.Cut;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The items of a list, page by page, each asked for when it is needed. Not thread-safe. */
final class ClientPages implements Iterator<JsonNode> {

    /** The most pages of an answer, so that a server cannot go on for ever. */
    private static final int MAX_PAGES = 10_000;

    /** The most characters of what names the next page. */
    private static final int MAX_TOKEN = 16 * 1024;

    private final ClientCalls calls;
    private final String subject;
    private final String path;
    private final Set<String> tokens = new HashSet<>();
    private Iterator<JsonNode> page = Stream.<JsonNode>empty().iterator();
    private String next = "";
    private boolean asked;

    private ClientPages(ClientCalls calls, String subject, String path) {
        this.calls = calls;
        this.subject = subject;
        this.path = path;
    }

    static Stream<JsonNode> stream(ClientCalls calls, String subject, String path) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        new ClientPages(calls, subject, path), Spliterator.ORDERED | Spliterator.NONNULL),
                false);
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && (!asked || !next.isEmpty())) {
            ask();
        }
        return page.hasNext();
    }

    private void ask() {
        Map<String, String> query = new LinkedHashMap<>();
        if (asked) {
            query.put("pageToken", next);
        }
        JsonNode document = calls.document(subject, path, query);
        asked = true;
        next = document.path("nextPageToken").asText("");
        if (!next.isEmpty()) {
            check(subject, tokens, next);
        }
        page = document.path("items").elements();
    }

    /** Adds a page's name to those before, and checks that there is an end. */
    static void check(String subject, Set<String> before, String next) {
        if (before.size() >= MAX_PAGES || next.length() > MAX_TOKEN) {
            throw ClientCalls.badAnswer(
                    subject,
                    "The server's answer has more than " + MAX_PAGES + " pages, or one whose name is longer than "
                            + MAX_TOKEN + " characters",
                    null);
        }
        if (!before.add(next)) {
            throw ClientCalls.badAnswer(subject, "The server gives the same page again and again", null);
        }
    }

    @Override
    public JsonNode next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }

    /** A name in an item. */
    static String name(String subject, JsonNode item, String field) {
        String name = item.path(field).asText("");
        if (name.isEmpty()) {
            throw ClientCalls.badAnswer(
                    subject, "An item of the list has no " + field + ": " + Cut.printable(item.toString(), 200), null);
        }
        return name;
    }

    @Override
    public String toString() {
        return "ClientPages[" + subject + "]";
    }
}
