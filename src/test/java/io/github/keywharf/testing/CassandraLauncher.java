package io.github.keywharf.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The main class of a {@link CassandraServer}'s process: starts Cassandra, and ends the process and deletes its directory
 * when standard input ends, which it does when the JVM of the test is gone, however it went.
 */
final class CassandraLauncher {
    /** The main class of the server, which is not on the class path that this is compiled with. */
    private static final String DAEMON = "org.apache.cassandra.service.CassandraDaemon";

    private CassandraLauncher() {}

    /** Takes the directory of the server. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread watch = new Thread(() -> dieWithTheTest(Path.of(arguments[0])), "test-jvm-watch");
        watch.setDaemon(true);
        watch.start();
        Class.forName(DAEMON).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    }

    private static void dieWithTheTest(Path directory) {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever written there.
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
}
