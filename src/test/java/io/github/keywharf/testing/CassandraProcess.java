package io.github.keywharf.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The process of a {@link CassandraServer}: what is in its directory, its command line, its life and death. */
final class CassandraProcess {
    private static final String CLASS_PATH = "cassandra.classpath";
    private static final String CLASS_PATH_PROPERTY = "keywharf.cassandra.classpath";

    private static final String LOGBACK = """
        <configuration>
          <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
            <encoder><pattern>%-5level %date{ISO8601} [%thread] %logger{1} - %msg%n</pattern></encoder>
          </appender>
          <root level="INFO"><appender-ref ref="out"/></root>
        </configuration>
        """;

    private final Path directory;
    private final CassandraLog log;
    private final List<String> options;
    private volatile @Nullable Process process;

    CassandraProcess(Path directory, List<String> options) {
        this.directory = directory;
        this.log = new CassandraLog(directory.resolve("cassandra.log"));
        this.options = List.copyOf(options);
        try {
            Path classes = directory.resolve("classes");
            copyClass(CassandraLauncher.class, classes, CassandraLauncher.class.getName());
            copyClass(Directories.class, classes, Directories.class.getName());
            if (Runtime.version().feature() >= 24) {
                Path standIn = classes.resolve(CassandraSecurityStandIn.STANDS_IN_FOR + ".class");
                Files.createDirectories(standIn.getParent());
                Files.write(standIn, CassandraSecurityStandIn.renamed(classFile(CassandraSecurityStandIn.class)));
            }
            Files.createDirectories(directory.resolve("tmp"));
            Files.writeString(directory.resolve("logback.xml"), LOGBACK);
        } catch (IOException e) {
            throw new UncheckedIOException("[cassandra] " + directory + " cannot hold the server", e);
        }
    }

    /** The directory of classes and resources that the server finds first. */
    Path classes() {
        return directory.resolve("classes");
    }

    /** Starts the process with the given {@code cassandra.yaml}; its output is added to the log. */
    void start(String yaml) {
        try {
            log.begin();
            Path config = Files.writeString(directory.resolve("cassandra.yaml"), yaml);
            process = new ProcessBuilder(command(config))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("[cassandra] the server's process cannot be started", e);
        }
    }

    private List<String> command(Path config) {
        int java = Runtime.version().feature();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"));
        if (java >= 18 && java < 24) {
            command.add("-Djava.security.manager=allow");
        }
        if (java >= 24) {
            command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
        }
        command.addAll(List.of(
                "-XX:-UsePerfData",
                // Checking the classes of a released server again takes a twelfth of the start.
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.io.tmpdir=" + directory.resolve("tmp"),
                "-Djava.awt.headless=true",
                "-Dcassandra.superuser_setup_delay_ms=0",
                "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                "-Dcassandra.ring_delay_ms=0",
                "-Dcassandra.auth_bcrypt_gensalt_log2_rounds=4",
                "-Dcassandra.config=" + config.toUri(),
                "-Dcassandra.storagedir=" + directory,
                "-Dcassandra.logdir=" + directory,
                "-Dlogback.configurationFile=" + directory.resolve("logback.xml"),
                // Keeps standard output open, which is the log.
                "-Dcassandra-foreground=yes"));
        // After those that they may contradict, since the last one counts.
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                directory.resolve("classes") + File.pathSeparator + classPath(),
                CassandraLauncher.class.getName(),
                directory.toString()));
        return command;
    }

    private static String classPath() {
        return classPath(CassandraProcess.class.getClassLoader());
    }

    static String classPath(ClassLoader loader) {
        String given = System.getProperty(CLASS_PATH_PROPERTY);
        if (given != null) {
            return given;
        }
        try (InputStream resource = loader.getResourceAsStream(CLASS_PATH)) {
            if (resource != null) {
                return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("[cassandra] the resource " + CLASS_PATH + " cannot be read", e);
        }
        throw new IllegalStateException("[cassandra] the class path of the server is not known: there is no resource "
                + CLASS_PATH + " and no system property " + CLASS_PATH_PROPERTY
                + "; run ./mvnw generate-test-resources, which writes the resource");
    }

    private static void copyClass(Class<?> type, Path classes, String name) throws IOException {
        Path file = classes.resolve(name.replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, classFile(type));
    }

    private static byte[] classFile(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            if (in == null) {
                throw new IOException("the class file of " + type.getName() + " cannot be found");
            }
            return in.readAllBytes();
        }
    }

    boolean isAlive() {
        Process started = process;
        return started != null && started.isAlive();
    }

    long pid() {
        Process started = process;
        if (started == null || !started.isAlive()) {
            throw new IllegalStateException("[cassandra] the server is not running");
        }
        return started.pid();
    }

    /** Kills the process (SIGKILL) and waits until it is dead; harmless if it is not running. */
    void kill() {
        Process started = process;
        if (started != null) {
            started.destroyForcibly();
            try {
                // onExit() would need a free thread of the pool that all share.
                if (!started.waitFor(30, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("[cassandra] process " + started.pid() + " did not die");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("[cassandra] interrupted while the server died", e);
            }
        }
    }

    /** Asks the server to read its certificates again, which it does before long. */
    void reloadCertificates() {
        Process started = process;
        try {
            if (started == null) {
                throw new IllegalStateException("[cassandra] the server is not running");
            }
            started.getOutputStream().write(CassandraLauncher.RELOAD_CERTIFICATES);
            started.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("[cassandra] the server cannot be made to read its certificates again", e);
        }
    }

    /** Sends a signal by kill(1). */
    void signal(String name) {
        try {
            Process sent = new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start();
            if (sent.waitFor() != 0) {
                throw new IllegalStateException("[cassandra] kill -" + name + " " + pid() + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("[cassandra] kill(1) is needed to send " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[cassandra] interrupted while sending " + name, e);
        }
    }

    CassandraLog log() {
        return log;
    }
}
