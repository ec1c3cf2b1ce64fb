package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A manager that keeps files in memory and ingests none of them. */
final class MemoryFiles implements ReceivedFiles {
    private final InstantSource clock;
    private final TenantProfiles profiles;
    private final Map<String, IngestedFile> files = new LinkedHashMap<>();
    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    volatile boolean isFull;

    MemoryFiles(InstantSource clock, TenantProfiles profiles) {
        this.clock = clock;
        this.profiles = profiles;
    }

    @Override
    public synchronized IngestedFile receive(Organisation tenant, String id, String name, Path content, String sha256) {
        IngestedFile known = files.get(id);
        if (known != null) {
            return known;
        }
        try {
            Optional<Refusal> refusal =
                    profiles.find(tenant).orElseThrow().constraints().contentRefusal(name, content);
            byte[] bytes = Files.readAllBytes(content);
            Files.delete(content);
            IngestedFile file = new IngestedFile(
                    id,
                    tenant,
                    name,
                    bytes.length,
                    sha256,
                    refusal.isPresent() ? FileState.REFUSED : FileState.RECEIVED,
                    0,
                    clock.instant(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    0,
                    0,
                    refusal.map(Refusal::message).orElse(""));
            files.put(id, file);
            contents.put(id, bytes);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized byte[] content(String id) {
        return contents.getOrDefault(id, new byte[0]);
    }

    synchronized List<IngestedFile> all() {
        return new ArrayList<>(files.values());
    }

    /** Ends a file, as the manager does. */
    synchronized void end(String id, FileState state, String reason) {
        IngestedFile file = files.get(id);
        files.put(
                id,
                new IngestedFile(
                        id,
                        file.tenant(),
                        file.name(),
                        file.bytes(),
                        file.sha256(),
                        state,
                        1,
                        file.received(),
                        Optional.of(clock.instant()),
                        Optional.of(clock.instant()),
                        2,
                        2,
                        1,
                        reason));
    }

    @Override
    public synchronized Optional<IngestedFile> find(String id) {
        return Optional.ofNullable(files.get(id));
    }

    @Override
    public synchronized List<IngestedFile> files(Organisation tenant, Optional<String> before, int limit) {
        List<IngestedFile> newest = all();
        Collections.reverse(newest);
        return newest.stream()
                .filter(file -> file.tenant().equals(tenant))
                .dropWhile(file -> before.isPresent() && !file.id().equals(before.get()))
                .skip(before.isPresent() ? 1 : 0)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Optional<IngestedFile> findContent(Organisation tenant, String name, String sha256) {
        return files.values().stream()
                .filter(file -> file.tenant().equals(tenant)
                        && file.name().equals(name)
                        && file.sha256().equals(sha256)
                        && file.state() != FileState.FAILED
                        && file.state() != FileState.REFUSED)
                .findFirst();
    }

    @Override
    public synchronized int waiting(Organisation tenant) {
        return (int) files.values().stream()
                .filter(file -> file.tenant().equals(tenant) && !file.state().hasEnded())
                .count();
    }

    @Override
    public synchronized long bytesOn(Organisation tenant, LocalDate day) {
        return files.values().stream()
                .filter(file -> file.tenant().equals(tenant)
                        && LocalDate.ofInstant(file.received(), ZoneOffset.UTC).equals(day))
                .mapToLong(IngestedFile::bytes)
                .sum();
    }

    @Override
    public boolean hasRoom(Organisation tenant) {
        return !isFull;
    }

    @Override
    public synchronized IngestedFile replay(String id) {
        IngestedFile file = files.get(id);
        if (file.state() != FileState.FAILED && file.state() != FileState.REFUSED) {
            throw new KeywharfException("batch.not_replayable", file.name(), "The file is " + file.state());
        }
        end(id, FileState.RECEIVED, "");
        return files.get(id);
    }

    @Override
    public synchronized Optional<HttpBody> rejected(String id) {
        return files.get(id).rejected() == 0 ? Optional.empty() : Optional.of(HttpBody.of("{\"line\":3}\n"));
    }

    @Override
    public String statistics(Optional<Organisation> tenant) {
        return "{\"of\":\"" + tenant.map(Organisation::id).orElse("all") + "\"}";
    }

    @Override
    public HttpResponse page(Optional<Organisation> tenant) {
        return HttpResponse.text(200, "page of " + tenant.map(Organisation::id).orElse("all"));
    }
}
