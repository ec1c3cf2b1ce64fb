package io.github.keywharf.aws;

import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Sends a small object in one request and a large one in parts, holding one part in memory.
 *
 * <p>S3 takes at most 10,000 parts. The first 800 have 8 MiB, and their size doubles every 800 parts up to 1 GiB, so that
 * the largest object that S3 takes, 5 TiB, fits.
 */
final class S3Writer extends ObjectWriter {
    static final int FIRST_PART_BYTES = 8 * 1024 * 1024;

    private static final int PARTS_OF_A_SIZE = 800;
    private static final int DOUBLINGS = 7;
    private static final int INITIAL_BUFFER = 64 * 1024;

    private final S3Store store;
    private final String key;
    private final String writer = UUID.randomUUID().toString();
    private final List<CompletedPart> parts = new ArrayList<>();
    private byte[] buffer = new byte[INITIAL_BUFFER];
    private int buffered;
    private long size;
    private @Nullable String upload;
    private boolean done;

    S3Writer(S3Store store, String key) {
        this.store = store;
        this.key = key;
    }

    /** The bytes of the part of a number, from 1 on. */
    static int partBytes(int number) {
        return FIRST_PART_BYTES << Math.min((number - 1) / PARTS_OF_A_SIZE, DOUBLINGS);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        checkWriting();
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int done = 0;
        while (done < length) {
            int partBytes = partBytes(parts.size() + 1);
            if (buffered == partBytes) {
                sendPart();
                continue;
            }
            int count = Math.min(length - done, partBytes - buffered);
            if (buffered + count > buffer.length) {
                buffer = Arrays.copyOf(buffer, (int)
                        Math.min(partBytes, Math.max(2L * buffer.length, buffered + (long) count)));
            }
            System.arraycopy(bytes, offset + done, buffer, buffered, count);
            buffered += count;
            done += count;
        }
        size += length;
    }

    private void sendPart() {
        try {
            String id = upload;
            if (id == null) {
                id = store.s3()
                        .createMultipartUpload(store.requests().beginParts(key, writer))
                        .uploadId();
                upload = id;
            }
            int number = parts.size() + 1;
            UploadPartResponse sent = store.s3()
                    .uploadPart(store.requests().part(key, id, number, buffered), S3Store.body(buffer, buffered));
            parts.add(CompletedPart.builder()
                    .partNumber(number)
                    .eTag(sent.eTag())
                    .checksumCRC32(sent.checksumCRC32())
                    .build());
            buffered = 0;
        } catch (SdkException e) {
            throw store.writeFailed(key, e);
        }
    }

    @Override
    public StoredObject commit() {
        checkWriting();
        try {
            StoredObject object = upload == null ? put() : complete(upload);
            upload = null;
            return object;
        } finally {
            close();
        }
    }

    private StoredObject put() {
        try {
            String etag = store.s3()
                    .putObject(store.requests().put(key, writer, buffered).build(), S3Store.body(buffer, buffered))
                    .eTag();
            return new StoredObject(key, size, S3Store.etag(etag), store.now());
        } catch (SdkException e) {
            throw store.writeFailed(key, e);
        }
    }

    private StoredObject complete(String id) {
        if (buffered > 0) {
            sendPart();
        }
        try {
            String etag = store.s3()
                    .completeMultipartUpload(store.requests()
                            .endParts(key, id)
                            .multipartUpload(all -> all.parts(parts))
                            .build())
                    .eTag();
            return new StoredObject(key, size, S3Store.etag(etag), store.now());
        } catch (SdkException e) {
            StoredObject unacknowledged = store.writtenBy(writer, key);
            if (unacknowledged != null) {
                return unacknowledged;
            }
            throw store.writeFailed(key, e);
        }
    }

    private void checkWriting() {
        if (done) {
            throw new IllegalStateException("The writer of '" + key + "' is committed or closed");
        }
    }

    @Override
    public void close() {
        done = true;
        buffer = new byte[0];
        buffered = 0;
        String id = upload;
        upload = null;
        if (id != null) {
            store.abort(key, id);
        }
    }
}
