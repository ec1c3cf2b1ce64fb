package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * A role to act as.
 *
 * @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html">AssumeRole, for the limits</a>
 */
record AssumedRole(String arn, String sessionName, @Nullable String externalId) {
    static final String DEFAULT_SESSION_NAME = "keywharf";

    private static final Pattern ARN = Pattern.compile("arn:[a-z-]{1,20}:iam::[0-9]{1,20}:role/[!-~]{1,1000}");
    private static final Pattern SESSION_NAME = Pattern.compile("[A-Za-z0-9_+=,.@-]{2,64}");
    private static final Pattern EXTERNAL_ID = Pattern.compile("[A-Za-z0-9_+=,.@:/-]{2,1224}");

    AssumedRole {
        if (!ARN.matcher(arn).matches()) {
            throw new IllegalArgumentException(
                    "The role must be an ARN, such as 'arn:aws:iam::123456789012:role/reader', not '" + arn + "'");
        }
        if (!SESSION_NAME.matcher(sessionName).matches()) {
            throw new IllegalArgumentException("The session name '" + sessionName
                    + "' must have 2 to 64 letters, digits and characters of _+=,.@-");
        }
        if (externalId != null && !EXTERNAL_ID.matcher(externalId).matches()) {
            throw new IllegalArgumentException(
                    "The external id must have 2 to 1,224 letters, digits and characters of _+=,.@:/-");
        }
    }

    /** Gives a client's builder its settings; generic, so that it links without the module. */
    interface Configuring {
        <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B configured(B builder);
    }

    /** A client of STS, and what gives the role's credentials by it; the client is for closing. */
    record Session(SdkAutoCloseable client, AwsCredentialsProvider credentials) {}

    /** Opens a session whose credentials are fetched on first use and renewed before they expire. */
    Session open(Configuring settings) {
        try {
            return Sts.open(this, settings);
        } catch (LinkageError e) {
            throw new KeywharfException("aws.no_module", arn, AwsErrors.missing(List.of("sts")), e);
        }
    }

    /** Apart, so that this class loads without the module. */
    private static final class Sts {
        static Session open(AssumedRole role, Configuring settings) {
            StsClient client = settings.configured(StsClient.builder()).build();
            return new Session(
                    client,
                    StsAssumeRoleCredentialsProvider.builder()
                            .stsClient(client)
                            .refreshRequest(request -> request.roleArn(role.arn)
                                    .roleSessionName(role.sessionName)
                                    .externalId(role.externalId))
                            .build());
        }
    }
}
