package io.github.keywharf.cassandra;

import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.CassandraServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** An unload in a process of its own, to be killed: slow, so that there is time for it. */
public final class UnloadProcess {
    private static final String PASSWORD = "KEYWHARF_TEST_PASSWORD";

    private UnloadProcess() {}

    /** Starts one of table {@code reading} into the folder {@code out} of a directory. */
    static Process start(CassandraServer server, String keyspace, Path directory) {
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            UnloadProcess.class.getName(),
                            Integer.toString(server.port()),
                            server.localDatacenter(),
                            server.superuser(),
                            keyspace,
                            directory.toString()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put(PASSWORD, server.superuserPassword());
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("[process] it did not start", e);
        }
    }

    /** The unload that the process runs, at so many rows a second. */
    static TableUnload unload(CassandraManager cassandra, Path directory, long rowsPerSecond) {
        return cassandra
                .table("reading")
                .scan()
                .parallelism(2)
                .pageSize(100)
                .rowsPerSecond(rowsPerSecond)
                .unload(ObjectStore.ofDirectory(directory), "out")
                .files(10);
    }

    /** Runs it. */
    public static void main(String[] arguments) {
        try (CassandraManager cassandra = CassandraManager.builder()
                .contactPoint("127.0.0.1", Integer.parseInt(arguments[0]))
                .localDatacenter(arguments[1])
                .credentials(arguments[2], Secret.of(System.getenv(PASSWORD)))
                .keyspace(arguments[3])
                .connect()) {
            unload(cassandra, Path.of(arguments[4]), 2_000).run();
        }
    }
}
