package io.github.keywharf.http.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.http.HttpClients;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file many times larger than the memory of server and client; {@code -Dkeywharf.uploadBytes=20000000000} takes another size. */
@Tag("long")
class LargeUploadIT {
    private static final long BYTES = Long.getLong("keywharf.uploadBytes", 5_000_000_000L);

    @TempDir
    Path root;

    @Test
    void gigabytes_pass_through_a_server_of_64_mib() throws Exception {
        Path file = root.resolve("large");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(BYTES);
            for (long position = 0; position < BYTES; position += 1_000_000_007L) {
                sparse.seek(position);
                sparse.writeLong(position ^ 0x5DEECE66DL);
            }
        }
        try (ForkedUploadServer server = ForkedUploadServer.start(root, "-Xmx64m")) {
            // A process of its own too, since the JVM of the tests compiles without what makes SHA-256 fast.
            Process client = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LargeUploadIT.class.getName(),
                            file.toString(),
                            server.files().resolve("large").toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(output).isEqualTo("201");
            assertThat(Files.size(server.shelf().file("anna", "large"))).isEqualTo(BYTES);
        }
    }

    /** Uploads; arguments are a file and a URI. The server compares the digest. */
    public static void main(String[] arguments) {
        UploadReceipt receipt = UploadClient.builder(HttpClients.builder().open())
                .sliceBytes(UploadServer.MAX_APPEND_BYTES)
                .build()
                .upload(Path.of(arguments[0]), URI.create(arguments[1]));
        System.out.print(receipt.status());
    }
}
