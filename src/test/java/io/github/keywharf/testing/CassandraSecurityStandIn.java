package io.github.keywharf.testing;

import java.nio.charset.StandardCharsets;
import java.security.PermissionCollection;

/**
 * What Cassandra 5.0 needs of its own {@code ThreadAwareSecurityManager}, without a security manager. From Java 24 on
 * there can be none, and the server's class fails to load. Nothing but the sandbox of user-defined functions is lost.
 */
public final class CassandraSecurityStandIn {
    /** The class that this one stands in for when its class file is {@linkplain #renamed renamed}. */
    static final String STANDS_IN_FOR = "org/apache/cassandra/security/ThreadAwareSecurityManager";

    /** The permissions that user-defined functions are loaded with: none, to a JVM that no longer asks. */
    @SuppressWarnings("ConstantField") // Cassandra asks for it by this name.
    public static final PermissionCollection noPermissions = new java.security.Permissions();

    private CassandraSecurityStandIn() {}

    /** Does nothing. */
    public static void install() {}

    /** Answers that no thread runs under a security manager. */
    public static boolean isSecuredThread() {
        return false;
    }

    /** This class's file with the name of the class that it stands in for. */
    static byte[] renamed(byte[] classFile) {
        String own = CassandraSecurityStandIn.class.getName().replace('.', '/');
        return new String(classFile, StandardCharsets.ISO_8859_1)
                .replace(constant(own), constant(STANDS_IN_FOR))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A text as the constant pool of a class file has it: a tag, the length in two bytes, the text. */
    private static String constant(String text) {
        return "" + (char) 1 + (char) 0 + (char) text.length() + text;
    }
}
