package io.github.keywharf.aws;

/** A service that an {@link AWSManager} calls. */
public enum AwsService {
    /** Objects. */
    S3,
    /** Secrets. */
    SECRETS_MANAGER,
    /** Flows. */
    APPFLOW,
    /** Temporary credentials of a role. */
    STS
}
