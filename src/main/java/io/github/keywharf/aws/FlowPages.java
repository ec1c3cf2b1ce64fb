package io.github.keywharf.aws;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A list that AppFlow answers in pages, each fetched when it is reached. */
final class FlowPages<T> implements Iterator<T> {
    /** The most entries of a page that AppFlow allows, 100. */
    static final int PAGE_SIZE = 100;

    /** The most pages, 10,000: a million runs. A server that never ends its list is stopped there. */
    private static final int MAX_PAGES = 10_000;

    /**
     * A page.
     *
     * @param next what to ask for the next one with; null on the last one
     */
    record Page<T>(List<T> entries, @Nullable String next) {}

    private final String subject;
    private final Function<@Nullable String, Page<T>> fetch;
    private Iterator<T> page = Collections.emptyIterator();
    private @Nullable String next;
    private int pages;

    private FlowPages(String subject, Function<@Nullable String, Page<T>> fetch) {
        this.subject = subject;
        this.fetch = fetch;
    }

    /** @param fetch a page, by the token that the page before gave, which is null for the first */
    static <T> Stream<T> stream(String subject, Function<@Nullable String, Page<T>> fetch) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        new FlowPages<>(subject, fetch), Spliterator.ORDERED | Spliterator.NONNULL),
                false);
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && (pages == 0 || next != null)) {
            Page<T> fetched = fetch.apply(next);
            if (++pages > MAX_PAGES || (fetched.next() != null && Objects.equals(fetched.next(), next))) {
                throw FlowModel.badAnswer(subject, "has the same page again, or more than " + MAX_PAGES + " pages");
            }
            page = fetched.entries().iterator();
            next = fetched.next();
        }
        return page.hasNext();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
