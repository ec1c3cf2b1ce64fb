package io.github.keywharf.aws;

/** When requests to S3 carry checksums beyond those of their signature. */
public enum ChecksumMode {
    /** Whenever the operation has them: what S3 itself wants. */
    WHEN_SUPPORTED,
    /** Only where the operation demands them: for stores that speak an older S3, such as Ceph before version 18. */
    WHEN_REQUIRED
}
