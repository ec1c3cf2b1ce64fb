package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Cut;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Uploads of the working directory, until they expire or are removed. */
final class Uploads {
    /** Limit on the finished uploads of an owner, 1,000; the oldest are removed first. */
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

    /** Loads the uploads that the last process left, and removes damaged ones. */
    void load() {
        for (String id : files.ids()) {
            try {
                load(id);
            } catch (KeywharfException e) {
                // Of another version, perhaps: the content may be all that its client has.
                listener.error("http.upload.unreadable", Work.NONE, id, "The upload stays on the disk, unused: " + e);
            }
        }
    }

    private void load(String id) {
        Optional<UploadState> state = files.read(id);
        if (state.isPresent()) {
            if (state.get().isOver()) {
                files.deleteContent(state.get().creation());
            }
            all.put(id, new OpenUpload(files, state.get()));
        } else {
            files.delete(id);
            removed(id, "its files are incomplete or damaged");
        }
    }

    /** Ends running requests, and refuses further ones; returns false while one, such as one with the receiver, runs on. */
    boolean close() {
        synchronized (this) {
            closed.set(true);
        }
        all.values().forEach(OpenUpload::endContent);
        boolean ended = true;
        for (OpenUpload upload : all.values()) {
            if (upload.lock()) {
                upload.unlock();
            } else {
                ended = false;
            }
        }
        return ended;
    }

    void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("The upload server is closed");
        }
    }

    List<OpenUpload> all() {
        return List.copyOf(all.values());
    }

    /** Returns the upload of an id if it is the owner's. */
    Optional<OpenUpload> find(String owner, String id) {
        return Optional.ofNullable(all.get(id))
                .filter(upload -> upload.creation().owner().equals(owner));
    }

    /**
     * Creates an upload.
     *
     * @throws UploadRefused if its owner has too many unfinished ones
     */
    synchronized OpenUpload create(UploadState state) {
        requireOpen();
        String owner = state.creation().owner();
        long open = all.values().stream()
                .filter(upload -> upload.creation().owner().equals(owner)
                        && !upload.state().isOver())
                .count();
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
        all.put(state.creation().id(), created);
        return created;
    }

    /** Removes an upload that the caller has locked. */
    void remove(OpenUpload upload) {
        all.remove(upload.creation().id());
        upload.remove();
    }

    /** Removes an upload that the caller has locked, if it has expired. */
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
            removed(
                    printable(upload.creation().name()),
                    "it made no progress for " + upload.state().maxAge());
        }
    }

    private boolean isExpired(UploadState state) {
        return !clock.instant().isBefore(state.progress().progressed().plus(state.maxAge()));
    }

    /** Removes expired uploads, and the oldest of too many finished ones, except those that a request holds. */
    void sweep() {
        Map<String, List<OpenUpload>> finished = new HashMap<>();
        for (OpenUpload upload : all.values()) {
            UploadState state = upload.state();
            if (isExpired(state)) {
                removeIfFree(upload);
            } else if (state.isOver()) {
                finished.computeIfAbsent(state.creation().owner(), owner -> new ArrayList<>())
                        .add(upload);
            }
        }
        for (List<OpenUpload> owned : finished.values()) {
            owned.sort(Comparator.comparing(upload -> upload.state().progress().progressed()));
            owned.subList(0, Math.max(0, owned.size() - MAX_FINISHED)).forEach(this::removeIfFree);
        }
    }

    private void removeIfFree(OpenUpload upload) {
        if (!upload.tryLock()) {
            return;
        }
        try {
            if (!upload.isRemoved() && (upload.state().isOver() || isExpired(upload.state()))) {
                expire(upload);
            }
        } catch (KeywharfException e) {
            // One directory that cannot be removed keeps nobody from uploading; the upload is gone all the same.
            removed(printable(upload.creation().name()), "but its files stay: " + e);
        } finally {
            upload.unlock();
        }
    }

    private void removed(String subject, String reason) {
        listener.warning("http.upload.removed", Work.NONE, subject, "The upload was removed: " + reason);
    }

    /** Returns a name or an owner for an event. */
    static String printable(String text) {
        return Cut.printable(text, 200);
    }
}
