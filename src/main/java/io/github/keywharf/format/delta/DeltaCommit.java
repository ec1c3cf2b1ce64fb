package io.github.keywharf.format.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectKeys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Changes the files of a table by creating the next commit, whichever number that is by then. */
final class DeltaCommit {

    /** Others that commit as often in the time of one attempt each make the write fail. */
    private static final int ATTEMPTS = 1_000;

    private static final ObjectWriter JSON = new JsonMapper().writer();

    /** Which write of an application it is. */
    record Transaction(String application, long version) {

        /** Checks that there is a name. */
        Transaction {
            if (application.isBlank()) {
                throw new IllegalArgumentException("An application needs a name, but got '" + application + "'");
            }
        }

        boolean isIn(LogState state) {
            LogState.Transaction newest = state.transactions().get(application);
            return newest != null && newest.version() >= version;
        }
    }

    private final DeltaLog log;
    private final InstantSource clock;
    private final Optional<Transaction> transaction;
    private boolean attempted;

    DeltaCommit(DeltaLog log, InstantSource clock, Optional<Transaction> transaction) {
        this.log = log;
        this.clock = clock;
        this.transaction = transaction;
    }

    /** Whether a commit may be in the log, so that its files must stay. */
    boolean mayBeThere() {
        return attempted;
    }

    /** Commits files; empty when another has committed the transaction. */
    OptionalLong append(LogState base, List<DeltaFile> files) {
        return commit(base, List.of(), files);
    }

    /** Commits files with the rows of others, in place of those; empty when another has removed one of them. */
    OptionalLong replace(LogState base, List<DeltaFile> replaced, List<DeltaFile> files) {
        return commit(base, replaced, files);
    }

    private OptionalLong commit(LogState base, List<DeltaFile> replaced, List<DeltaFile> files) {
        LogState state = base;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Set<String> there = state.files().keySet();
            if ((transaction.isPresent() && transaction.get().isIn(state))
                    || !replaced.stream().allMatch(file -> there.contains(file.entry()))) {
                return OptionalLong.empty();
            }
            long version = state.version() + 1;
            byte[] content = content(state, replaced, files);
            attempted = true;
            boolean created = create(LogListing.commit(version), content);
            attempted = created;
            if (created) {
                return OptionalLong.of(version);
            }
            Optional<DeltaLog.Commit> other = log.find(version);
            if (other.isPresent()) {
                state = log.after(state, other.get());
                checkSame(base, state);
            }
        }
        throw DeltaErrors.conflict(
                log.name(), "others committed first " + ATTEMPTS + " times in a row; write again when there are fewer");
    }

    /** Whether the commit of that number is this one: the answer to an earlier attempt may have been lost. */
    private boolean create(String key, byte[] content) {
        try {
            return log.store.createIfAbsent(key, content);
        } catch (KeywharfException e) {
            Optional<byte[]> there;
            try {
                there = log.store.find(key);
            } catch (KeywharfException unknown) {
                e.addSuppressed(unknown);
                throw e;
            }
            if (there.isEmpty()) {
                throw e;
            }
            return Arrays.equals(there.get(), content);
        }
    }

    private void checkSame(LogState base, LogState state) {
        if (!state.metadata().equals(base.metadata()) || !state.protocol().equals(base.protocol())) {
            throw DeltaErrors.conflict(
                    log.name(),
                    "its columns, properties or protocol changed while rows were written; write them again");
        }
    }

    private byte[] content(LogState state, List<DeltaFile> replaced, List<DeltaFile> files) {
        Instant now = clock.instant();
        Map<String, Object> info = new LinkedHashMap<>();
        if (state.metadata().hasInCommitTimestamps()) {
            long before = state.inCommitTimestamp().orElse(0L);
            info.put("inCommitTimestamp", Math.max(now.toEpochMilli(), before + 1));
        }
        info.putAll(info(replaced.isEmpty() ? "WRITE" : "OPTIMIZE", now));
        List<Map<String, ?>> actions = new ArrayList<>();
        actions.add(Map.of("commitInfo", info));
        transaction.ifPresent(own -> actions.add(Map.of(
                "txn",
                Map.of("appId", own.application(), "version", own.version(), "lastUpdated", now.toEpochMilli()))));
        replaced.forEach(file -> actions.add(Map.of("remove", file.toRemoval(now))));
        files.forEach(file -> actions.add(Map.of("add", file.toAction(replaced.isEmpty()))));
        byte[] content = lines(actions);
        if (content.length > ObjectKeys.MAX_SMALL_OBJECT) {
            throw DeltaErrors.tooLarge(
                    log.name(),
                    "the commit would have " + content.length + " bytes, more than " + ObjectKeys.MAX_SMALL_OBJECT
                            + "; write in several parts");
        }
        return content;
    }

    static Map<String, Object> info(String operation, Instant now) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("timestamp", now.toEpochMilli());
        info.put("operation", operation);
        info.put("operationParameters", operation.equals("WRITE") ? Map.of("mode", "Append") : Map.of());
        info.put("isBlindAppend", !operation.equals("OPTIMIZE"));
        info.put("engineInfo", "Keywharf");
        info.put("txnId", UUID.randomUUID().toString());
        return info;
    }

    static byte[] lines(List<? extends Map<String, ?>> actions) {
        StringBuilder lines = new StringBuilder();
        try {
            for (Map<String, ?> action : actions) {
                lines.append(JSON.writeValueAsString(action)).append('\n');
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps, lists and texts have a form in JSON", e);
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }
}
