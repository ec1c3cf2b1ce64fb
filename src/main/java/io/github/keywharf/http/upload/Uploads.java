package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Cut;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** The uploads that there are, and when they go. */
final class Uploads {
    /** How many finished uploads of an owner can still be asked for, 1,000; the oldest go first. */
    static final int MAX_FINISHED = 1_000;

    private final Map<String, OpenUpload> all = new ConcurrentHashMap<>();
    private final UploadFiles files;
    private final InstantSource clock;
    private final EventListener listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    Uploads(UploadFiles files, InstantSource clock, EventListener listener) {
        this.files = files;
        this.clock = clock;
        this.listener = listener;
    }

    /** Finds what the last process left, and removes what is damaged. */
    void load() {
        for (String id : files.ids()) {
            Optional<UploadState> state = files.read(id);
            if (state.isPresent()) {
                if (state.get().isOver()) {
                    files.deleteContent(state.get());
                }
                all.put(id, new OpenUpload(files, state.get()));
            } else {
                files.delete(id);
                removed(id, "its files are incomplete or damaged");
            }
        }
    }

    /** Ends the requests that are under way, and begins no more; true the first time. */
    boolean close() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        for (OpenUpload upload : all.values()) {
            if (upload.take()) {
                upload.leave();
            }
        }
        return true;
    }

    void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("The upload server is closed");
        }
    }

    List<OpenUpload> all() {
        return List.copyOf(all.values());
    }

    /** The upload of that id, where it is that owner's. */
    Optional<OpenUpload> find(String owner, String id) {
        return Optional.ofNullable(all.get(id))
                .filter(upload -> upload.state().owner().equals(owner));
    }

    /**
     * The upload that the client may have created before, and lost the answer to: it has the same digest, and no content.
     * Otherwise a new one.
     */
    synchronized OpenUpload createOrFind(UploadState state) {
        return open(state.owner())
                .filter(upload -> isSame(upload.state(), state))
                .findFirst()
                .orElseGet(() -> create(state));
    }

    /** Makes an upload, unless its owner has as many unfinished ones as allowed. */
    synchronized OpenUpload create(UploadState state) {
        long open = open(state.owner()).count();
        if (open >= UploadServer.MAX_OPEN) {
            throw UploadRefused.of(
                    429,
                    "upload.too_many_open",
                    "There are " + open + " unfinished uploads, which is the most; finish one, or remove one by DELETE",
                    "maxOpen");
        }
        // Its files first: whoever finds the upload may append to it.
        files.create(state);
        OpenUpload created = new OpenUpload(files, state);
        all.put(state.id(), created);
        return created;
    }

    private Stream<OpenUpload> open(String owner) {
        return all.values().stream()
                .filter(upload ->
                        upload.state().owner().equals(owner) && !upload.state().isOver());
    }

    private static boolean isSame(UploadState one, UploadState other) {
        return one.phase() == UploadState.Phase.RECEIVING
                && one.offset() == 0
                && one.declared().isPresent()
                && one.declared().equals(other.declared())
                && one.name().equals(other.name())
                && one.length().equals(other.length())
                && one.maxBytes() == other.maxBytes();
    }

    /** Removes an upload that the caller has taken. */
    void remove(OpenUpload upload) {
        all.remove(upload.state().id());
        upload.remove();
    }

    /** Removes an upload that the caller has taken, if it has expired. */
    boolean isRemovedAsExpired(OpenUpload upload) {
        boolean expired = isExpired(upload.state());
        if (expired) {
            expire(upload);
        }
        return expired;
    }

    private void expire(OpenUpload upload) {
        remove(upload);
        if (!upload.state().isOver()) {
            removed(shown(upload.state().name()), "it made no progress for " + UploadServer.MAX_AGE);
        }
    }

    private boolean isExpired(UploadState state) {
        Duration kept = state.isOver() ? UploadServer.FINISHED_KEPT : UploadServer.MAX_AGE;
        return !clock.instant().isBefore(state.progressed().plus(kept));
    }

    /** Removes what has expired, and the oldest of too many finished ones, but for those that a request has. */
    void sweep() {
        Map<String, List<OpenUpload>> finished = new HashMap<>();
        for (OpenUpload upload : all.values()) {
            UploadState state = upload.state();
            if (isExpired(state)) {
                removeIfFree(upload);
            } else if (state.isOver()) {
                finished.computeIfAbsent(state.owner(), owner -> new ArrayList<>())
                        .add(upload);
            }
        }
        for (List<OpenUpload> owned : finished.values()) {
            owned.sort(Comparator.comparing(upload -> upload.state().progressed()));
            owned.subList(0, Math.max(0, owned.size() - MAX_FINISHED)).forEach(this::removeIfFree);
        }
    }

    private void removeIfFree(OpenUpload upload) {
        if (!upload.takeIfFree()) {
            return;
        }
        try {
            if (!upload.isRemoved() && (upload.state().isOver() || isExpired(upload.state()))) {
                expire(upload);
            }
        } catch (KeywharfException e) {
            // One directory that cannot be removed keeps nobody from uploading; the upload is gone all the same.
            removed(shown(upload.state().name()), "but its files stay: " + e);
        } finally {
            upload.leave();
        }
    }

    private void removed(String subject, String reason) {
        listener.warning("http.upload.removed", Work.NONE, subject, "The upload was removed: " + reason);
    }

    /** A name or an owner as an event shows it. */
    static String shown(String text) {
        return Cut.printable(text, 200);
    }
}
