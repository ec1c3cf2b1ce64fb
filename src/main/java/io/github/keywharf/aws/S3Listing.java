package io.github.keywharf.aws;

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
                // Servers exist that ignore where a listing is to start.
                if (isValid(object.key()) && ObjectKeys.ORDER.compare(object.key(), startAfter) > 0) {
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

    /** Fetches the next page; returns whether there was one. */
    private boolean fetch() {
        ListObjectsV2Response last = page;
        if (last != null && !Boolean.TRUE.equals(last.isTruncated())) {
            return false;
        }
        try {
            String token = last == null ? null : last.nextContinuationToken();
            String first = token == null && !startAfter.isEmpty() ? startAfter : null;
            ListObjectsV2Response fetched = store.s3()
                    .listObjectsV2(store.requests()
                            .list(prefix)
                            .startAfter(first)
                            .continuationToken(token)
                            .build());
            page = fetched;
            objects = fetched.contents().iterator();
            return true;
        } catch (SdkException e) {
            throw store.failed(prefix, e);
        }
    }

    private static boolean isValid(String key) {
        try {
            ObjectKeys.check(key);
            return true;
        } catch (IllegalArgumentException foreign) {
            return false;
        }
    }
}
