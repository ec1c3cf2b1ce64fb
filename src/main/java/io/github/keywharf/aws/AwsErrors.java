package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.internal.MissingLibrary;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.util.VersionInfo;

/** Says in our words what AWS refused. */
final class AwsErrors {
    private static final int MAX_CAUSES = 20;

    /** What the SDK says when web identity, an assumed role or single sign-on is configured without its module. */
    private static final Pattern MISSING_MODULE =
            Pattern.compile("'(sts|sso|ssooidc)' service module must be on the class ?path");

    private static final Set<String> BAD_CREDENTIALS = Set.of(
            "SignatureDoesNotMatch",
            "InvalidAccessKeyId",
            "InvalidSignatureException",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "MissingAuthenticationTokenException",
            "IncompleteSignatureException",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidToken",
            "TokenRefreshRequired");
    private static final Set<String> BAD_CLOCK = Set.of("RequestTimeTooSkewed", "RequestExpired");
    private static final Set<String> WRONG_REGION =
            Set.of("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException");
    private static final Set<String> THROTTLED =
            Set.of("SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded");

    private AwsErrors() {}

    /**
     * What every service may answer.
     *
     * @param area the first part of the code: {@code store}, {@code secret}, {@code aws}
     */
    static KeywharfException map(String area, String subject, SdkException e) {
        if (!(e instanceof AwsServiceException refused)) {
            return clientSide(area, subject, e);
        }
        String code = code(e);
        int status = refused.statusCode();
        String said = "(" + status + (code.isEmpty() ? "" : " " + code) + ")";
        String message = String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("scoped to a valid region")) {
            return new KeywharfException(
                    area + ".wrong_region",
                    subject,
                    "The endpoint is in another region " + said + "; set it by region(…)",
                    e);
        }
        boolean badClock = BAD_CLOCK.contains(code)
                || message.contains("signature expired")
                || message.contains("signature not yet current");
        if (!badClock && (BAD_CREDENTIALS.contains(code) || status == 401)) {
            return new KeywharfException(
                    area + ".bad_credentials",
                    subject,
                    "The credentials are wrong or have expired " + said + "; check access key, secret key and session"
                            + " token",
                    e);
        }
        if (badClock) {
            return new KeywharfException(
                    area + ".bad_credentials",
                    subject,
                    "The signature was dated too far from the server's time " + said + "; set this machine's clock",
                    e);
        }
        if (WRONG_REGION.contains(code) || status == 301) {
            return new KeywharfException(
                    area + ".wrong_region",
                    subject,
                    "It is in " + regionOf(refused) + " " + said + "; set that by region(…)",
                    e);
        }
        if (status == 403 || code.equals("AccessDeniedException")) {
            return new KeywharfException(
                    area + ".denied",
                    subject,
                    (isOfSts(refused)
                                    ? "These credentials may not assume the role "
                                    : "These credentials may not do this ")
                            + said + "; grant them the right",
                    e);
        }
        if (status >= 500 || status == 408 || code.equals("RequestTimeout") || isThrottled(e)) {
            return KeywharfException.retryable(
                    area + ".unavailable",
                    subject,
                    "The service was not able to answer " + said + " after " + attempts(e) + "; try again later",
                    e);
        }
        return new KeywharfException(
                area + ".failed", subject, "The service refused " + said + ": " + e.getMessage(), e);
    }

    /** S3 names the region of a bucket in the answer. */
    private static String regionOf(AwsServiceException refused) {
        return Optional.ofNullable(refused.awsErrorDetails())
                .flatMap(details -> Optional.ofNullable(details.sdkHttpResponse()))
                .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"))
                .map(region -> "the region " + Cut.printable(region, 40))
                .orElse("another region or place");
    }

    private static boolean isOfSts(AwsServiceException refused) {
        return refused.awsErrorDetails() != null
                && "sts".equalsIgnoreCase(refused.awsErrorDetails().serviceName());
    }

    /** Whether the service asks for fewer requests. */
    static boolean isThrottled(SdkException e) {
        return status(e) == 429 || THROTTLED.contains(code(e));
    }

    private static KeywharfException clientSide(String area, String subject, SdkException e) {
        String message = String.valueOf(e.getMessage());
        Set<String> missing = missingModules(e);
        if (!missing.isEmpty()) {
            return new KeywharfException("aws.no_module", subject, missing(missing), e);
        }
        if (message.contains("Unable to load credentials") || message.contains("contained no credentials")) {
            return new KeywharfException(
                    area + ".bad_credentials",
                    subject,
                    "No credentials were given or found; call credentials(…) or set AWS_ACCESS_KEY_ID and"
                            + " AWS_SECRET_ACCESS_KEY",
                    e);
        }
        Throwable tls = tlsFailure(e);
        if (tls != null) {
            return new KeywharfException(
                    area + ".tls_failed",
                    subject,
                    "The TLS handshake failed (" + tls.getMessage()
                            + "); check the endpoint's name, its certificate, and"
                            + " that this Java trusts the authority that signed it",
                    e);
        }
        if (e instanceof AbortedException) {
            return KeywharfException.interrupted(subject, e);
        }
        String host = unknownHost(e);
        return KeywharfException.retryable(
                area + ".unavailable",
                subject,
                host == null
                        ? "The service could not be reached, or the answer broke off; check the network and the endpoint"
                        : "There is no host '" + Cut.printable(host, 120)
                                + "'; check region, endpoint, the name of the bucket and the network",
                e);
    }

    /** Modules of the SDK that the credentials need, to be added in the version of the others. */
    static String missing(Collection<String> modules) {
        String[] coordinates = modules.stream()
                .map(module -> "software.amazon.awssdk:" + module + ":" + VersionInfo.SDK_VERSION)
                .toArray(String[]::new);
        return MissingLibrary.message("A part of the SDK that the credentials need", coordinates)
                + ", or the version of your s3 if that is another";
    }

    /** Names of the modules that the chain of credentials asked for, or empty. */
    private static Set<String> missingModules(Throwable failure) {
        Set<String> modules = new TreeSet<>();
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < MAX_CAUSES; cause = cause.getCause(), depth++) {
            Matcher matcher = MISSING_MODULE.matcher(String.valueOf(cause.getMessage()));
            while (matcher.find()) {
                modules.add(matcher.group(1));
            }
        }
        return modules;
    }

    private static @Nullable String unknownHost(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < MAX_CAUSES; cause = cause.getCause(), depth++) {
            if (cause instanceof UnknownHostException) {
                return String.valueOf(cause.getMessage());
            }
        }
        return null;
    }

    /** The innermost reason why TLS was not agreed on, if that is what failed. */
    private static @Nullable Throwable tlsFailure(Throwable failure) {
        Throwable reason = null;
        boolean tls = false;
        for (Throwable cause = failure; cause != null && cause != reason; cause = cause.getCause()) {
            tls |= cause instanceof SSLException || cause instanceof CertificateException;
            reason = cause;
        }
        return tls ? reason : null;
    }

    /** Whether an answer did not match its checksum, for which the SDK has neither a type nor a code. */
    static boolean isDamaged(SdkException e) {
        return !(e instanceof AwsServiceException)
                && String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("checksum");
    }

    private static String attempts(SdkException e) {
        Integer attempts = e.numAttempts();
        return attempts == null ? "all attempts" : attempts + " attempts";
    }

    /** The service's own code of an error, or empty. */
    static String code(SdkException e) {
        if (e instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
            String code = refused.awsErrorDetails().errorCode();
            return code == null ? "" : code;
        }
        return "";
    }

    static int status(SdkException e) {
        return e instanceof AwsServiceException refused ? refused.statusCode() : 0;
    }
}
