package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.ProfileFile;

/** The credentials that were chosen: a key pair, a provider, a profile, or whatever the environment has. */
record AwsLogin(
        @Nullable String accessKey,
        @Nullable Secret secretKey,
        @Nullable Secret sessionToken,
        @Nullable AwsCredentialsProvider provider,
        @Nullable String profile) {

    AwsLogin {
        int kinds = (accessKey == null ? 0 : 1) + (provider == null ? 0 : 1) + (profile == null ? 0 : 1);
        if (kinds > 1) {
            throw new IllegalStateException(
                    "Give credentials as a key pair, as a provider or as a profile, not as two of" + " them");
        }
        if (sessionToken != null && accessKey == null) {
            throw new IllegalStateException("sessionToken goes with credentials(accessKey, secretKey)");
        }
    }

    boolean isGiven() {
        return accessKey != null || provider != null || profile != null;
    }

    /** What gives the credentials. Only a profile is looked for now. */
    AwsCredentialsProvider credentials() {
        if (accessKey != null && secretKey != null) {
            return StaticCredentialsProvider.create(
                    sessionToken == null
                            ? AwsBasicCredentials.create(accessKey, secretKey.reveal())
                            : AwsSessionCredentials.create(accessKey, secretKey.reveal(), sessionToken.reveal()));
        }
        if (profile != null) {
            ProfileFile files = ProfileFile.defaultProfileFile();
            if (files.profile(profile).isEmpty()) {
                Set<String> known = new TreeSet<>(files.profiles().keySet());
                throw new KeywharfException(
                        "aws.no_profile",
                        "profile " + profile,
                        "There is no such profile in ~/.aws/config and ~/.aws/credentials, or where AWS_CONFIG_FILE and"
                                + " AWS_SHARED_CREDENTIALS_FILE point; "
                                + (known.isEmpty() ? "they have none" : "choose one of " + known));
            }
            return ofProfile(ProfileCredentialsProvider.builder()
                    .profileFile(files)
                    .profileName(profile)
                    .build());
        }
        return provider == null ? DefaultCredentialsProvider.builder().build() : provider;
    }

    /** Of a profile that needs a module, the SDK throws an {@link IllegalStateException} where it throws its own elsewhere. */
    private static AwsCredentialsProvider ofProfile(AwsCredentialsProvider profile) {
        return () -> {
            try {
                return profile.resolveCredentials();
            } catch (IllegalStateException e) {
                throw SdkClientException.create(e.getMessage(), e);
            }
        };
    }

    @Override
    public String toString() {
        return accessKey != null
                ? "a key pair"
                : provider != null ? "a provider" : profile != null ? "profile " + profile : "the default credentials";
    }
}
