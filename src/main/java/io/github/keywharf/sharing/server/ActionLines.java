package io.github.keywharf.sharing.server;

import io.github.keywharf.format.delta.DeletionVector;
import io.github.keywharf.format.delta.DeltaChange;
import io.github.keywharf.format.delta.DeltaFile;
import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.format.delta.DeltaProtocol;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.store.SignedUrls;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes the lines of one answer, in one of the two response formats. Not thread-safe. */
final class ActionLines {
    /** Properties of a table that mean something to whoever reads it; the others are the provider's own affair. */
    private static final Set<String> SHARED_PROPERTIES = Set.of(
            "delta.enableChangeDataFeed",
            "delta.columnMapping.mode",
            "delta.columnMapping.maxColumnId",
            "delta.enableDeletionVectors");

    static final String DELETION_VECTORS = "deletionVectors";
    static final String COLUMN_MAPPING = "columnMapping";
    static final String TIMESTAMP_NTZ = "timestampNtz";

    private static final int FEATURES_READER = 3;
    private static final int FEATURES_WRITER = 7;

    private final JsonBytes json;
    private final boolean delta;
    private final Set<String> clientFeatures;
    private final SignedUrls.Signer signer;
    private final long expiresMillis;
    private final MessageDigest digest = Sha256.digest();

    /**
     * @param delta whether the format is delta's
     * @param clientFeatures what the client reads, in lower case
     */
    ActionLines(JsonBytes json, boolean delta, Set<String> clientFeatures, SignedUrls.Signer signer) {
        this.json = json;
        this.delta = delta;
        this.clientFeatures = clientFeatures;
        this.signer = signer;
        this.expiresMillis = signer.expires().toEpochMilli();
    }

    JsonBytes json() {
        return json;
    }

    Instant expires() {
        return signer.expires();
    }

    /** The features that a reader of these files has to have. */
    static Set<String> features(DeltaProtocol protocol, DeltaMetadata metadata) {
        Set<String> needed = new TreeSet<>();
        if (protocol.readerFeatures().contains(DELETION_VECTORS)) {
            needed.add(DELETION_VECTORS);
        }
        if (isMapped(metadata)) {
            needed.add(COLUMN_MAPPING);
        }
        if (protocol.readerFeatures().contains(TIMESTAMP_NTZ)) {
            needed.add(TIMESTAMP_NTZ);
        }
        return needed;
    }

    static boolean isMapped(DeltaMetadata metadata) {
        return !metadata.configuration()
                .getOrDefault("delta.columnMapping.mode", "none")
                .equals("none");
    }

    void protocol(DeltaProtocol protocol, DeltaMetadata metadata, OptionalLong version) {
        json.object().name("protocol").object();
        if (delta) {
            // Features that only concern the log are not named; a deletion vector is not sent to who does not know
            // them.
            Set<String> features = features(protocol, metadata);
            features.removeIf(feature ->
                    feature.equals(DELETION_VECTORS) && !clientFeatures.contains(feature.toLowerCase(Locale.ROOT)));
            version.ifPresent(number -> json.member("version", number));
            json.name("deltaProtocol").object();
            if (features.isEmpty()) {
                json.member("minReaderVersion", 1).member("minWriterVersion", 2);
            } else {
                json.member("minReaderVersion", FEATURES_READER)
                        .member("minWriterVersion", FEATURES_WRITER)
                        .member("readerFeatures", features)
                        .member("writerFeatures", features);
            }
            json.end();
        } else {
            json.member("minReaderVersion", 1);
        }
        json.end().end().line();
    }

    void metadata(DeltaMetadata metadata, OptionalLong version) {
        json.object().name("metaData").object();
        version.ifPresent(number -> json.member("version", number));
        if (delta) {
            json.name("deltaMetadata").object();
            described(metadata);
            metadata.createdTime().ifPresent(time -> json.member("createdTime", time.toEpochMilli()));
            json.end();
        } else {
            described(metadata);
        }
        json.end().end().line();
    }

    private void described(DeltaMetadata metadata) {
        json.member("id", metadata.id());
        metadata.name().ifPresent(name -> json.member("name", name));
        metadata.description().ifPresent(text -> json.member("description", text));
        json.name("format").object().member("provider", "parquet");
        if (delta) {
            json.member("options", Map.of());
        }
        json.end();
        json.member("schemaString", metadata.schemaJson()).member("partitionColumns", metadata.partitionColumns());
        Map<String, @Nullable String> properties = new TreeMap<>(metadata.configuration());
        properties.keySet().retainAll(SHARED_PROPERTIES);
        if (!delta && properties.containsKey("delta.enableChangeDataFeed")) {
            // The name that clients of the parquet format know.
            properties.put("enableChangeDataFeed", properties.get("delta.enableChangeDataFeed"));
        }
        json.member("configuration", properties);
    }

    /**
     * A file of a version.
     *
     * @param version with its time, where the client asked for a version
     */
    void file(TenantFile file, Optional<TenantSnapshot> version) {
        json.object().name("file").object();
        OptionalLong number =
                version.map(snapshot -> OptionalLong.of(snapshot.version())).orElse(OptionalLong.empty());
        Optional<Instant> time = version.map(TenantSnapshot::timestamp);
        if (delta) {
            wrapped(file, "add", number, time);
        } else {
            plain(file, true, number, time);
        }
        json.end().end().line();
    }

    /** A file of a change. */
    void change(TenantFile file, DeltaChange change) {
        OptionalLong version = OptionalLong.of(change.version());
        Optional<Instant> time = Optional.of(change.timestamp());
        boolean rows = change.kind() == DeltaChange.Kind.CDC;
        String kind = switch (change.kind()) {
            case ADD -> "add";
            case REMOVE -> "remove";
            case CDC -> delta ? "cdc" : "cdf";
        };
        json.object().name(delta ? "file" : kind).object();
        if (delta) {
            wrapped(file, kind, version, time);
        } else {
            plain(file, change.kind() == DeltaChange.Kind.ADD && !rows, version, time);
        }
        json.end().end().line();
    }

    private void plain(TenantFile file, boolean withStats, OptionalLong version, Optional<Instant> time) {
        DeltaFile of = file.file();
        json.member("url", file.url(signer))
                .member("id", file.id(digest))
                .member("partitionValues", of.partitionValues())
                .member("size", of.size());
        if (withStats) {
            of.stats().ifPresent(stats -> json.member("stats", stats));
        }
        dated(version, time);
    }

    private void dated(OptionalLong version, Optional<Instant> time) {
        version.ifPresent(number -> json.member("version", number));
        time.ifPresent(at -> json.member("timestamp", at.toEpochMilli()));
        json.member("expirationTimestamp", expiresMillis);
    }

    private void wrapped(TenantFile file, String kind, OptionalLong version, Optional<Instant> time) {
        DeltaFile of = file.file();
        Optional<DeletionVector> vector = file.deletionVector(signer);
        json.member("id", file.id(digest));
        vector.flatMap(file::deletionVectorId).ifPresent(id -> json.member("deletionVectorFileId", id));
        json.member("size", of.size());
        dated(version, time);
        json.name("deltaSingleAction").object().name(kind).object();
        json.member("path", file.url(signer))
                .member("partitionValues", of.partitionValues())
                .member("size", of.size());
        switch (kind) {
            case "add" -> {
                json.member("modificationTime", of.modificationTime().toEpochMilli())
                        .member("dataChange", true);
                of.stats().ifPresent(stats -> json.member("stats", stats));
            }
            case "remove" -> {
                time.ifPresent(at -> json.member("deletionTimestamp", at.toEpochMilli()));
                json.member("dataChange", true).member("extendedFileMetadata", true);
            }
            default -> json.member("dataChange", false);
        }
        vector.ifPresent(this::vector);
        json.end().end();
    }

    private void vector(DeletionVector vector) {
        json.name("deletionVector")
                .object()
                .member("storageType", vector.storageType())
                .member("pathOrInlineDv", vector.pathOrInlineDv());
        vector.offset().ifPresent(offset -> json.member("offset", offset));
        json.member("sizeInBytes", vector.sizeInBytes())
                .member("cardinality", vector.cardinality())
                .end();
    }

    /** The last line. */
    void end(Optional<String> refreshToken, Optional<String> nextPageToken, boolean hasUrls) {
        json.object().name("endStreamAction").object();
        refreshToken.ifPresent(token -> json.member("refreshToken", token));
        nextPageToken.ifPresent(token -> json.member("nextPageToken", token));
        if (hasUrls) {
            json.member("minUrlExpirationTimestamp", expiresMillis);
        }
        json.end().end().line();
    }

    /** The last line of an answer that failed on its way. */
    void failed(String message) {
        json.object()
                .name("endStreamAction")
                .object()
                .member("errorMessage", message)
                .end()
                .end()
                .line();
    }
}
