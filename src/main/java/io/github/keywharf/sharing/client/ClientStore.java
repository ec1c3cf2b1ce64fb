package io.github.keywharf.sharing.client;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OwnerOnly;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files of a share as objects, downloaded a bounded way ahead of whoever opens them one after the other, and deleted when the
 * next ones are opened: small ones in memory, others in a folder. Opened by one thread.
 */
final class ClientStore implements ObjectStore {

    /** How many bytes wait to be read, or one file where that has more. */
    private static final long MAX_AHEAD = 256L * 1024 * 1024;

    /** How many files wait for each thread. */
    private static final int FILES_AHEAD = 4;

    /** The most bytes of a file in memory, 1 MiB: to write, open and delete a small file takes longer than to download it. */
    private static final int MAX_IN_MEMORY = 1024 * 1024;

    /** Files that are opened together. */
    private static final class Unit {
        final String dataName;
        final List<ClientFile> files = new ArrayList<>();

        @Nullable
        Future<?> download;

        Unit(String dataName) {
            this.dataName = dataName;
        }

        long bytes() {
            return files.get(0).size();
        }

        boolean isInMemory() {
            return bytes() <= MAX_IN_MEMORY;
        }
    }

    private final ClientFetch fetch;
    private final Path folder;
    private final ObjectStore directory;
    private final ObjectStore memory = ObjectStore.inMemory();
    private final int parallel;
    private final ExecutorService threads;
    private final List<Unit> units = new ArrayList<>();
    private final Map<String, Integer> positions = new HashMap<>();
    private int released;
    private int submitted;
    private long ahead;
    private boolean closed;

    private ClientStore(ClientFetch fetch, Path folder, int parallel, List<ClientFile> files) {
        this.fetch = fetch;
        this.folder = folder;
        this.directory = ObjectStore.ofDirectory(folder);
        this.parallel = parallel;
        this.threads = threads(parallel);
        for (ClientFile file : files) {
            String name = file.dataName();
            Integer known = positions.get(name);
            if (known == null) {
                known = units.size();
                units.add(new Unit(name));
                positions.put(name, known);
            }
            units.get(known).files.add(file);
            if (file.hasStoredVector()) {
                positions.put(file.vectorName(), known);
            }
        }
    }

    /**
     * Begins to download.
     *
     * @param parent of the folder for what is downloaded
     * @param parallel how many files at the same time
     * @param files in the order in which they are opened
     */
    static ClientStore open(ClientFetch fetch, Path parent, int parallel, List<ClientFile> files) {
        try {
            Files.createDirectories(parent);
            Path folder = Files.createTempDirectory(parent, "keywharf-share-", OwnerOnly.directory(parent));
            ClientStore store = new ClientStore(fetch, folder, parallel, files);
            store.submit();
            return store;
        } catch (IOException e) {
            throw new KeywharfException(
                    "format.write_failed",
                    parent.toString(),
                    "The directory for downloads cannot be used: " + e + "; choose another by tempDirectory(…)",
                    e);
        }
    }

    /** Rows of this store, which it closes with them, or when it cannot be read. */
    Rows rows(Function<ObjectStore, Rows> reading) {
        try {
            return reading.apply(this).onClose(this::close);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    static ExecutorService threads(int parallel) {
        return Executors.newFixedThreadPool(parallel, Threads.named("keywharf-share-download"));
    }

    private void submit() {
        submitted = Math.max(submitted, released);
        while (submitted < units.size()
                && (submitted == released
                        || (submitted - released < parallel * FILES_AHEAD
                                && ahead + units.get(submitted).bytes() <= MAX_AHEAD))) {
            Unit unit = units.get(submitted++);
            ahead += unit.bytes();
            unit.download = threads.submit(() -> download(unit));
        }
    }

    private void download(Unit unit) {
        ClientFile data = unit.files.get(0);
        if (!unit.isInMemory()) {
            fetch.data(data, folder.resolve(unit.dataName));
        } else if (!memory.createIfAbsent(unit.dataName, fetch.data(data))) {
            throw new IllegalStateException("The file " + unit.dataName + " is downloaded twice");
        }
        for (ClientFile file : unit.files) {
            if (file.hasStoredVector()) {
                fetch.vector(file, folder.resolve(file.vectorName()));
            }
        }
    }

    @Override
    public ObjectReader open(String key) {
        Integer position = positions.get(key);
        if (closed || position == null || position < released) {
            throw new IllegalStateException("The file " + key + " is not to be opened now");
        }
        while (released < position) {
            release(units.get(released++));
        }
        // Several together: each that is handed over alone wakes a thread for itself.
        if (submitted - released <= parallel * FILES_AHEAD / 2) {
            submit();
        }
        Unit unit = units.get(position);
        if (unit.download != null) {
            await(fetch.subject(), unit.download);
        }
        return (unit.isInMemory() && key.equals(unit.dataName) ? memory : directory).open(key);
    }

    private void release(Unit unit) {
        if (unit.download == null) {
            return;
        }
        ahead -= unit.bytes();
        if (unit.isInMemory()) {
            memory.delete(unit.dataName);
        } else {
            ClientFetch.delete(folder.resolve(unit.dataName));
        }
        for (ClientFile file : unit.files) {
            if (file.hasStoredVector()) {
                ClientFetch.delete(folder.resolve(file.vectorName()));
            }
        }
    }

    /** Waits for a download, and throws what it threw. */
    static void await(String subject, Future<?> download) {
        try {
            download.get();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeywharfException known) {
                throw known;
            }
            throw new IllegalStateException("A download failed", e.getCause());
        }
    }

    /** Stops the downloads, and deletes the files. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        stop(threads);
        try (Stream<Path> left = Files.list(folder)) {
            left.forEach(ClientFetch::delete);
        } catch (IOException e) {
            throw new KeywharfException(
                    "format.write_failed", folder.toString(), "The downloads cannot be deleted: " + e, e);
        }
        ClientFetch.delete(folder);
    }

    /** Stops threads, and waits until they no longer write. */
    static void stop(ExecutorService threads) {
        threads.shutdownNow();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String name() {
        return fetch.subject();
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        throw new UnsupportedOperationException("A share's files are opened only");
    }

    @Override
    public ObjectWriter create(String key) {
        throw new UnsupportedOperationException("A share's files are opened only");
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        throw new UnsupportedOperationException("A share's files are opened only");
    }

    @Override
    public void delete(String key) {
        throw new UnsupportedOperationException("A share's files are opened only");
    }

    @Override
    public String toString() {
        return "ClientStore[" + name() + "]";
    }
}
