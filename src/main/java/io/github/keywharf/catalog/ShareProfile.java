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
 * Profile of Delta Sharing: address of a server and credentials of a recipient. The protocol defines version 1, a bearer token;
 * version 2, with a password or an OAuth client as well, is a convention of its clients.
 *
 * <p>Prints without secrets. Two profiles are never equal, as secrets are not; see {@link #sameAs}.
 *
 * @param version 1, or 2 if the type of the credentials is written
 * @param endpoint address of the server, without a slash at its end
 * @param credentials credentials of the recipient
 */
public record ShareProfile(int version, URI endpoint, ShareCredentials credentials) {
    /** Largest profile, in bytes, 64 KiB; a usual one has some hundred bytes. */
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
     * Reads a profile from JSON. Unknown members are ignored. The time of expiry is ISO 8601, or milliseconds since 1970, as
     * Databricks documents it.
     *
     * @throws KeywharfException with code {@code catalog.bad_profile} if the JSON is not a profile; the message does not quote it
     */
    public static ShareProfile parse(Secret json) {
        return ProfileJson.parse("profile", json);
    }

    /**
     * Reads a profile file.
     *
     * @throws KeywharfException with code {@code catalog.bad_profile} as for {@link #parse}, if it has more than {@value
     *     #MAX_BYTES} bytes, or if it cannot be read
     */
    public static ShareProfile read(Path file) {
        return ProfileFiles.read(file);
    }

    /** Returns the JSON of the profile, as clients read it. */
    public Secret json() {
        return ProfileJson.write(this);
    }

    /**
     * Writes the profile to a file that only its owner may read, atomically, and replaces an existing one.
     *
     * @throws KeywharfException with code {@code catalog.profile_not_written} if it cannot be written
     */
    public void write(Path file) {
        ProfileFiles.write(this, file);
    }

    /** Returns the end of the credentials, if they are a token and the profile contains its end. */
    public Optional<Instant> expires() {
        return credentials instanceof ShareCredentials.Bearer bearer ? bearer.expires() : Optional.empty();
    }

    /** Returns true if another profile has the same content, secrets included; compares in constant time. */
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
