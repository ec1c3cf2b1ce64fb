package examples.ingestprogram;

import io.github.keywharf.Organisation;
import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.IngestedFile;
import io.github.keywharf.batch.ProcessApp;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.batch.TenantProfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;

/** A program of the tenant's own, in any language, is started for each of its files. */
public final class IngestProgram {
    private static final Organisation CUSTOMER = Organisation.of("customer-1");

    /** Counts lines, and refuses files in which a line says so. The file's path is the last argument. */
    private static final String PROGRAM = """
            if grep -q broken "$1"; then echo "I cannot read $(basename "$1")" >&2; exit 1; fi
            echo "rows=$(grep -c . "$1")"
            """;

    private IngestProgram() {}

    /** Ingests two files, of which the program refuses one. */
    public static void main(String[] args) throws IOException {
        Path program = Files.writeString(Path.of("count.sh").toAbsolutePath(), PROGRAM);
        Path data = Files.createDirectories(Path.of("counted", CUSTOMER.id(), "data"));
        Files.writeString(data.resolve("a.txt"), "one\ntwo\nthree\n");
        Files.writeString(data.resolve("b.txt"), "one\nbroken\n");

        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        profiles.put(TenantProfile.builder(CUSTOMER)
                .formats(".txt")
                .app("count")
                .timeLimit(Duration.ofMinutes(1))
                .build());
        try (BatchIngestor ingestor = BatchIngestor.builder()
                .staging(Path.of("counted"))
                .profiles(profiles)
                .app("count", ProcessApp.builder("/bin/sh", program.toString()).build())
                .settle(Duration.ofMillis(100))
                .start()) {
            ingestor.awaitIdle(Duration.ofMinutes(1));
            ingestor.files(CUSTOMER).stream()
                    .sorted(Comparator.comparing(IngestedFile::name))
                    .forEach(System.out::println);
        }
    }
}
