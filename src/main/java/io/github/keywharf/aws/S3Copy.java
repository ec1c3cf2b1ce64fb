package io.github.keywharf.aws;

import io.github.keywharf.store.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyPartResult;

/**
 * Copies a large object inside S3, in parts, to a key that has none.
 *
 * <p>An upload in parts, and not {@code CopyObject}: that takes at most 5 GB, and does not know the condition that there be
 * no object yet, which the end of an upload does. Small objects are not copied so, as every server that passes the tests
 * knows the condition for a {@code PUT}.
 */
final class S3Copy {
    /** Up to these bytes an object is read and written again: two requests, where a copy in parts takes four. */
    static final int SMALL = S3Writer.FIRST_PART_BYTES;

    /** A part takes S3 some seconds; there may be 10,000. */
    private static final long PART_BYTES = 256L << 20;

    private static final int MOST_PARTS = 10_000;

    private final S3Store store;
    private final StoredObject source;
    private final String key;
    private final String writer = UUID.randomUUID().toString();

    S3Copy(S3Store store, StoredObject source, String key) {
        this.store = store;
        this.source = source;
        this.key = key;
    }

    /** The bytes of each part but the last. */
    static long partBytes(long size) {
        return Math.max(PART_BYTES, (size + MOST_PARTS - 1) / MOST_PARTS);
    }

    /** Returns whether this made the object. */
    boolean copy() {
        for (int attempt = 1; ; attempt++) {
            if (store.exists(key)) {
                return false;
            }
            String upload = begin();
            boolean ended = false;
            try {
                List<CompletedPart> parts = copyParts(upload);
                complete(upload, parts);
                ended = true;
                return true;
            } catch (SdkException e) {
                int status = AwsErrors.status(e);
                if (status == 412) {
                    return store.isOurs(writer, key, e);
                }
                if (store.writtenBy(writer, key) != null) {
                    ended = true;
                    return true;
                }
                if (status != 409 || attempt >= store.clients().attempts()) {
                    throw store.writeFailed(key, e);
                }
            } finally {
                if (!ended) {
                    store.abort(key, upload);
                }
            }
            store.pause(key, attempt);
        }
    }

    private String begin() {
        try {
            return store.s3()
                    .createMultipartUpload(store.requests().beginParts(key, writer))
                    .uploadId();
        } catch (SdkException e) {
            throw store.writeFailed(key, e);
        }
    }

    private List<CompletedPart> copyParts(String upload) {
        List<CompletedPart> parts = new ArrayList<>();
        long partBytes = partBytes(source.size());
        for (long from = 0; from < source.size(); from += partBytes) {
            long end = Math.min(from + partBytes, source.size());
            parts.add(copyPart(upload, parts.size() + 1, from, end));
        }
        return parts;
    }

    private CompletedPart copyPart(String upload, int number, long from, long end) {
        try {
            CopyPartResult copied = store.s3()
                    .uploadPartCopy(store.requests()
                            .copyPart(source.key(), key, upload, number, end - from)
                            .copySourceIfMatch('"' + source.etag() + '"')
                            .copySourceRange("bytes=" + from + "-" + (end - 1))
                            .build())
                    .copyPartResult();
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(copied.eTag())
                    .checksumCRC32(copied.checksumCRC32())
                    .build();
        } catch (SdkException e) {
            throw store.failed(source.key(), e);
        }
    }

    private void complete(String upload, List<CompletedPart> parts) {
        store.s3()
                .completeMultipartUpload(store.requests()
                        .endParts(key, upload)
                        .ifNoneMatch("*")
                        .multipartUpload(all -> all.parts(parts))
                        .build());
    }
}
