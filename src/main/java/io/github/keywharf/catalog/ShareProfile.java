package io.github.keywharf.catalog;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A profile of Delta Sharing: where a recipient reads, and how it logs in. The protocol defines version 1, a bearer token;
 * version 2, with a password or an OAuth client as well, is a convention of its clients.
 *
 * <p>Prints without secrets. Two profiles are never equal, as secrets are not; see {@link #sameAs}.
 *
 * @param version 1, or 2 when the credentials' type is written
 * @param endpoint the server's address without a slash at its end
 * @param credentials how to log in
 */
public record ShareProfile(int version, URI endpoint, ShareCredentials credentials) {
    /** 64 KiB, the most that is read of a profile; it has some hundred bytes. */
    public static final int MAX_BYTES = 64 * 1024;

    /** Checks the version and the endpoint. */
    public ShareProfile {
        Objects.requireNonNull(credentials, "credentials");
        endpoint = checkEndpoint("endpoint", endpoint);
        if (version != 2 && !(version == 1 && credentials instanceof ShareCredentials.Bearer)) {
            throw new IllegalArgumentException("The version " + version + " is not 1 for a bearer token, or 2");
        }
    }

    static URI checkEndpoint(String what, URI uri) {
        boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!http
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("The " + what + " on the host " + uri.getHost()
                    + " is not of http or https with a host, and without credentials, query and fragment");
        }
        String text = uri.toString();
        return text.endsWith("/") ? URI.create(text.replaceFirst("/+$", "")) : uri;
    }

    /** Creates a profile of version 1 that does not say when its token ends. */
    public static ShareProfile bearer(URI endpoint, Secret token) {
        return new ShareProfile(1, endpoint, new ShareCredentials.Bearer(token, Optional.empty()));
    }

    /** Creates a profile of version 1 whose token ends at a time. */
    public static ShareProfile bearer(URI endpoint, Secret token, Instant expires) {
        return new ShareProfile(1, endpoint, new ShareCredentials.Bearer(token, Optional.of(expires)));
    }

    /**
     * Reads a profile from JSON. Members that are not known are passed over. The time of expiry is ISO 8601, or milliseconds
     * since 1970, as Databricks documents it.
     *
     * @throws KeywharfException with code {@code catalog.bad_profile} when it is not one; the message quotes nothing of it
     */
    public static ShareProfile parse(Secret json) {
        return ProfileJson.parse("profile", json);
    }

    /**
     * Reads a profile file.
     *
     * @throws KeywharfException with code {@code catalog.bad_profile} as {@link #parse} does, when it has more than {@value
     *     #MAX_BYTES} bytes, or when it cannot be read
     */
    public static ShareProfile read(Path file) {
        return ProfileFiles.read(file);
    }

    /** The profile as a client reads it. */
    public Secret json() {
        return ProfileJson.write(this);
    }

    /**
     * Writes the profile to a file that only its owner may read, whole or not at all, in place of one that is there.
     *
     * @throws KeywharfException with code {@code catalog.profile_not_written} when it cannot be written
     */
    public void write(Path file) {
        ProfileFiles.write(this, file);
    }

    /** When the credentials end, if they are a token and the profile says so. */
    public Optional<Instant> expires() {
        return credentials instanceof ShareCredentials.Bearer bearer ? bearer.expires() : Optional.empty();
    }

    /** Whether another profile says the same, secrets included; takes the same time wherever the secrets differ. */
    public boolean sameAs(ShareProfile other) {
        try (Secret ours = json();
                Secret theirs = other.json()) {
            return ours.matches(theirs.reveal());
        }
    }

    @Override
    public String toString() {
        return "ShareProfile[" + Cut.printable(endpoint.toString(), 200) + ", " + credentials + "]";
    }
}
