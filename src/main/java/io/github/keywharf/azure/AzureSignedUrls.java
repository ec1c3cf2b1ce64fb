package io.github.keywharf.azure;

import io.github.keywharf.http.HttpOrigin;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.SignedUrls;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Addresses of the blobs of a container, signed by the storage account's key (a service SAS, version {@value #VERSION}): each
 * lets its holder read one blob until a time. Thread-safe; prints without the key. Rotating the account's key ends them all.
 */
public final class AzureSignedUrls implements SignedUrls {
    /** The version of the signature, which each storage account and emulator of today knows. */
    public static final String VERSION = "2020-12-06";

    private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
    private static final Pattern CONTAINER = Pattern.compile("\\$root|\\$web|[a-z0-9](-?[a-z0-9]){2,62}");

    private final String container;
    private final String resource;
    private final String protocol;
    private final SecretKeySpec key;

    private AzureSignedUrls(String container, String resource, String protocol, SecretKeySpec key) {
        this.container = container;
        this.resource = resource;
        this.protocol = protocol;
        this.key = key;
    }

    /**
     * The blobs of a container in the public cloud.
     *
     * @param accountKey one of the account's two keys, in Base64; it may be closed
     * @throws IllegalArgumentException when account or container have no valid name, or the key is not Base64
     */
    public static AzureSignedUrls of(String account, String container, Secret accountKey) {
        return of(URI.create("https://" + account(account) + ".blob.core.windows.net"), account, container, accountKey);
    }

    /**
     * The blobs of a container elsewhere.
     *
     * @param service the address of the account's blobs, in another cloud, behind a domain of your own, or at an emulator,
     *     such as {@code http://127.0.0.1:10000/devstoreaccount1}
     * @throws IllegalArgumentException when the address is not of http or https, and as {@link #of(String, String, Secret)}
     */
    public static AzureSignedUrls of(URI service, String account, String container, Secret accountKey) {
        boolean https = "https".equalsIgnoreCase(service.getScheme());
        if (!HttpOrigin.isBase(service)) {
            throw new IllegalArgumentException(
                    "The address is not one of a blob service; write it as https://account.blob.core.windows.net");
        }
        if (!CONTAINER.matcher(container).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(container, 80)
                    + "' is not a name of a container; use 3 to 63 lower-case" + " letters, digits and single hyphens");
        }
        return new AzureSignedUrls(
                service.toString().replaceFirst("/+$", "") + "/" + container + "/",
                "/blob/" + account(account) + "/" + container + "/",
                https ? "https" : "https,http",
                key(accountKey));
    }

    private static String account(String name) {
        if (!ACCOUNT.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(name, 80)
                    + "' is not a name of a storage account; use 3 to 24 lower-case letters and digits");
        }
        return name;
    }

    private static SecretKeySpec key(Secret accountKey) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(accountKey.reveal());
        } catch (IllegalArgumentException e) {
            // Not passed on: its message quotes the key.
            throw new IllegalArgumentException("The account's key is not Base64");
        }
        if (bytes.length == 0) {
            throw new IllegalArgumentException("The account's key is empty");
        }
        try {
            return new SecretKeySpec(bytes, "HmacSHA256");
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public Signer until(Instant end) {
        Instant until = end.truncatedTo(ChronoUnit.SECONDS);
        Mac mac;
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Each Java platform has HMAC with SHA-256", e);
        }
        String before = "r\n\n" + until + "\n" + resource;
        // No policy and no address; then, after the kind of resource, no snapshot, encryption scope and response
        // headers.
        String after = "\n\n\n" + protocol + "\n" + VERSION + "\nb\n\n\n\n\n\n\n";
        String query =
                "?sv=" + VERSION + "&spr=" + encoded(protocol) + "&se=" + encoded(until.toString()) + "&sr=b&sp=r&sig=";
        return new Signer() {
            @Override
            public String url(String blob) {
                ObjectKeys.check(blob);
                byte[] signature = mac.doFinal((before + blob + after).getBytes(StandardCharsets.UTF_8));
                return container
                        + path(blob)
                        + query
                        + encoded(Base64.getEncoder().encodeToString(signature));
            }

            @Override
            public Instant expires() {
                return until;
            }
        };
    }

    private static String path(String blob) {
        return encoded(blob).replace("+", "%20").replace("%2F", "/");
    }

    private static String encoded(String text) {
        return HttpRequest.encoded(text);
    }

    @Override
    public String toString() {
        return "AzureSignedUrls[" + container + "]";
    }
}
