package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.StoredObject;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The objects of a bucket, a page of up to a thousand at a time. S3 lists in the order of the keys' UTF-8 bytes. */
final class S3Listing implements Iterator<StoredObject> {
    private final S3Store store;
    private final String prefix;
    private final String startAfter;
    private @Nullable ListObjectsV2Response page;
    private Iterator<S3Object> objects = Collections.emptyIterator();
    private @Nullable StoredObject next;
    private @Nullable String token;
    private String lastKey = "";

    S3Listing(S3Store store, String prefix, String startAfter) {
        this.store = store;
        this.prefix = prefix;
        this.startAfter = startAfter;
    }

    @Override
    public boolean hasNext() {
        while (next == null && (objects.hasNext() || fetch())) {
            if (objects.hasNext()) {
                S3Object object = objects.next();
                requireOrder(object.key());
                // Servers exist that ignore where a listing is to start.
                if (isValid(object) && ObjectKeys.ORDER.compare(object.key(), startAfter) > 0) {
                    next = new StoredObject(
                            object.key(), object.size(), S3Store.etag(object.eTag()), object.lastModified());
                }
            }
        }
        return next != null;
    }

    @Override
    public StoredObject next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        StoredObject object = next;
        next = null;
        return object;
    }

    /** Servers exist that list in another order, by which who takes the first key takes any. */
    private void requireOrder(String key) {
        if (ObjectKeys.ORDER.compare(key, lastKey) < 0) {
            throw new KeywharfException(
                    "store.unsupported",
                    store.subject(prefix),
                    "The server lists '" + lastKey + "' before '" + key
                            + "'; use one that lists keys in the order of their UTF-8 bytes");
        }
        lastKey = key;
    }

    /** Fetches the next page; returns whether there was one. */
    private boolean fetch() {
        ListObjectsV2Response last = page;
        if (last != null && !Boolean.TRUE.equals(last.isTruncated())) {
            return false;
        }
        try {
            String continuation = last == null ? null : nextToken(last);
            String first = continuation == null && !startAfter.isEmpty() ? startAfter : null;
            ListObjectsV2Response fetched = store.s3()
                    .listObjectsV2(store.requests()
                            .list(prefix)
                            .startAfter(first)
                            .continuationToken(continuation)
                            .build());
            page = fetched;
            objects = fetched.contents().iterator();
            return true;
        } catch (SdkException e) {
            throw store.failed(prefix, e);
        }
    }

    /** Servers exist that have more objects and do not say how to get them, or give the same page again. */
    private String nextToken(ListObjectsV2Response last) {
        String next = last.nextContinuationToken();
        if (next == null || next.isEmpty() || next.equals(token)) {
            throw new KeywharfException(
                    "store.unsupported",
                    store.subject(prefix),
                    "The server does not give the rest of a listing after "
                            + last.contents().size() + " objects; use a server that has version 2 of ListObjects");
        }
        token = next;
        return next;
    }

    private boolean isValid(S3Object object) {
        try {
            ObjectKeys.check(object.key());
            return true;
        } catch (IllegalArgumentException foreign) {
            // Consoles make empty objects for folders.
            if (object.size() > 0) {
                store.passOver(object.key(), foreign);
            }
            return false;
        }
    }
}
