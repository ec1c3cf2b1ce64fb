package io.github.keywharf.http.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.TcpProxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed in the middle of requests, and nothing that it acknowledged is lost. */
@Tag("each-jdk")
class KilledUploadServerIT {
    private static final int SEEDS = 5;
    private static final int KILLS = 2;
    private static final int BYTES = 24 * 1024 * 1024;

    @TempDir
    Path root;

    @Test
    void a_file_arrives_whole_though_the_server_is_killed_again_and_again() throws Exception {
        try (ForkedUploadServer server = ForkedUploadServer.start(root, "-XX:TieredStopAtLevel=1");
                TcpProxy proxy = TcpProxy.start("127.0.0.1", server.port())) {
            // Slow enough that kills meet requests which have not ended.
            proxy.delay(Duration.ofMillis(2));
            for (int seed = 1; seed <= SEEDS; seed++) {
                Random random = new Random(seed);
                byte[] content = new byte[BYTES];
                random.nextBytes(content);
                String name = "file" + seed;
                Path file = Files.write(root.resolve(name), content);
                List<Long> progress = new CopyOnWriteArrayList<>();
                CompletableFuture<UploadReceipt> receipt = Background.supply(() -> UploadClient.builder(
                                HttpClients.builder().open())
                        .attempts(1_000, Duration.ofMillis(20), Duration.ofMillis(200))
                        .sliceBytes(20 * 1024 * 1024)
                        .build()
                        .upload(
                                file,
                                URI.create("http://127.0.0.1:" + proxy.port() + "/files/" + name),
                                HttpHeaders.none(),
                                new UploadListener() {
                                    @Override
                                    public void progress(long bytes, long total) {
                                        progress.add(bytes);
                                    }
                                }));
                for (int kill = 0; kill < KILLS; kill++) {
                    long from = proxy.bytesToServer() + random.nextInt(BYTES / KILLS);
                    await().pollInterval(Duration.ofMillis(1))
                            .atMost(Duration.ofMinutes(2))
                            .until(() -> receipt.isDone() || proxy.bytesToServer() >= from);
                    server.kill();
                    server.restart();
                }

                assertThat(receipt.get().body()).as("seed %d", seed).contains("\"length\":" + BYTES);
                assertThat(server.shelf().content(name)).as("seed %d", seed).isEqualTo(content);
                assertThat(progress).as("seed %d", seed).isSorted().endsWith((long) BYTES);
            }
        }
    }
}
