package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Jobs for apps, with a target that keeps rows in memory. */
final class JobsInTest {

    static final Organisation TENANT = Organisation.of("customer-1");
    static final Instant NEVER = Instant.parse("9999-01-01T00:00:00Z");

    private final Path staging;
    private final Instant deadline;
    final List<Map<String, @Nullable Object>> rows = Collections.synchronizedList(new ArrayList<>());
    final List<RejectedRow> rejected = new CopyOnWriteArrayList<>();
    final List<Long> progress = new CopyOnWriteArrayList<>();
    /** Says why the target refuses a row. */
    Function<Row, Optional<String>> refuses = row -> Optional.empty();

    JobsInTest(Path staging) {
        this(staging, NEVER);
    }

    JobsInTest(Path staging, Instant deadline) {
        this.staging = staging;
        this.deadline = deadline;
    }

    static TenantProfile profile() {
        return TenantProfile.builder(TENANT).target("customer1", "application").build();
    }

    static IngestedFile file(String name, int attempt) {
        return new IngestedFile(
                "0123456789abcdef0123456789abcdef",
                TENANT,
                name,
                1_000,
                "ab".repeat(32),
                FileState.RUNNING,
                attempt,
                Instant.EPOCH,
                Optional.of(Instant.EPOCH),
                Optional.empty(),
                0,
                0,
                0,
                "");
    }

    Path work() {
        try {
            return Files.createDirectories(
                    staging.resolve(TENANT.id()).resolve("work").resolve("0123456789abcdef0123456789abcdef-1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A job for a file that is there. */
    IngestJob of(Path path) {
        return of(path, profile());
    }

    private IngestJob of(Path path, TenantProfile profile) {
        return new IngestJob(
                file(String.valueOf(path.getFileName()), 1),
                profile,
                path,
                work(),
                deadline,
                job -> target(),
                rejected::add,
                progress::add,
                "object");
    }

    /** A job for a file with that content. */
    IngestJob of(String name, String content) {
        return of(name, content, profile());
    }

    IngestJob of(String name, String content, TenantProfile profile) {
        try {
            Path directory =
                    Files.createDirectories(staging.resolve(TENANT.id()).resolve("files/1"));
            return of(Files.writeString(directory.resolve(name), content), profile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rejected rows as they are printed. */
    List<String> rejectedLines() {
        return rejected.stream().map(row -> row + " " + row.row()).toList();
    }

    /** Keeps rows, and refuses others, the last one of each batch first. */
    private RowSink target() {
        return new RowSink() {
            @Override
            public WriteReport write(Rows all, RejectListener rejects) {
                long read = 0;
                long refused = 0;
                try (all) {
                    for (ColumnBatch batch = all.next(); batch != null; batch = all.next()) {
                        read += batch.size();
                        for (int row = batch.size() - 1; row >= 0; row--) {
                            Optional<String> reason = refuses.apply(batch.row(row));
                            if (reason.isPresent()) {
                                refused++;
                                rejects.rejected(batch.rejected(row, new Origin("target", read), "id", reason.get()));
                            }
                        }
                        for (int row = 0; row < batch.size(); row++) {
                            if (refuses.apply(batch.row(row)).isEmpty()) {
                                rows.add(batch.row(row).toMap());
                            }
                        }
                    }
                }
                return WriteReport.of(read, read - refused, refused, 7, Duration.ofSeconds(1));
            }
        };
    }
}
