package io.github.keywharf.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The main class of a {@link CassandraServer}'s process: starts Cassandra, and ends the process and deletes its directory
 * when standard input ends, which it does when the JVM of the test is gone, however it went.
 */
final class CassandraLauncher {
    /** A byte on standard input that makes the server read its certificates again. */
    static final int RELOAD_CERTIFICATES = 'r';

    private CassandraLauncher() {}

    /** Takes the directory of the server. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread watch = new Thread(() -> obey(Path.of(arguments[0])), "test-jvm-watch");
        watch.setDaemon(true);
        watch.start();
        // By reflection, as the server is not on the class path that this is compiled with.
        Class.forName("org.apache.cassandra.service.CassandraDaemon")
                .getMethod("main", String[].class)
                .invoke(null, (Object) new String[0]);
    }

    private static void obey(Path directory) {
        try {
            int command = System.in.read();
            while (command >= 0) {
                if (command == RELOAD_CERTIFICATES) {
                    new Thread(CassandraLauncher::reloadCertificates, "certificate-reload").start();
                }
                command = System.in.read();
            }
        } catch (IOException alsoTheEnd) {
            // The other side is gone all the same.
        }
        try {
            Directories.delete(directory);
        } catch (UncheckedIOException stillWriting) {
            // The server may create a file while its directory is deleted.
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }

    private static void reloadCertificates() {
        try {
            Class.forName("org.apache.cassandra.security.SSLFactory")
                    .getMethod("forceCheckCertFiles")
                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("[cassandra] the certificates cannot be read again", e);
        }
    }
}
