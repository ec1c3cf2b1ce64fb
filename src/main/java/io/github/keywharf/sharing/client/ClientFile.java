package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.format.delta.DeletionVector;
import io.github.keywharf.format.delta.DeltaChange;
import io.github.keywharf.format.delta.DeltaFile;
import io.github.keywharf.internal.Sha256;
import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of a server's answer.
 *
 * @param kind what its rows mean; those of a table as it is are added ones
 * @param id stays the same when addresses are renewed
 * @param url where it can be read; a secret, as whoever has it can read the file
 * @param expires until when, if the server says so
 * @param size in bytes
 * @param partitionValues as the log has them
 * @param version of the table that changed it; 0 for a file of a table as it is
 * @param timestamp when that was
 * @param vector its deletion vector, with the address in place of the path where that is a file
 * @param vectorId names that file, if the server says so
 */
record ClientFile(
        DeltaChange.Kind kind,
        String id,
        String url,
        Optional<Instant> expires,
        long size,
        Map<String, @Nullable String> partitionValues,
        Optional<String> stats,
        long version,
        Instant timestamp,
        Optional<DeletionVector> vector,
        Optional<String> vectorId) {

    /** The most bytes of a file, 1 TiB. */
    private static final long MAX_SIZE = 1L << 40;

    /** The most bytes of a deletion vector, which is read into memory: as many as of one in a log. */
    private static final int MAX_VECTOR = 128 * 1024 * 1024;

    private static final Pattern PLAIN_ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    /** Of an answer in the parquet format. */
    static ClientFile ofParquet(DeltaChange.Kind kind, JsonNode file, boolean isChange) {
        return of(kind, file, file, "url", Optional.empty(), isChange);
    }

    /** Of an answer in the delta format. */
    static ClientFile ofDelta(DeltaChange.Kind kind, JsonNode file, JsonNode action, boolean isChange) {
        JsonNode vector = action.path("deletionVector");
        return of(
                kind,
                file,
                action,
                "path",
                vector.isObject() ? Optional.of(vector(vector)) : Optional.empty(),
                isChange);
    }

    private static ClientFile of(
            DeltaChange.Kind kind,
            JsonNode file,
            JsonNode action,
            String address,
            Optional<DeletionVector> vector,
            boolean isChange) {
        return new ClientFile(
                kind,
                file.path("id").asText(),
                action.path(address).asText(),
                time(file.path("expirationTimestamp")),
                action.path("size").asLong(-1),
                texts(action.path("partitionValues")),
                text(action.path("stats")),
                isChange ? file.path("version").asLong(-1) : 0,
                time(file.path("timestamp")).orElse(Instant.EPOCH),
                vector,
                text(file.path("deletionVectorFileId")));
    }

    private static DeletionVector vector(JsonNode vector) {
        JsonNode offset = vector.path("offset");
        return new DeletionVector(
                vector.path("storageType").asText(),
                vector.path("pathOrInlineDv").asText(),
                offset.canConvertToInt() ? OptionalInt.of(offset.asInt()) : OptionalInt.empty(),
                vector.path("sizeInBytes").asInt(-1),
                vector.path("cardinality").asLong(-1));
    }

    private static Optional<Instant> time(JsonNode millis) {
        return millis.canConvertToLong() && millis.isIntegralNumber()
                ? Optional.of(Instant.ofEpochMilli(millis.longValue()))
                : Optional.empty();
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() && !node.textValue().isEmpty() ? Optional.of(node.textValue()) : Optional.empty();
    }

    private static Map<String, @Nullable String> texts(JsonNode node) {
        Map<String, @Nullable String> texts = new LinkedHashMap<>();
        node.properties()
                .forEach(value -> texts.put(
                        value.getKey(),
                        value.getValue().isNull() ? null : value.getValue().asText()));
        return Collections.unmodifiableMap(texts);
    }

    /** Why it cannot be one; empty when it can. */
    Optional<String> fault() {
        if (id.isEmpty() || url.isEmpty() || size < 0 || size > MAX_SIZE || version < 0) {
            return Optional.of("a file lacks its id, url, size or version");
        }
        return vector.filter(part -> part.sizeInBytes() < 0
                        || part.sizeInBytes() > MAX_VECTOR
                        || part.cardinality() < 0
                        || part.offset().orElse(1) < 0
                        || !(part.storageType().equals("i")
                                || part.storageType().equals("p")))
                .map(
                        part ->
                                "a file's deletion vector has no size, has one of more than 128 MiB, or is neither inline nor at an address");
    }

    /** What an answer with new addresses is searched for. */
    String key() {
        return version + " " + kind + " " + id + " "
                + vector.map(part -> part.offset() + " " + part.sizeInBytes() + " " + part.cardinality())
                        .orElse("");
    }

    /** What no file with other rows has, whenever it was listed. Vectors differ by their addresses, though one may have several. */
    String content() {
        return key() + " "
                + vector.map(part -> hasStoredVector()
                                ? vectorId.orElseGet(() -> part.pathOrInlineDv().replaceFirst("\\?.*", ""))
                                : part.pathOrInlineDv())
                        .orElse("");
    }

    /** The name of its content on this machine: the same for a file that is removed and added with another vector. */
    String dataName() {
        String name = PLAIN_ID.matcher(id).matches() ? id : Sha256.hexOf(id);
        String changed = version == 0 && kind == DeltaChange.Kind.ADD
                ? ""
                : version + (kind == DeltaChange.Kind.CDC ? "-cdc-" : "-");
        return changed + name + ".parquet";
    }

    /** Whether its vector is a file of its own. */
    boolean hasStoredVector() {
        return vector.filter(part -> part.storageType().equals("p")).isPresent();
    }

    /** The name of its vector on this machine. */
    String vectorName() {
        return dataName() + "." + Sha256.hexOf(content()).substring(0, 16) + ".dv";
    }

    URI address() {
        return URI.create(url);
    }

    /** Where its vector is. */
    URI vectorAddress() {
        return URI.create(vector.orElseThrow().pathOrInlineDv());
    }

    /** The same as it lies on this machine, where a stored vector is alone in its file. */
    DeltaFile local() {
        String name = dataName();
        return new DeltaFile(
                name,
                name,
                size,
                partitionValues,
                timestamp,
                stats,
                vector.map(part -> hasStoredVector()
                        ? new DeletionVector(
                                "p", vectorName(), OptionalInt.of(1), part.sizeInBytes(), part.cardinality())
                        : part),
                Map.of());
    }

    /** Without addresses. */
    @Override
    public String toString() {
        return "ClientFile[" + key() + ", " + size + " bytes]";
    }
}
