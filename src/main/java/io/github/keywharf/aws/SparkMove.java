package io.github.keywharf.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An object that is to have another name, noted before anything is done to it.
 *
 * @param from its key
 * @param etag its version
 * @param size its bytes
 * @param modified when it was written; its copy is younger, which matters where runs are known by time alone
 * @param to the new key
 * @param convert whether it is to become Parquet, which else it is
 */
record SparkMove(String from, String etag, long size, Instant modified, String to, boolean convert) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The version of the object that it is about. */
    StoredObject source() {
        return new StoredObject(from, size, etag, modified);
    }

    /** A name for what belongs to this move and to no other. */
    String id() {
        return Sha256.hexOf(from + '\n' + etag).substring(0, 32);
    }

    static byte[] write(List<SparkMove> moves) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (SparkMove move : moves) {
            array.addObject()
                    .put("from", move.from)
                    .put("etag", move.etag)
                    .put("size", move.size)
                    .put("modified", move.modified.toString())
                    .put("to", move.to)
                    .put("convert", move.convert);
        }
        try {
            return JSON.writeValueAsBytes(array);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Text and numbers can be written as JSON", e);
        }
    }

    static List<SparkMove> read(String subject, byte[] content) {
        try {
            List<SparkMove> moves = new ArrayList<>();
            for (JsonNode move : JSON.readTree(content)) {
                String from = ObjectKeys.check(move.path("from").asText());
                if (!move.path("to").asText().equals(from + SparkFormat.SUFFIX)) {
                    throw new IllegalArgumentException("'" + from + "' cannot become '" + move.path("to") + "'");
                }
                if (!move.path("size").canConvertToLong() || move.path("size").asLong() < 0) {
                    throw new IllegalArgumentException("'" + from + "' has no size");
                }
                moves.add(new SparkMove(
                        from,
                        move.path("etag").asText(),
                        move.path("size").asLong(),
                        Instant.parse(move.path("modified").asText()),
                        ObjectKeys.check(move.path("to").asText()),
                        move.path("convert").asBoolean()));
            }
            return moves;
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            throw new KeywharfException(
                    "aws.bad_journal",
                    subject,
                    "It is not a list of objects that get other names; restore it, or delete it once no object is"
                            + " there under both names",
                    e);
        }
    }
}
