package io.github.keywharf.format.delta;

import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes the state of a table as one Parquet file, so that readers need not read all commits. */
final class CheckpointWriter {

    /** Commits from one checkpoint to the next, where the table does not say. */
    static final int DEFAULT_INTERVAL = 10;

    private static final Duration DEFAULT_RETENTION = Duration.ofDays(7);
    private static final Pattern INTERVAL = Pattern.compile("interval (\\d{1,6}) (second|minute|hour|day|week)s?");

    private static final ColumnType TEXTS = ColumnType.map(ColumnType.STRING, ColumnType.STRING);
    private static final ColumnType LIST = ColumnType.list(ColumnType.STRING);
    private static final ColumnType VECTOR = struct(
            "storageType", ColumnType.STRING,
            "pathOrInlineDv", ColumnType.STRING,
            "offset", ColumnType.INT32,
            "sizeInBytes", ColumnType.INT32,
            "cardinality", ColumnType.INT64);

    private static final Schema SCHEMA = Schema.of(
            Column.nullable(
                    "protocol",
                    struct(
                            "minReaderVersion",
                            ColumnType.INT32,
                            "minWriterVersion",
                            ColumnType.INT32,
                            "readerFeatures",
                            LIST,
                            "writerFeatures",
                            LIST)),
            Column.nullable(
                    "metaData",
                    struct(
                            "id", ColumnType.STRING,
                            "name", ColumnType.STRING,
                            "description", ColumnType.STRING,
                            "format", struct("provider", ColumnType.STRING, "options", TEXTS),
                            "schemaString", ColumnType.STRING,
                            "partitionColumns", LIST,
                            "configuration", TEXTS,
                            "createdTime", ColumnType.INT64)),
            Column.nullable(
                    "txn",
                    struct(
                            "appId", ColumnType.STRING,
                            "version", ColumnType.INT64,
                            "lastUpdated", ColumnType.INT64)),
            Column.nullable(
                    "domainMetadata",
                    struct(
                            "domain", ColumnType.STRING,
                            "configuration", ColumnType.STRING,
                            "removed", ColumnType.BOOLEAN)),
            Column.nullable(
                    "remove",
                    struct(
                            "path", ColumnType.STRING,
                            "deletionTimestamp", ColumnType.INT64,
                            "dataChange", ColumnType.BOOLEAN,
                            "extendedFileMetadata", ColumnType.BOOLEAN,
                            "partitionValues", TEXTS,
                            "size", ColumnType.INT64,
                            "tags", TEXTS,
                            "deletionVector", VECTOR)),
            Column.nullable(
                    "add",
                    struct(
                            "path", ColumnType.STRING,
                            "partitionValues", TEXTS,
                            "size", ColumnType.INT64,
                            "modificationTime", ColumnType.INT64,
                            "dataChange", ColumnType.BOOLEAN,
                            "tags", TEXTS,
                            "deletionVector", VECTOR,
                            "stats", ColumnType.STRING)));

    private final DeltaLog log;
    private final InstantSource clock;
    private final List<ColumnVector.Builder> builders = ColumnBatch.builders(SCHEMA, ColumnBatch.DEFAULT_ROWS);

    CheckpointWriter(DeltaLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    private static ColumnType struct(Object... namesAndTypes) {
        List<Column> fields = new ArrayList<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            fields.add(Column.nullable((String) namesAndTypes[i], (ColumnType) namesAndTypes[i + 1]));
        }
        return ColumnType.struct(fields);
    }

    void write(LogState state) {
        String key = LogListing.checkpoint(state.version());
        try (BatchWriter writer = Parquet.writer(log.store, key)
                .compression(Parquet.Compression.SNAPPY)
                .open(SCHEMA)) {
            add(writer, "protocol", state.protocol().toAction());
            add(writer, "metaData", state.metadata().toAction());
            state.transactions().forEach((application, newest) -> {
                Map<String, Object> action = new LinkedHashMap<>();
                action.put("appId", application);
                action.put("version", newest.version());
                newest.lastUpdated().ifPresent(time -> action.put("lastUpdated", time));
                add(writer, "txn", action);
            });
            state.domains()
                    .forEach((domain, configuration) -> add(
                            writer,
                            "domainMetadata",
                            Map.of("domain", domain, "configuration", configuration, "removed", false)));
            long oldest = oldestRemoved(state.metadata());
            state.removed().values().stream()
                    .filter(file -> file.deleted() > oldest)
                    .forEach(file -> add(writer, "remove", unchanged(file.action())));
            state.files().values().forEach(file -> add(writer, "add", file.toAction(false)));
            flush(writer);
            long rows = writer.rows();
            hint(state, rows, writer.commit());
        }
    }

    /** A checkpoint changes no data. */
    private static Map<String, Object> unchanged(Map<String, Object> action) {
        Map<String, Object> unchanged = new LinkedHashMap<>(action);
        unchanged.put("dataChange", false);
        return unchanged;
    }

    private long oldestRemoved(DeltaMetadata metadata) {
        String retention = metadata.configuration().get("delta.deletedFileRetentionDuration");
        Duration kept = DEFAULT_RETENTION;
        if (retention != null) {
            Matcher interval = INTERVAL.matcher(retention.trim().toLowerCase(Locale.ROOT));
            if (!interval.matches()) {
                return Long.MIN_VALUE;
            }
            long number = Long.parseLong(interval.group(1));
            kept = switch (interval.group(2)) {
                case "second" -> Duration.ofSeconds(number);
                case "minute" -> Duration.ofMinutes(number);
                case "hour" -> Duration.ofHours(number);
                case "day" -> Duration.ofDays(number);
                default -> Duration.ofDays(7 * number);
            };
        }
        return clock.instant().minus(kept).toEpochMilli();
    }

    private void add(BatchWriter writer, String name, Map<String, ?> action) {
        for (int i = 0; i < builders.size(); i++) {
            Column column = SCHEMA.column(i);
            builders.get(i).appendValue(column.name().equals(name) ? value(action, column.type()) : null);
        }
        if (builders.get(0).size() == ColumnBatch.DEFAULT_ROWS) {
            flush(writer);
        }
    }

    private void flush(BatchWriter writer) {
        if (builders.get(0).size() > 0) {
            writer.write(ColumnBatch.build(SCHEMA, builders));
        }
    }

    private static @Nullable Object value(@Nullable Object value, ColumnType type) {
        if (value == null) {
            return null;
        }
        return switch (type.kind()) {
            case STRUCT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                for (Column field : type.children()) {
                    fields.put(field.name(), value(((Map<?, ?>) value).get(field.name()), field.type()));
                }
                yield fields;
            }
            case INT32 -> ((Number) value).intValue();
            case INT64 -> ((Number) value).longValue();
            default -> value;
        };
    }

    private void hint(LogState state, long rows, StoredObject checkpoint) {
        Map<String, Object> hint = new LinkedHashMap<>();
        hint.put("version", state.version());
        hint.put("size", rows);
        hint.put("sizeInBytes", checkpoint.size());
        hint.put("numOfAddFiles", state.files().size());
        try (ObjectWriter out = log.store.create(LogListing.LAST_CHECKPOINT)) {
            out.write(DeltaCommit.lines(List.of(hint)));
            out.commit();
        } catch (IOException e) {
            throw DeltaErrors.corrupt(LogListing.LAST_CHECKPOINT, "it cannot be written", e);
        }
    }
}
