package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes files into the ledger, whichever way they came: checks them against the constraints of the tenant, finds duplicates,
 * and moves what is refused into quarantine. The rename comes first and the record after it, so that a crash in between leaves
 * a file without a record, which is found at the next start. Thread-safe.
 */
final class Intake {
    static final String NOT_REPLAYABLE = "batch.not_replayable";

    /** The files of a tenant that the ledger records at most, 1,000,000: in memory they are about 1 GB. */
    static final int MAX_RECORDS = 1_000_000;

    private static final int ID_BYTES = 16;
    private static final int SHOWN = 200;

    private final StagingArea area;
    private final Ledger ledger;
    private final InstantSource clock;
    private final int maxRecords;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, FileStamp> stamps = new ConcurrentHashMap<>();
    private Instant last = Instant.MIN;

    Intake(StagingArea area, Ledger ledger, InstantSource clock, int maxRecords) {
        this.area = area;
        this.ledger = ledger;
        this.clock = clock;
        this.maxRecords = maxRecords;
    }

    /** Whether another file of the tenant may be recorded. */
    boolean hasRoom(Organisation tenant) {
        return ledger.records().size(tenant) < maxRecords;
    }

    /**
     * A file that is in the directory of its id.
     *
     * @param name as its tenant calls it
     * @param path where it is
     * @param stamp as it was when it was whole
     * @param sha256 of its content where that is known, otherwise empty
     */
    record Taken(String id, String name, Path path, FileStamp stamp, String sha256) {}

    /** Fails unless files may be moved; see {@link Ledger#requireHeld}. */
    void requireHeld() {
        ledger.requireHeld();
    }

    String newId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** The time, later than that of any file before: the order of arrival. */
    synchronized Instant nextInstant() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        last = now.isAfter(last) ? now : last.plus(1, ChronoUnit.MICROS);
        return last;
    }

    /** Takes an upload that is whole; see {@link ReceivedFiles#receive}. */
    IngestedFile receive(TenantProfile profile, String id, String name, Path content, String sha256) {
        Organisation tenant = profile.tenant();
        Optional<IngestedFile> known = ledger.records().find(id);
        if (known.isPresent()) {
            return known.get();
        }
        requireHeld();
        try {
            area.create(tenant);
            Path target = area.taken(tenant, id).resolve(area.placeName(name));
            if (Files.exists(content, LinkOption.NOFOLLOW_LINKS)) {
                target = area.take(tenant, content, id, area.placeName(name));
            }
            Taken taken = new Taken(id, name, target, FileStamp.of(target), sha256);
            CompletableFuture<IngestedFile> recorded = record(profile, taken)
                    .orElseThrow(() -> new KeywharfException(
                            "batch.upload_gone", name, "The uploaded file was changed meanwhile; upload it again"));
            return place(Waiting.get(recorded, name));
        } catch (NoSuchFileException e) {
            // A scan of files without a record may have been faster.
            return ledger.records()
                    .find(id)
                    .orElseThrow(() -> new KeywharfException(
                            "batch.upload_gone", name, "The uploaded file is not there any more; upload it again", e));
        } catch (IOException e) {
            throw StagingArea.failed(name, "cannot be taken", e);
        }
    }

    /**
     * Records a file that was taken. When the record is durable, {@link #place} has the content where it belongs.
     *
     * @return the file as it is in the ledger; empty when its content has changed since its stamp was made
     * @throws IOException when it cannot be read; {@link NoSuchFileException} when it has gone
     */
    Optional<CompletableFuture<IngestedFile>> record(TenantProfile profile, Taken taken) throws IOException {
        Optional<Refusal> own = ownRefusal(profile.constraints(), taken);
        boolean isFile = taken.stamp().kind() == FileStamp.Kind.FILE;
        String sha256 = own.isPresent() || !taken.sha256().isEmpty() ? taken.sha256() : Digests.sha256(taken.path());
        if (isFile && own.isEmpty()) {
            StagingArea.force(taken.path());
        }
        if (!FileStamp.of(taken.path()).equals(taken.stamp())) {
            return Optional.empty();
        }
        stamps.put(taken.id(), taken.stamp());
        String name = FileNames.problem(taken.name()).isPresent() ? Cut.printable(taken.name(), SHOWN) : taken.name();
        long bytes = isFile ? taken.stamp().size() : 0;
        return Optional.of(ledger.submit(now -> now.find(taken.id()).isPresent()
                        ? Optional.empty()
                        : Optional.of(decide(now, profile, taken.id(), name, bytes, sha256, own)))
                .thenApply(
                        made -> made.or(() -> ledger.records().find(taken.id())).orElseThrow()));
    }

    private IngestedFile decide(
            LedgerView now,
            TenantProfile profile,
            String id,
            String name,
            long bytes,
            String sha256,
            Optional<Refusal> own) {
        Instant at = nextInstant();
        Organisation tenant = profile.tenant();
        Optional<IngestedFile> same = own.isPresent() ? Optional.empty() : now.findSame(tenant, name, sha256);
        Optional<Refusal> refusal =
                own.or(() -> same.isPresent() ? Optional.empty() : quotaRefusal(now, profile, bytes, at));
        FileState state =
                refusal.isPresent() ? FileState.REFUSED : same.isPresent() ? FileState.DUPLICATE : FileState.RECEIVED;
        String reason = refusal.map(Refusal::message)
                .or(() -> same.map(IngestedFile::id))
                .orElse("");
        return IngestedFile.received(id, tenant, name, bytes, sha256, at, state, reason);
    }

    /** Why a file is refused whatever else there is. */
    private static Optional<Refusal> ownRefusal(FileConstraints constraints, Taken taken) {
        FileStamp stamp = taken.stamp();
        if (stamp.kind() != FileStamp.Kind.FILE) {
            return Optional.of(new Refusal("file", stamp.kind().toString(), "regular files"));
        }
        if (stamp.links() > 1) {
            return Optional.of(new Refusal(
                    "file", stamp.links() + " hard links", "1, since who has another one could change the file"));
        }
        if (!Files.isReadable(taken.path())) {
            return Optional.of(new Refusal("file", "cannot be read", "files that the platform may read"));
        }
        return constraints
                .refusal(taken.name(), stamp.size())
                .or(() -> constraints.contentRefusal(taken.name(), taken.path()));
    }

    /** Why a file is refused for now. */
    private static Optional<Refusal> quotaRefusal(LedgerView now, TenantProfile profile, long bytes, Instant at) {
        Organisation tenant = profile.tenant();
        return new Quota(now.waiting(tenant), now.bytesOn(tenant, LedgerView.day(at)))
                .refusal(profile.constraints(), bytes);
    }

    /** Has the content where it belongs to by the file's state; harmless when it is there. */
    IngestedFile place(IngestedFile file) {
        try {
            if (file.state() == FileState.REFUSED) {
                area.quarantine(file);
            } else if (file.state() == FileState.DUPLICATE) {
                area.delete(file);
            }
        } catch (IOException e) {
            throw StagingArea.failed(file.tenant() + "/" + file.name(), "cannot be moved out of the way", e);
        }
        return file;
    }

    /** Has a failed or refused file wait once more; see {@link BatchIngestor#replay}. */
    IngestedFile replay(IngestedFile file, Optional<TenantProfile> profile, boolean force) {
        String subject = file.tenant() + "/" + file.name();
        try {
            Path content = area.content(file);
            if ((file.state() != FileState.FAILED && file.state() != FileState.REFUSED)
                    || FileNames.problem(file.name()).isPresent()
                    || !Files.isRegularFile(content, LinkOption.NOFOLLOW_LINKS)) {
                throw new KeywharfException(
                        NOT_REPLAYABLE,
                        subject,
                        "Only failed and refused files whose content is kept are replayed; this one is "
                                + file.state().name().toLowerCase(Locale.ROOT)
                                + (Files.exists(content, LinkOption.NOFOLLOW_LINKS)
                                        ? ""
                                        : ", and its content was removed; send it again"));
            }
            FileStamp stamp = FileStamp.of(content);
            // A writer that was too slow when the file was taken may have written the rest since.
            String sha256 = Digests.sha256(content);
            boolean isOther = file.state() == FileState.REFUSED || !sha256.equals(file.sha256());
            if (isOther && !force) {
                TenantProfile now = profile.orElseThrow(() -> unknownTenant(file.tenant()));
                Optional<Refusal> refusal = ownRefusal(
                                now.constraints(), new Taken(file.id(), file.name(), content, stamp, ""))
                        .or(() -> quotaRefusal(ledger.records(), now, stamp.size(), clock.instant()));
                if (refusal.isPresent()) {
                    throw new KeywharfException(
                            NOT_REPLAYABLE,
                            subject,
                            "It is still refused (" + refusal.get().message()
                                    + "); change the tenant's profile, or let the operator force it");
                }
            }
            requireNoOther(ledger.records(), file, sha256);
            area.release(file);
            Optional<IngestedFile> made = ledger.change(now -> now.find(file.id())
                    .filter(found -> found.state() == file.state()
                            && now.findContent(file.tenant(), file.name(), sha256)
                                    .isEmpty())
                    .map(found -> found.replayed(stamp.size(), sha256)));
            if (made.isPresent()) {
                return made.get();
            }
            IngestedFile now = place(ledger.records().find(file.id()).orElse(file));
            requireNoOther(ledger.records(), now, sha256);
            return now;
        } catch (IOException e) {
            throw StagingArea.failed(subject, "cannot be replayed", e);
        }
    }

    private static void requireNoOther(LedgerView now, IngestedFile file, String sha256) {
        Optional<IngestedFile> other = now.findContent(file.tenant(), file.name(), sha256)
                .filter(found -> !found.id().equals(file.id()));
        if (other.isPresent()) {
            throw new KeywharfException(
                    NOT_REPLAYABLE,
                    file.tenant() + "/" + file.name(),
                    "The same file was received once more after this one, as "
                            + other.get().id() + ", and is "
                            + other.get().state().name().toLowerCase(Locale.ROOT) + "; see to that one");
        }
    }

    static KeywharfException unknownTenant(Organisation tenant) {
        return new KeywharfException(
                "batch.unknown_tenant", tenant.id(), "There is no profile of this tenant; add one");
    }

    /** Whether the content is surely what was recorded. */
    boolean isUnchanged(IngestedFile file, Path content) throws IOException {
        FileStamp stamp = FileStamp.of(content);
        if (stamp.kind() != FileStamp.Kind.FILE || stamp.size() != file.bytes()) {
            return false;
        }
        if (stamp.equals(stamps.get(file.id()))) {
            return true;
        }
        if (!Digests.sha256(content).equals(file.sha256())
                || !FileStamp.of(content).equals(stamp)) {
            return false;
        }
        stamps.put(file.id(), stamp);
        return true;
    }

    /** The state of a file has changed. */
    void changed(IngestedFile file) {
        if (file.state().hasEnded()) {
            stamps.remove(file.id());
        }
    }

    /** Removes contents and records whose time is over; see {@link BatchIngestor.Builder#keepFor}. */
    void removeOld(Organisation tenant, Duration done, Duration failed) throws IOException {
        Instant now = clock.instant();
        for (String id : area.ids(tenant)) {
            Optional<IngestedFile> file = ledger.records().find(id);
            if (file.isPresent() && file.get().state().hasEnded()) {
                Duration kept = file.get().state() == FileState.DONE ? done : failed;
                if (!file.get().ended().orElse(now).plus(kept).isAfter(now)) {
                    area.delete(file.get());
                }
            }
        }
    }
}
