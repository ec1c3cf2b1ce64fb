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
 * TLS settings of a client: trusted authorities, client certificate, and verification of the server's name; or of a server:
 * its certificate, and the authorities of clients that it accepts ({@link #ofServer}).
 *
 * <p>A value: the {@code with} methods copy. Files are read by {@link #open()}, not before. The versions are TLS 1.2 and 1.3,
 * nothing older. Thread-safe. Prints no secret.
 */
public final class TlsConfig {
    /** Supported versions, the newest first: older ones are broken (RFC 8996). */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private static final TlsConfig SYSTEM = new TlsConfig(null, null, Hostname.VERIFIED, null);

    private final @Nullable Source trusted;
    private final @Nullable Identity identity;
    private final Hostname hostname;
    private final @Nullable String certificateName;

    private enum Hostname {
        VERIFIED,
        IGNORED
    }

    private sealed interface Source {
        List<X509Certificate> certificates();

        PrivateKey privateKey(@Nullable Secret password);
    }

    private record PemFile(Path path) implements Source {
        @Override
        public List<X509Certificate> certificates() {
            return Pem.certificates(path);
        }

        @Override
        public PrivateKey privateKey(@Nullable Secret password) {
            return Pem.privateKey(path, password);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    private record PemString(Secret pem) implements Source {
        @Override
        public List<X509Certificate> certificates() {
            return Pem.certificates(pem.reveal());
        }

        @Override
        public PrivateKey privateKey(@Nullable Secret password) {
            return Pem.privateKey(pem, password);
        }

        @Override
        public String toString() {
            return "a PEM text";
        }
    }

    /** Certificate that the other side is shown, with its key. */
    private record Identity(
            Source certificate, Source key, @Nullable Secret keyPassword) {
        static Identity of(Source certificate, Source key, @Nullable Secret password) {
            return new Identity(certificate, key, password == null ? null : password.copy());
        }

        KeyStore keyStore() throws GeneralSecurityException, IOException {
            List<X509Certificate> chain = certificate.certificates();
            PrivateKey privateKey = key.privateKey(keyPassword);
            KeyPairs.check(key.toString(), privateKey, chain.get(0), certificate.toString());
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", privateKey, new char[0], chain.toArray(Certificate[]::new));
            return store;
        }
    }

    private TlsConfig(
            @Nullable Source trusted,
            @Nullable Identity identity,
            Hostname hostname,
            @Nullable String certificateName) {
        this.trusted = trusted;
        this.identity = identity;
        this.hostname = hostname;
        this.certificateName = certificateName;
    }

    /** Returns the settings of a client that trusts the authorities of the JDK. */
    public static TlsConfig ofSystem() {
        return SYSTEM;
    }

    /**
     * Returns the settings of a server that shows this certificate and asks clients for none. With {@link
     * #withTrust(Path)} only clients that show a certificate of those authorities can connect.
     *
     * @param certificate a PEM file with the server's certificate first, and those between it and the authority after it
     * @param key a PEM file with its key; the same file will do
     * @param password of an encrypted key, or null; it is copied, and may be closed
     */
    public static TlsConfig ofServer(Path certificate, Path key, @Nullable Secret password) {
        return ofSystem().withClient(certificate, key, password);
    }

    /** Returns the settings of a server, with certificate and key as PEM text; see {@link #ofServer(Path, Path, Secret)}. */
    public static TlsConfig ofServer(String certificate, Secret key, @Nullable Secret password) {
        return ofSystem().withClient(certificate, key, password);
    }

    /** Trusts only the certificates of a PEM file: that of an authority, a bundle of them, or that of the server itself. */
    @CheckReturnValue
    public TlsConfig withTrust(Path pem) {
        return new TlsConfig(new PemFile(pem), identity, hostname, certificateName);
    }

    /** Trusts only the certificates of a PEM text. */
    @CheckReturnValue
    public TlsConfig withTrust(String pem) {
        return new TlsConfig(new PemString(Secret.of(pem)), identity, hostname, certificateName);
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
        return with(Identity.of(new PemFile(certificate), new PemFile(key), password));
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
        return with(Identity.of(new PemString(Secret.of(certificate)), new PemString(key.copy()), password));
    }

    private TlsConfig with(Identity other) {
        return new TlsConfig(trusted, other, hostname, certificateName);
    }

    /**
     * Sets whether the server's certificate must name the host of the connection, which is the default. Without this check
     * anyone with any certificate of a trusted authority can pose as the server.
     */
    @CheckReturnValue
    public TlsConfig withHostnameVerification(boolean on) {
        return new TlsConfig(trusted, identity, on ? Hostname.VERIFIED : Hostname.IGNORED, certificateName);
    }

    /** Sets the name that the server's certificate must contain instead of the host of the connection. */
    @CheckReturnValue
    public TlsConfig withCertificateName(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("The certificate name is blank");
        }
        return new TlsConfig(trusted, identity, hostname, name);
    }

    /** Returns true if the name in the server's certificate is verified. */
    public boolean hostnameVerification() {
        return hostname == Hostname.VERIFIED;
    }

    /** Returns the name that the server's certificate must contain instead of the host, if it is set. */
    public Optional<String> certificateName() {
        return Optional.ofNullable(certificateName);
    }

    /** Returns true if other authorities than the JDK's are set. */
    public boolean hasTrust() {
        return trusted != null;
    }

    /** Returns true if a certificate is set. */
    public boolean hasClientCertificate() {
        return identity != null;
    }

    /**
     * Reads the files and creates the context.
     *
     * @throws KeywharfException with the codes of {@link Pem}; with {@code tls.key_mismatch} if the key is not that of the
     *     certificate
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
     * Reads the client certificate, for clients that take no context; empty if none is set.
     *
     * @throws KeywharfException as {@link #open()}
     */
    public Optional<KeyManager[]> keyManagers() {
        if (identity == null) {
            return Optional.empty();
        }
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(identity.keyStore(), new char[0]);
            return Optional.of(keys.getKeyManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw failed(e);
        }
    }

    /**
     * Reads the authorities, for clients that take no context; empty if they are those of the JDK.
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

    /** Creates an engine for a connection to a host, with these versions and this verification of names. */
    public SSLEngine engine(SSLContext context, String host, int port) {
        SSLEngine engine = context.createSSLEngine(certificateName == null ? host : certificateName, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS.toArray(String[]::new));
        if (hostnameVerification()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static KeyStore trustStore(Source trusted) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (X509Certificate authority : trusted.certificates()) {
            store.setCertificateEntry("trusted-" + number++, authority);
        }
        return store;
    }

    @Override
    public String toString() {
        return "TlsConfig[trust " + (trusted == null ? "of the JDK" : trusted.toString())
                + (identity == null ? "" : ", client certificate " + identity.certificate())
                + (certificateName == null ? "" : ", certificate name " + certificateName)
                + (hostnameVerification() ? "]" : ", hostname not verified]");
    }
}
