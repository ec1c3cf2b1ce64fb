package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** A bucket. */
final class S3Store implements ObjectStore {
    static final String UNAVAILABLE = "store.unavailable";

    /** How names of directory buckets end. */
    private static final String DIRECTORY_BUCKET = "--x-s3";

    /** What a reading that is refused says about a writing too. */
    private static final Set<String> REASONS =
            Set.of("store.bad_credentials", "store.no_bucket", "store.denied", "store.wrong_region");

    private static final Backoff CONFLICTS = Backoff.doubling(Duration.ofMillis(100), Duration.ofMillis(1600));

    private static final Logger LOG = LoggerFactory.getLogger(S3Store.class);

    private final AwsClients clients;
    private final String bucket;
    private final S3Requests requests;
    private final boolean refusesBadKeys;
    private final AtomicBoolean passedOver = new AtomicBoolean();

    S3Store(AwsClients clients, String bucket, S3Terms terms) {
        this(clients, bucket, terms, false);
    }

    /** @param refusesBadKeys whether a listing that comes to an object whose key is not valid ends with an error */
    S3Store(AwsClients clients, String bucket, S3Terms terms, boolean refusesBadKeys) {
        if (bucket.isEmpty() || bucket.contains("/") || bucket.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "'" + bucket + "' is not the name of a bucket; give the name alone, and a folder beside it");
        }
        if (bucket.endsWith(DIRECTORY_BUCKET)) {
            throw new KeywharfException(
                    "store.unsupported",
                    "s3://" + bucket,
                    "A directory bucket of S3 Express lists keys in no order; use a general purpose bucket");
        }
        this.clients = clients;
        this.bucket = bucket;
        this.refusesBadKeys = refusesBadKeys;
        this.requests = new S3Requests(bucket, terms, clients.attemptTimeout());
    }

    AwsClients clients() {
        return clients;
    }

    S3Client s3() {
        return clients.s3();
    }

    S3Requests requests() {
        return requests;
    }

    @Override
    public String name() {
        return "s3://" + bucket;
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<StoredObject> list(String prefix, String startAfter) {
        ObjectKeys.checkPrefix(prefix);
        ObjectKeys.checkPrefix(startAfter);
        int ordered = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(
                () -> Spliterators.spliteratorUnknownSize(new S3Listing(this, prefix, startAfter), ordered),
                ordered,
                false);
    }

    @Override
    public ObjectReader open(String key) {
        ObjectKeys.check(key);
        try {
            HeadObjectResponse head = s3().headObject(requests.head(key));
            return new S3Reader(
                    this, new StoredObject(key, head.contentLength(), etag(head.eTag()), head.lastModified()));
        } catch (SdkException e) {
            throw explain(key, e);
        }
    }

    @Override
    public ObjectReader open(StoredObject version) {
        ObjectKeys.check(version.key());
        return new S3Reader(this, version);
    }

    /** Answers to HEAD have no body that says what was wrong; a GET has. */
    private KeywharfException explain(String key, SdkException head) {
        int status = AwsErrors.status(head);
        if (status == 400 || status == 403 || status == 404) {
            try {
                s3().getObject(requests.firstByte(key)).abort();
            } catch (SdkException e) {
                return failed(key, e);
            }
        }
        return failed(key, head);
    }

    /** A server that refuses a body may close before its reason is read; then a GET, which has no body, asks for it. */
    KeywharfException writeFailed(String key, SdkException write) {
        KeywharfException failure = failed(key, write);
        if (AwsErrors.status(write) == 0 && failure.is(UNAVAILABLE)) {
            try {
                s3().getObject(requests.firstByte(key)).abort();
            } catch (SdkException e) {
                KeywharfException reason = failed(key, e);
                if (REASONS.contains(reason.code())) {
                    reason.addSuppressed(write);
                    return reason;
                }
            }
        }
        return failure;
    }

    @Override
    public byte[] readSmall(String key) {
        return read(key, ObjectKeys.MAX_SMALL_OBJECT);
    }

    @Override
    public Optional<byte[]> find(String key, int maxBytes) {
        ObjectKeys.checkMaxBytes(maxBytes);
        try {
            return Optional.of(read(key, maxBytes));
        } catch (KeywharfException e) {
            if (e.is(ObjectStore.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private byte[] read(String key, int maxBytes) {
        GetObjectRequest request = requests.get(ObjectKeys.check(key))
                .checksumMode(clients.checksumMode())
                .build();
        try {
            ResponseInputStream<GetObjectResponse> content = s3().getObject(request);
            GetObjectResponse head = content.response();
            StoredObject object = new StoredObject(key, head.contentLength(), etag(head.eTag()), head.lastModified());
            if (object.size() > maxBytes) {
                content.abort();
                throw new KeywharfException(
                        ObjectStore.TOO_LARGE,
                        subject(key),
                        "It has " + object.size() + " bytes, more than the " + maxBytes
                                + " that are read into memory; open it instead");
            }
            try (S3Range range = new S3Range(this, object, 0, object.size(), content)) {
                byte[] whole = new byte[(int) object.size()];
                range.readWhole(whole, 0, whole.length);
                return whole;
            }
        } catch (SdkException e) {
            throw failed(key, e);
        }
    }

    @Override
    public ObjectWriter create(String key) {
        return new S3Writer(this, ObjectKeys.check(key));
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        ObjectKeys.check(key);
        String writer = UUID.randomUUID().toString();
        for (int attempt = 1; ; attempt++) {
            try {
                s3().putObject(
                                requests.put(key, writer, content.length)
                                        .ifNoneMatch("*")
                                        .build(),
                                body(content, content.length));
                return true;
            } catch (SdkException e) {
                int status = AwsErrors.status(e);
                boolean unsure = status == 0 || status >= 500;
                if (status == 412) {
                    return isOurs(writer, key, e);
                }
                if (unsure && writtenBy(writer, key) != null) {
                    return true;
                }
                if (status != 409 || attempt >= clients.attempts()) {
                    throw writeFailed(key, e);
                }
                pause(key, attempt);
            }
        }
    }

    @Override
    public boolean copy(String from, String to) {
        ObjectKeys.check(to);
        StoredObject source;
        try (ObjectReader reader = open(from)) {
            source = reader.object();
        }
        return source.size() <= S3Copy.SMALL
                ? createIfAbsent(to, readSmall(from))
                : new S3Copy(this, source, to).copy();
    }

    @Override
    public boolean copy(StoredObject version, String to) {
        return version.size() <= S3Copy.SMALL
                ? ObjectStore.super.copy(version, to)
                : new S3Copy(this, version, ObjectKeys.check(to)).copy();
    }

    /**
     * Whether the object that is in the way was written by that writer: the SDK repeats a request whose answer was lost,
     * and the repeated one is then refused because of the first.
     */
    boolean isOurs(String writer, String key, SdkException refusal) {
        try {
            return head(writer, key) != null;
        } catch (SdkException e) {
            if (AwsErrors.status(e) == 404) {
                return false;
            }
            KeywharfException unknown = new KeywharfException(
                    ObjectStore.OUTCOME_UNKNOWN,
                    subject(key),
                    "An object of this key is there, and the server does not say whether this call wrote it; read it"
                            + " and compare its content",
                    failed(key, e));
            unknown.addSuppressed(refusal);
            throw unknown;
        }
    }

    /** An object of that key if it was written by that writer; null if not, or if the server does not say. */
    @Nullable
    StoredObject writtenBy(String writer, String key) {
        try {
            return head(writer, key);
        } catch (SdkException e) {
            return null;
        }
    }

    /** Whether there is an object of a key. */
    boolean exists(String key) {
        try {
            s3().headObject(requests.head(key));
            return true;
        } catch (SdkException e) {
            if (AwsErrors.status(e) == 404) {
                return false;
            }
            throw explain(key, e);
        }
    }

    private @Nullable StoredObject head(String writer, String key) {
        HeadObjectResponse head = s3().headObject(requests.head(key));
        return writer.equals(head.metadata().get(S3Requests.WRITER))
                ? new StoredObject(key, head.contentLength(), etag(head.eTag()), head.lastModified())
                : null;
    }

    /** Waits after a conflict with another writer. */
    void pause(String key, int attempt) {
        clients.pause().of(CONFLICTS.pause(attempt), subject(key));
    }

    /** Gives up an upload in parts. */
    void abort(String key, String upload) {
        try {
            s3().abortMultipartUpload(requests.abortParts(key, upload));
        } catch (SdkException e) {
            if (AwsErrors.status(e) != 404) {
                LOG.atWarn()
                        .setCause(e)
                        .addKeyValue("object", subject(key))
                        .log(
                                "An unfinished upload could not be aborted and stays until the bucket's lifecycle ends it");
            }
        }
    }

    @Override
    public void delete(String key) {
        ObjectKeys.check(key);
        try {
            s3().deleteObject(requests.delete(key));
        } catch (SdkException e) {
            KeywharfException failure = failed(key, e);
            if (!failure.is(ObjectStore.NOT_FOUND)) {
                throw failure;
            }
        }
    }

    /** A body that can be sent again, over an array that is not copied. */
    static RequestBody body(byte[] content, int length) {
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(content, 0, length), length, "application/octet-stream");
    }

    /** Deals with an object that a listing cannot give, since its key is not valid. */
    void passOver(String key, IllegalArgumentException reason) {
        if (refusesBadKeys) {
            throw new KeywharfException(
                    "store.key_unsupported",
                    subject(Cut.printable(key, 200)),
                    "It cannot be read, as its key has an empty segment, '.', '..', a backslash or a control character;"
                            + " give it another key",
                    reason);
        }
        if (passedOver.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("object", subject(Cut.printable(key, 200)))
                    .log("An object is not listed because its key is not valid; others like it are not reported");
        }
    }

    String subject(String key) {
        return name() + "/" + key;
    }

    KeywharfException failed(String key, SdkException e) {
        String code = AwsErrors.code(e);
        int status = AwsErrors.status(e);
        if (code.equals("NoSuchBucket")) {
            return new KeywharfException(
                    "store.no_bucket",
                    subject(key),
                    "There is no bucket '" + bucket + "'; create it, or check the name",
                    e);
        }
        if (status == 404) {
            return new KeywharfException(
                    ObjectStore.NOT_FOUND,
                    subject(key),
                    "There is no such object; check the key, or write it first",
                    e);
        }
        if (status == 412) {
            return replaced(subject(key), e);
        }
        return AwsErrors.map("store", subject(key), e);
    }

    static KeywharfException replaced(String subject, @Nullable SdkException cause) {
        return KeywharfException.retryable(
                ObjectStore.REPLACED, subject, "It was replaced since it was opened; open it again", cause);
    }

    static String etag(@Nullable String quoted) {
        return quoted == null ? "" : quoted.replace("\"", "");
    }

    /** The time that a listing will give, within a second: S3 answers a write with its clock, not with the time kept. */
    Instant now() {
        return clients.clock().instant();
    }

    @Override
    public String toString() {
        return "ObjectStore[" + name() + "]";
    }
}
