package io.github.keywharf.testing;

import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer.ServerCertificate;

/** Certificates and keys for servers and clients of tests, as PEM text. Safe for use by many threads. */
public final class TestCertificates {
    private TestCertificates() {}

    /** The authority that signed all but {@link #otherAuthority()}. */
    public static String authority() {
        return PemFiles.certificate(CassandraCertificates.shared().authority());
    }

    /** An authority that signed nothing. */
    public static String otherAuthority() {
        return PemFiles.certificate(CassandraCertificates.shared().otherAuthority());
    }

    /** A server's certificate, for {@code localhost} and 127.0.0.1. */
    public static String server() {
        return PemFiles.certificate(
                CassandraCertificates.shared().node(ServerCertificate.VALID).certificate());
    }

    /** The key of {@link #server()}. */
    public static Secret serverKey() {
        return Secret.of(PemFiles.pkcs8(
                CassandraCertificates.shared().node(ServerCertificate.VALID).key()));
    }

    /** A client's certificate. */
    public static String client() {
        return PemFiles.certificate(CassandraCertificates.shared().client().certificate());
    }

    /** The key of {@link #client()}. */
    public static Secret clientKey() {
        return Secret.of(PemFiles.pkcs8(CassandraCertificates.shared().client().key()));
    }
}
