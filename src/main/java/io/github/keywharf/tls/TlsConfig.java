package io.github.keywharf.tls;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How a client speaks TLS: whom it trusts, who it is, and whether the server's name must fit. Or how a server does: who it
 * is, and which clients it accepts ({@link #ofServer}).
 *
 * <p>A value: the {@code with} methods copy. What it was given is read by {@link #open()}, not before. TLS 1.2 and 1.3 are
 * spoken, nothing older. Thread-safe. Prints no secret.
 */
public final class TlsConfig {
    /** The versions that are spoken, the newest first: older ones are broken (RFC 8996). */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private final @Nullable Source trusted;
    private final @Nullable Source certificate;
    private final @Nullable Source key;
    private final @Nullable Secret keyPassword;
    private final boolean hostnameVerification;
    private final @Nullable String certificateName;

    /** A file, or a text that is at hand; a text may be a secret. */
    private record Source(@Nullable Path file, @Nullable Secret text) {
        static Source of(Path file) {
            return new Source(file, null);
        }

        static Source of(String text) {
            return new Source(null, Secret.of(text));
        }

        List<X509Certificate> certificates() {
            return file != null ? Pem.certificates(file) : Pem.certificates(text == null ? "" : text.reveal());
        }

        PrivateKey privateKey(@Nullable Secret password) {
            return file != null
                    ? Pem.privateKey(file, password)
                    : Pem.privateKey(text == null ? Secret.of("") : text, password);
        }

        @Override
        public String toString() {
            return file == null ? "a PEM text" : file.toString();
        }
    }

    private TlsConfig(
            @Nullable Source trusted,
            @Nullable Source certificate,
            @Nullable Source key,
            @Nullable Secret keyPassword,
            boolean hostnameVerification,
            @Nullable String certificateName) {
        this.trusted = trusted;
        this.certificate = certificate;
        this.key = key;
        this.keyPassword = keyPassword;
        this.hostnameVerification = hostnameVerification;
        this.certificateName = certificateName;
    }

    /** Trusts the authorities that the JDK trusts. */
    public static TlsConfig ofSystem() {
        return new TlsConfig(null, null, null, null, true, null);
    }

    /**
     * A server's side: it shows this certificate, and asks clients for none. With {@link #withTrust(Path)} only clients
     * that show a certificate of those authorities can connect.
     *
     * @param certificate a PEM file with the server's certificate first, and those between it and the authority after it
     * @param key a PEM file with its key; the same file will do
     * @param password of an encrypted key, or null; it is copied, and may be closed
     */
    public static TlsConfig ofServer(Path certificate, Path key, @Nullable Secret password) {
        return ofSystem().withClient(certificate, key, password);
    }

    /** A server's side, with certificate and key as PEM text; otherwise as {@link #ofServer(Path, Path, Secret)}. */
    public static TlsConfig ofServer(String certificate, Secret key, @Nullable Secret password) {
        return ofSystem().withClient(certificate, key, password);
    }

    /** Trusts the certificates of a PEM file, and no others: an authority's, a bundle of them, or the server's own. */
    @CheckReturnValue
    public TlsConfig withTrust(Path pem) {
        return new TlsConfig(Source.of(pem), certificate, key, keyPassword, hostnameVerification, certificateName);
    }

    /** Trusts the certificates of a PEM text, and no others. */
    @CheckReturnValue
    public TlsConfig withTrust(String pem) {
        return new TlsConfig(Source.of(pem), certificate, key, keyPassword, hostnameVerification, certificateName);
    }

    /**
     * Shows a certificate to servers that ask for one.
     *
     * @param certificate a PEM file with the client's certificate first, and those between it and the authority after it
     * @param key a PEM file with its key; the same file will do
     * @param password of an encrypted key, or null; it is copied, and may be closed
     */
    @CheckReturnValue
    public TlsConfig withClient(Path certificate, Path key, @Nullable Secret password) {
        return new TlsConfig(
                trusted,
                Source.of(certificate),
                Source.of(key),
                password == null ? null : password.copy(),
                hostnameVerification,
                certificateName);
    }

    /**
     * Shows a certificate to servers that ask for one.
     *
     * @param certificate PEM of the client's certificate first, and of those between it and the authority after it
     * @param key PEM of its key; it is copied, and may be closed
     * @param password of an encrypted key, or null; it is copied, and may be closed
     */
    @CheckReturnValue
    public TlsConfig withClient(String certificate, Secret key, @Nullable Secret password) {
        return new TlsConfig(
                trusted,
                Source.of(certificate),
                new Source(null, key.copy()),
                password == null ? null : password.copy(),
                hostnameVerification,
                certificateName);
    }

    /**
     * Whether the server's certificate must name the host that was connected to; true unless said otherwise. Without it
     * anyone with any certificate of a trusted authority can pose as the server.
     */
    @CheckReturnValue
    public TlsConfig withHostnameVerification(boolean on) {
        return new TlsConfig(trusted, certificate, key, keyPassword, on, certificateName);
    }

    /** The name that servers' certificates must carry in place of the host that was connected to. */
    @CheckReturnValue
    public TlsConfig withCertificateName(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("The certificate name is blank");
        }
        return new TlsConfig(trusted, certificate, key, keyPassword, hostnameVerification, name);
    }

    /** Whether the server's name is checked. */
    public boolean hostnameVerification() {
        return hostnameVerification;
    }

    /** The name that servers' certificates must carry in place of the host, if one was given. */
    public Optional<String> certificateName() {
        return Optional.ofNullable(certificateName);
    }

    /** Whether other authorities than the JDK's are trusted, which were given. */
    public boolean hasTrust() {
        return trusted != null;
    }

    /** Whether a client certificate is shown. */
    public boolean hasClientCertificate() {
        return certificate != null;
    }

    /**
     * Reads the files and makes the context.
     *
     * @throws KeywharfException as {@link Pem} says, and {@code tls.key_mismatch} when the key is not the certificate's
     */
    public SSLContext open() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers().orElse(null), trustManagers().orElse(null), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw failed(e);
        }
    }

    /**
     * Reads the client certificate, for clients that take no context; empty when there is none to show.
     *
     * @throws KeywharfException as {@link #open()}
     */
    public Optional<KeyManager[]> keyManagers() {
        if (certificate == null || key == null) {
            return Optional.empty();
        }
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(clientStore(certificate, key), new char[0]);
            return Optional.of(keys.getKeyManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw failed(e);
        }
    }

    /**
     * Reads the authorities, for clients that take no context; empty when they are the JDK's.
     *
     * @throws KeywharfException as {@link #open()}
     */
    public Optional<TrustManager[]> trustManagers() {
        if (trusted == null) {
            return Optional.empty();
        }
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trustStore(trusted));
            return Optional.of(trust.getTrustManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw failed(e);
        }
    }

    private static KeywharfException failed(Exception e) {
        return new KeywharfException("tls.failed", "tls", "The JDK cannot set up TLS with these files", e);
    }

    /** An engine of that context for a connection to a host, as this says: versions, name, verification. */
    public SSLEngine engine(SSLContext context, String host, int port) {
        SSLEngine engine = context.createSSLEngine(certificateName == null ? host : certificateName, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS.toArray(String[]::new));
        if (hostnameVerification) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static KeyStore trustStore(Source trusted) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (X509Certificate one : trusted.certificates()) {
            store.setCertificateEntry("trusted-" + number++, one);
        }
        return store;
    }

    private KeyStore clientStore(Source certificate, Source key) throws GeneralSecurityException, IOException {
        List<X509Certificate> chain = certificate.certificates();
        PrivateKey own = key.privateKey(keyPassword);
        KeyPairs.check(key.toString(), own, chain.get(0), certificate.toString());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("client", own, new char[0], chain.toArray(Certificate[]::new));
        return store;
    }

    @Override
    public String toString() {
        return "TlsConfig[trust " + (trusted == null ? "of the JDK" : trusted.toString())
                + (certificate == null ? "" : ", client certificate " + certificate)
                + (certificateName == null ? "" : ", certificate name " + certificateName)
                + (hostnameVerification ? "]" : ", hostname not verified]");
    }
}
