package io.github.keywharf.http.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.http.HttpClients;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file many times larger than the server's memory. */
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
            UploadReceipt receipt = UploadClient.builder(HttpClients.builder().open())
                    .sliceBytes(UploadServer.Builder.DEFAULT_MAX_APPEND_BYTES)
                    .build()
                    .upload(file, server.files().resolve("large"));

            assertThat(receipt.body()).contains("\"length\":" + Files.size(file));
            assertThat(receipt.resumed()).isZero();
            assertThat(server.isAlive()).isTrue();
            assertThat(Files.mismatch(file, server.shelf().file("anna", "large")))
                    .isEqualTo(-1);
        }
    }
}
