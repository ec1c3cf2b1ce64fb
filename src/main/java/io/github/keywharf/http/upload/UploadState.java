package io.github.keywharf.http.upload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is durable of an upload besides its content.
 *
 * @param id which is also the name of its directory
 * @param offset bytes of the content that are durable; what the file has beyond is cut
 * @param length bytes of the whole, once that is known
 * @param maxBytes that the whole may have
 * @param declared SHA-256 that the client declared when it created the upload
 * @param progressed when it last got further
 * @param lastAppend offset at which the last request began, once the content has arrived whole
 * @param sha256 of the whole, once it has arrived
 */
record UploadState(
        String id,
        String owner,
        String name,
        Phase phase,
        long offset,
        OptionalLong length,
        long maxBytes,
        Optional<String> declared,
        Instant progressed,
        long lastAppend,
        @Nullable String sha256) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int VERSION = 1;

    /** How far an upload has come. */
    enum Phase {
        /** Content is missing. */
        RECEIVING,
        /** All is there, and the receiver has not taken it yet. */
        FINISHED,
        /** The receiver has taken it. */
        COMPLETED,
        /** It was refused once it was whole, and its content is gone. */
        REFUSED
    }

    /** Whether its last answer is kept. */
    boolean isOver() {
        return phase == Phase.COMPLETED || phase == Phase.REFUSED;
    }

    UploadState at(long newOffset, Instant now) {
        return new UploadState(id, owner, name, phase, newOffset, length, maxBytes, declared, now, lastAppend, sha256);
    }

    UploadState ofLength(long known) {
        return new UploadState(
                id,
                owner,
                name,
                phase,
                offset,
                OptionalLong.of(known),
                maxBytes,
                declared,
                progressed,
                lastAppend,
                sha256);
    }

    UploadState whole(long begun, long end, String digest, Instant now) {
        return new UploadState(
                id, owner, name, Phase.FINISHED, end, OptionalLong.of(end), maxBytes, declared, now, begun, digest);
    }

    UploadState in(Phase next, Instant now) {
        return new UploadState(id, owner, name, next, offset, length, maxBytes, declared, now, lastAppend, sha256);
    }

    byte[] json() {
        ObjectNode json = JSON.createObjectNode()
                .put("version", VERSION)
                .put("id", id)
                .put("owner", owner)
                .put("name", name)
                .put("phase", phase.name())
                .put("offset", offset)
                .put("length", length.orElse(-1))
                .put("maxBytes", maxBytes)
                .put("declared", declared.orElse(null))
                .put("progressed", progressed.toString())
                .put("lastAppend", lastAppend)
                .put("sha256", sha256);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The state that a file holds, or empty where that is not one of this version. */
    static Optional<UploadState> parse(byte[] content) {
        try {
            JsonNode json = JSON.readTree(content);
            if (json.required("version").asInt() != VERSION) {
                return Optional.empty();
            }
            long length = json.required("length").asLong();
            return Optional.of(new UploadState(
                    json.required("id").asText(),
                    json.required("owner").asText(),
                    json.required("name").asText(),
                    Phase.valueOf(json.required("phase").asText()),
                    json.required("offset").asLong(),
                    length < 0 ? OptionalLong.empty() : OptionalLong.of(length),
                    json.required("maxBytes").asLong(),
                    Optional.ofNullable(json.required("declared").textValue()),
                    Instant.parse(json.required("progressed").asText()),
                    json.required("lastAppend").asLong(),
                    json.required("sha256").textValue()));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
