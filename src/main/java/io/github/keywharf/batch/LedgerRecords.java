package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The ledger's durable records in memory, with what is asked of them. Thread-safe. */
final class LedgerRecords implements LedgerView {

    /** The order in which files came. */
    static final Comparator<IngestedFile> ARRIVAL =
            Comparator.comparing((IngestedFile file) -> file.received()).thenComparing(IngestedFile::id);

    private static final OfTenant NOTHING = new OfTenant();

    private final Map<String, IngestedFile> byId = new HashMap<>();
    private final Map<String, String> byContent = new HashMap<>();
    private final Map<Organisation, OfTenant> byTenant = new TreeMap<>();

    /** One tenant's. */
    private static final class OfTenant {
        private final NavigableSet<IngestedFile> all = new TreeSet<>(ARRIVAL);
        private final NavigableSet<IngestedFile> received = new TreeSet<>(ARRIVAL);
        private final Map<String, NavigableSet<IngestedFile>> named = new HashMap<>();
        private final Map<LocalDate, Long> bytes = new HashMap<>();
        private final Map<LocalDate, Long> arrived = new HashMap<>();
        private int waiting;
    }

    /** What is known of a tenant, not to be changed. */
    private OfTenant of(Organisation tenant) {
        return byTenant.getOrDefault(tenant, NOTHING);
    }

    synchronized void put(IngestedFile file) {
        IngestedFile before = byId.get(file.id());
        if (before != null) {
            remove(before);
        }
        byId.put(file.id(), file);
        OfTenant tenant = byTenant.computeIfAbsent(file.tenant(), any -> new OfTenant());
        tenant.all.add(file);
        if (file.state() == FileState.RECEIVED) {
            tenant.received.add(file);
        }
        tenant.waiting += file.state().hasEnded() ? 0 : 1;
        tenant.arrived.merge(LedgerView.day(file.received()), file.bytes(), Long::sum);
        if (LedgerView.counts(file)) {
            tenant.named
                    .computeIfAbsent(file.name(), any -> new TreeSet<>(ARRIVAL))
                    .add(file);
            tenant.bytes.merge(LedgerView.day(file.received()), file.bytes(), Long::sum);
        }
        if (LedgerView.isKnown(file)) {
            byContent.put(LedgerView.content(file), file.id());
        }
    }

    private void remove(IngestedFile file) {
        byId.remove(file.id());
        byContent.remove(LedgerView.content(file), file.id());
        OfTenant tenant = byTenant.computeIfAbsent(file.tenant(), any -> new OfTenant());
        tenant.all.remove(file);
        tenant.received.remove(file);
        tenant.waiting -= file.state().hasEnded() ? 0 : 1;
        subtract(file, tenant.arrived);
        if (LedgerView.counts(file)) {
            tenant.named.computeIfPresent(file.name(), (name, files) -> {
                files.remove(file);
                return files.isEmpty() ? null : files;
            });
            subtract(file, tenant.bytes);
        }
    }

    private static void subtract(IngestedFile file, Map<LocalDate, Long> bytes) {
        bytes.computeIfPresent(
                LedgerView.day(file.received()), (day, sum) -> sum == file.bytes() ? null : sum - file.bytes());
    }

    /** Forgets files that ended before a time; returns them. */
    synchronized List<IngestedFile> forget(Instant before) {
        List<IngestedFile> old = byId.values().stream()
                .filter(file -> file.state().hasEnded()
                        && file.ended().orElse(Instant.MAX).isBefore(before))
                .toList();
        old.forEach(this::remove);
        byTenant.values().removeIf(tenant -> tenant.all.isEmpty());
        return old;
    }

    synchronized List<IngestedFile> all() {
        return List.copyOf(byId.values());
    }

    synchronized int size() {
        return byId.size();
    }

    /** All tenants that have files. */
    synchronized Set<Organisation> tenants() {
        return Set.copyOf(byTenant.keySet());
    }

    /** A tenant's files, those received last first, behind a file of it or from the newest on. */
    synchronized List<IngestedFile> files(Organisation tenant, @Nullable IngestedFile before, int limit) {
        NavigableSet<IngestedFile> all = of(tenant).all;
        NavigableSet<IngestedFile> from = before == null ? all : all.headSet(before, false);
        return from.descendingSet().stream().limit(limit).toList();
    }

    /** All files of a tenant, or of all. */
    synchronized List<IngestedFile> files(Optional<Organisation> tenant) {
        Stream<OfTenant> some =
                tenant.map(name -> Stream.ofNullable(byTenant.get(name))).orElseGet(() -> byTenant.values().stream());
        List<IngestedFile> files = new ArrayList<>();
        some.forEach(of -> files.addAll(of.all));
        return files;
    }

    /** The tenant's file that was received first among those that are RECEIVED and that the caller wants. */
    synchronized Optional<IngestedFile> firstReceived(Organisation tenant, Predicate<IngestedFile> wanted) {
        return of(tenant).received.stream().filter(wanted).findFirst();
    }

    @Override
    public synchronized Optional<IngestedFile> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public synchronized Optional<IngestedFile> findContent(Organisation tenant, String name, String sha256) {
        return Optional.ofNullable(byContent.get(LedgerView.content(tenant, name, sha256)))
                .map(byId::get);
    }

    @Override
    public synchronized Optional<IngestedFile> findLast(Organisation tenant, String name) {
        return Optional.ofNullable(of(tenant).named.get(name)).map(NavigableSet::last);
    }

    @Override
    public synchronized int waiting(Organisation tenant) {
        return of(tenant).waiting;
    }

    @Override
    public synchronized long bytesOn(Organisation tenant, LocalDate day) {
        return of(tenant).bytes.getOrDefault(day, 0L);
    }

    /** How many bytes came from the tenant on a day, whatever became of them. */
    synchronized long arrivedOn(Organisation tenant, LocalDate day) {
        return of(tenant).arrived.getOrDefault(day, 0L);
    }

    /** How many files of the tenant are recorded. */
    synchronized int size(Organisation tenant) {
        return of(tenant).all.size();
    }
}
