package io.github.keywharf.aws;

import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * The requests for a bucket, begun: with its name, the key, and the headers of its terms, which are written as headers
 * since each kind of request has its own methods for the same ones.
 */
final class S3Requests {
    /** The metadata by which a writer recognises an object whose acknowledgement was lost as its own. */
    static final String WRITER = "keywharf-writer";

    private static final int UPLOAD_BYTES_PER_SECOND = 256 * 1024;

    private final String bucket;
    private final Map<String, String> headers;
    private final Map<String, String> headersOfNewObjects;
    private final Duration attemptTimeout;

    S3Requests(String bucket, S3Terms terms, Duration attemptTimeout) {
        this.bucket = bucket;
        this.headers = Map.copyOf(terms.headers());
        this.headersOfNewObjects = Map.copyOf(terms.headersOfNewObjects());
        this.attemptTimeout = attemptTimeout;
    }

    HeadObjectRequest head(String key) {
        return with(HeadObjectRequest.builder(), headers)
                .bucket(bucket)
                .key(key)
                .build();
    }

    GetObjectRequest.Builder get(String key) {
        return with(GetObjectRequest.builder(), headers).bucket(bucket).key(key);
    }

    /** Of all answers the shortest that says what is wrong with reading an object. */
    GetObjectRequest firstByte(String key) {
        return get(key).range("bytes=0-0").build();
    }

    ListObjectsV2Request.Builder list(String prefix) {
        return with(ListObjectsV2Request.builder(), headers).bucket(bucket).prefix(prefix);
    }

    DeleteObjectRequest delete(String key) {
        return with(DeleteObjectRequest.builder(), headers)
                .bucket(bucket)
                .key(key)
                .build();
    }

    PutObjectRequest.Builder put(String key, String writer, long bytes) {
        return timed(PutObjectRequest.builder(), headersOfNewObjects, bytes)
                .bucket(bucket)
                .key(key)
                .metadata(Map.of(WRITER, writer));
    }

    CreateMultipartUploadRequest beginParts(String key, String writer) {
        return with(CreateMultipartUploadRequest.builder(), headersOfNewObjects)
                .bucket(bucket)
                .key(key)
                .metadata(Map.of(WRITER, writer))
                .build();
    }

    UploadPartRequest part(String key, String upload, int number, long bytes) {
        return timed(UploadPartRequest.builder(), headers, bytes)
                .bucket(bucket)
                .key(key)
                .uploadId(upload)
                .partNumber(number)
                .build();
    }

    /** A part that is copied from an object of the same bucket. */
    UploadPartCopyRequest.Builder copyPart(String from, String key, String upload, int number, long bytes) {
        return timed(UploadPartCopyRequest.builder(), headers, bytes)
                .sourceBucket(bucket)
                .sourceKey(from)
                .destinationBucket(bucket)
                .destinationKey(key)
                .uploadId(upload)
                .partNumber(number);
    }

    CompleteMultipartUploadRequest.Builder endParts(String key, String upload) {
        return with(CompleteMultipartUploadRequest.builder(), headers)
                .bucket(bucket)
                .key(key)
                .uploadId(upload);
    }

    AbortMultipartUploadRequest abortParts(String key, String upload) {
        return with(AbortMultipartUploadRequest.builder(), headers)
                .bucket(bucket)
                .key(key)
                .uploadId(upload)
                .build();
    }

    private static <B extends AwsRequest.Builder> B with(B request, Map<String, String> headers) {
        if (!headers.isEmpty()) {
            request.overrideConfiguration(override -> headers.forEach(override::putHeader));
        }
        return request;
    }

    /** A request that sends as many bytes, for which it gets time beyond that of one without a body. */
    private <B extends AwsRequest.Builder> B timed(B request, Map<String, String> headers, long bytes) {
        request.overrideConfiguration(override -> {
            headers.forEach(override::putHeader);
            override.apiCallAttemptTimeout(attemptTimeout.plusSeconds(bytes / UPLOAD_BYTES_PER_SECOND));
        });
        return request;
    }
}
