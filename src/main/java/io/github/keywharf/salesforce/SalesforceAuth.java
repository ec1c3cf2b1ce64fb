package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.Pem;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A way to log in. Of the ready ones, {@link #clientCredentials} and {@link #jwtBearer} need nobody at a browser and work in
 * every org. Secrets are copied, may be closed, and are sent in the body of a form only.
 *
 * <p>A login is made by {@code connect()}, and again when the org refuses the token; never twice at the same time.
 */
@FunctionalInterface
public interface SalesforceAuth {

    /**
     * What a way to log in works with.
     *
     * @param instance the org's origin as configured, such as {@code https://acme.my.salesforce.com}
     * @param http sends requests without a token; repeatable ones again where that may help
     * @param clock the time
     */
    record Login(URI instance, HttpHandler http, InstantSource clock) {}

    /**
     * Gets a token, with the origin to use it at ({@link BearerToken#at}) where the org says so.
     *
     * @throws KeywharfException {@code salesforce.auth_failed} when the org refuses; those of {@code http} when it cannot be
     *     reached
     */
    BearerToken login(Login login);

    /** The instance, when the way to log in knows it. */
    default Optional<String> instance() {
        return Optional.empty();
    }

    /**
     * The OAuth client credentials flow: an app of the org that has a user to run as. The instance must be the org's My Domain
     * host; {@code login} and {@code test} refuse it.
     */
    static SalesforceAuth clientCredentials(String clientId, Secret clientSecret) {
        return new FormAuth(
                "client_credentials", clientId, Optional.of(clientSecret.copy()), Optional.empty(), Optional.empty());
    }

    /**
     * The OAuth JWT bearer flow: an app that knows the certificate of this key, and a user who has approved it beforehand.
     * The audience is the configured host, as External Client Apps want it; see {@link JwtBearerAuth#withAudience}.
     *
     * @param key an RSA key; {@link Pem#privateKey(Secret, Secret)} reads PKCS#1, PKCS#8 and encrypted PKCS#8
     * @throws IllegalArgumentException when the key is not an RSA key
     */
    static JwtBearerAuth jwtBearer(String clientId, String username, PrivateKey key) {
        return JwtBearerAuth.of(clientId, username, key);
    }

    /**
     * {@link #jwtBearer(String, String, PrivateKey)} with the key of a PEM file that is not encrypted.
     *
     * @throws KeywharfException as {@link Pem} does, when the file has no such key
     */
    static JwtBearerAuth jwtBearer(String clientId, String username, Path pem) {
        return jwtBearer(clientId, username, Pem.privateKey(pem));
    }

    /**
     * A refresh token of an earlier login in a browser.
     *
     * <p>Where the app rotates refresh tokens, each login gives a new one and ends the old one. The new one is given to
     * {@code store} before its access token is used. When storing fails the login fails with
     * {@code salesforce.token_not_stored}, and the next login stores it first.
     *
     * @param clientSecret of the app; null if the app does not ask for one
     * @param store keeps the new refresh token durably, in place of the old one; the secret stays valid
     */
    static SalesforceAuth refreshToken(
            String clientId, @Nullable Secret clientSecret, Secret refreshToken, Consumer<Secret> store) {
        return new RefreshTokenAuth(
                clientId, clientSecret == null ? null : clientSecret.copy(), refreshToken.copy(), store);
    }

    /**
     * Access tokens that the host gets elsewhere. The supplier is called for the first call and whenever the org refuses the
     * token; the builder needs no {@code instance} beside this one.
     *
     * @param instance where the tokens are valid: the {@code instance_url} that came with them
     */
    static SalesforceAuth accessToken(String instance, Supplier<Secret> tokens) {
        return new AccessTokenAuth(instance, tokens);
    }

    /**
     * The OAuth user name and password flow. It works only with a Connected App that exists already, in an org that still
     * allows it: orgs since Summer '23 block it unless it is switched on, External Client Apps do not have it, and it is
     * being retired. Prefer {@link #clientCredentials} or {@link #jwtBearer}.
     *
     * @param securityToken the user's, which is appended to the password; empty when the org trusts this machine's address
     */
    static SalesforceAuth password(
            String clientId, Secret clientSecret, String username, Secret password, Secret securityToken) {
        return new FormAuth(
                "password",
                clientId,
                Optional.of(clientSecret.copy()),
                Optional.of(username),
                Optional.of(Secret.of(password.reveal() + securityToken.reveal())));
    }
}
