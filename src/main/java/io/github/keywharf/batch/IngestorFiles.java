package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.format.DeadLetters;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** An ingestor's files, for its routes. */
record IngestorFiles(
        BatchIngestor ingestor,
        LedgerRecords records,
        Intake intake,
        Profiles profiles,
        DeadLetters rejects,
        ObjectStore store)
        implements ReceivedFiles {

    @Override
    public IngestedFile receive(Organisation tenant, String id, String name, Path content, String sha256) {
        // A tenant that was added a moment ago uploads as well.
        TenantProfile profile = profiles.source().find(tenant).orElseThrow(() -> Intake.unknownTenant(tenant));
        return intake.receive(profile, id, name, content, sha256);
    }

    @Override
    public Optional<IngestedFile> find(String id) {
        return records.find(id);
    }

    @Override
    public List<IngestedFile> files(Organisation tenant, Optional<String> before, int limit) {
        if (before.isEmpty()) {
            return records.files(tenant, null, limit);
        }
        return before.flatMap(records::find)
                .filter(file -> file.tenant().equals(tenant))
                .map(file -> records.files(tenant, file, limit))
                .orElse(List.of());
    }

    @Override
    public Optional<IngestedFile> findContent(Organisation tenant, String name, String sha256) {
        return records.findSame(tenant, name, sha256);
    }

    @Override
    public int waiting(Organisation tenant) {
        return records.waiting(tenant);
    }

    @Override
    public long bytesOn(Organisation tenant, LocalDate day) {
        return records.arrivedOn(tenant, day);
    }

    @Override
    public boolean hasRoom(Organisation tenant) {
        return intake.hasRoom(tenant);
    }

    @Override
    public IngestedFile replay(String id) {
        return ingestor.replay(id);
    }

    @Override
    public Optional<HttpBody> rejected(String id) {
        return records.find(id)
                .flatMap(file -> IngestRun.kept(store, rejects, file))
                .map(kept -> {
                    ObjectReader reader = store.open(kept.key());
                    return HttpBody.stream(new FilterInputStream(reader.stream()) {
                        @Override
                        public void close() throws IOException {
                            try {
                                super.close();
                            } finally {
                                reader.close();
                            }
                        }
                    });
                });
    }

    @Override
    public String statistics(Optional<Organisation> tenant) {
        return ingestor.statistics(tenant).toJson();
    }

    @Override
    public HttpResponse page(Optional<Organisation> tenant) {
        return StatisticsPage.response(statistics(tenant));
    }
}
