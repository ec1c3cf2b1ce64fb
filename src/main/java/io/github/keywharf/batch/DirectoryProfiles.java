package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The profiles of a directory, a file for each tenant. */
final class DirectoryProfiles implements TenantProfiles {
    private static final String END = ".json";

    private final Path directory;
    private final InstantSource clock;
    private final EventListener listener;
    private final Map<String, Known> files = new HashMap<>();
    private SortedMap<Organisation, TenantProfile> profiles = Collections.emptySortedMap();
    private @Nullable Instant looked;
    private String trouble = "";

    /**
     * What is known of a file.
     *
     * @param profile the last one that could be read
     * @param reported the last problem that was reported; empty when there is none
     */
    private record Known(WatchedFile.Stamp stamp, Optional<TenantProfile> profile, String reported) {}

    DirectoryProfiles(Path directory, InstantSource clock, EventListener listener) {
        this.directory = directory.toAbsolutePath().normalize();
        this.clock = clock;
        this.listener = listener;
    }

    @Override
    public synchronized SortedMap<Organisation, TenantProfile> all() {
        Instant now = clock.instant();
        if (looked == null || now.isBefore(looked) || !now.isBefore(looked.plus(DEFAULT_REFRESH))) {
            looked = now;
            look(now);
        }
        return profiles;
    }

    private void look(Instant now) {
        List<Path> found;
        try {
            found = list();
            trouble = "";
        } catch (IOException | DirectoryIteratorException e) {
            reportOnce("The directory of the profiles cannot be listed, so that they stay as they are: " + e);
            return;
        }
        if (found.size() > MAX_TENANTS) {
            reportOnce("The directory has more than " + MAX_TENANTS + " profiles, so that they stay as they are");
            return;
        }
        Map<String, Known> known = new HashMap<>();
        for (Path file : found) {
            String name = file.getFileName().toString();
            read(file, name, Optional.ofNullable(files.get(name)), now).ifPresent(read -> known.put(name, read));
        }
        files.clear();
        files.putAll(known);
        SortedMap<Organisation, TenantProfile> read = new TreeMap<>();
        known.values().forEach(one -> one.profile().ifPresent(profile -> read.put(profile.tenant(), profile)));
        profiles = Collections.unmodifiableSortedMap(read);
    }

    private void reportOnce(String problem) {
        if (!problem.equals(trouble)) {
            trouble = problem;
            listener.error(BatchIngestor.PLATFORM_TROUBLE, Work.NONE, directory.toString(), problem);
        }
    }

    private List<Path> list() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*" + END)) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().startsWith(".") && found.size() <= MAX_TENANTS) {
                    found.add(entry);
                }
            }
        }
        found.sort(null);
        return found;
    }

    /** What is known of a file now; nothing when it has gone meanwhile. */
    private Optional<Known> read(Path file, String name, Optional<Known> before, Instant now) {
        try {
            WatchedFile.Stamp stamp = WatchedFile.stamp(file, now);
            if (before.isPresent() && !stamp.mayDifferFrom(before.get().stamp())) {
                return before;
            }
            return Optional.of(parsed(file, name, before, stamp));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            WatchedFile.Stamp stamp = new WatchedFile.Stamp(FileStamp.UNKNOWN, true);
            return Optional.of(failed(file, name, before, stamp, "cannot be read: " + e));
        }
    }

    private Known parsed(Path file, String name, Optional<Known> before, WatchedFile.Stamp stamp) {
        String tenant = name.substring(0, name.length() - END.length());
        if (!Organisation.isId(tenant)) {
            return failed(
                    file, name, before, stamp, "is not named after a tenant; rename it as <tenant>.json, or move it");
        }
        if (stamp.file().kind() != FileStamp.Kind.FILE) {
            return failed(file, name, before, stamp, "is not a regular file, and links are not followed");
        }
        try {
            return new Known(stamp, Optional.of(TenantProfile.read(Organisation.of(tenant), file)), "");
        } catch (KeywharfException e) {
            String problem = String.valueOf(e.getMessage()).replace("[" + e.subject() + "] ", "");
            return failed(file, name, before, stamp, problem);
        }
    }

    private Known failed(Path file, String name, Optional<Known> before, WatchedFile.Stamp stamp, String problem) {
        boolean isNew = before.isEmpty() || !before.get().reported().equals(problem);
        Optional<TenantProfile> profile = before.flatMap(Known::profile);
        if (isNew) {
            report(name, file + " " + problem + (profile.isPresent() ? "; the profile before stays in force" : ""));
        }
        return new Known(stamp, profile, problem);
    }

    private void report(String name, String problem) {
        String tenant = name.substring(0, name.length() - END.length());
        if (Organisation.isId(tenant)) {
            RunContext.trouble(listener, Organisation.of(tenant), problem);
        } else {
            listener.error(BatchIngestor.PLATFORM_TROUBLE, Work.NONE, directory.toString(), problem);
        }
    }

    @Override
    public String toString() {
        return "TenantProfiles[" + directory + "]";
    }
}
