package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ledger's records after changes that are not durable yet. Of one thread. */
final class LedgerDraft implements LedgerView {

    private final LedgerView records;
    private final Map<String, IngestedFile> byId = new HashMap<>();
    private final List<IngestedFile> changed = new ArrayList<>();

    LedgerDraft(LedgerView records) {
        this.records = records;
    }

    void put(IngestedFile file) {
        byId.put(file.id(), file);
        changed.add(file);
    }

    /** The changes in their order. */
    List<IngestedFile> changed() {
        return changed;
    }

    @Override
    public Optional<IngestedFile> find(String id) {
        IngestedFile file = byId.get(id);
        return file == null ? records.find(id) : Optional.of(file);
    }

    @Override
    public Optional<IngestedFile> findContent(Organisation tenant, String name, String sha256) {
        String content = LedgerView.content(tenant, name, sha256);
        for (IngestedFile file : byId.values()) {
            if (LedgerView.isKnown(file) && LedgerView.content(file).equals(content)) {
                return Optional.of(file);
            }
        }
        return records.findContent(tenant, name, sha256).filter(file -> !byId.containsKey(file.id()));
    }

    @Override
    public Optional<IngestedFile> findLast(Organisation tenant, String name) {
        Optional<IngestedFile> last = records.findLast(tenant, name).map(file -> byId.getOrDefault(file.id(), file));
        for (IngestedFile file : byId.values()) {
            boolean isLater = last.map(other -> LedgerRecords.ARRIVAL.compare(file, other) > 0)
                    .orElse(true);
            if (isLater
                    && LedgerView.counts(file)
                    && file.tenant().equals(tenant)
                    && file.name().equals(name)) {
                last = Optional.of(file);
            }
        }
        return last.filter(LedgerView::counts);
    }

    @Override
    public int waiting(Organisation tenant) {
        int count = records.waiting(tenant);
        for (IngestedFile file : byId.values()) {
            if (file.tenant().equals(tenant)) {
                boolean before = records.find(file.id())
                        .map(old -> !old.state().hasEnded())
                        .orElse(false);
                count += (file.state().hasEnded() ? 0 : 1) - (before ? 1 : 0);
            }
        }
        return count;
    }

    @Override
    public long bytesOn(Organisation tenant, LocalDate day) {
        long bytes = records.bytesOn(tenant, day);
        for (IngestedFile file : byId.values()) {
            if (file.tenant().equals(tenant) && LedgerView.day(file.received()).equals(day)) {
                boolean before = records.find(file.id()).map(LedgerView::counts).orElse(false);
                bytes += (LedgerView.counts(file) ? file.bytes() : 0) - (before ? file.bytes() : 0);
            }
        }
        return bytes;
    }
}
