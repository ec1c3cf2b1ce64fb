package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.copy.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of the server's {@code pgoutput} plugin, version 1, values as text (PostgreSQL documentation,
 * "Logical Replication Message Formats").
 */
final class PgOutput {

    /** Takes what the messages say, in their order. */
    interface Handler {

        /** A transaction begins. */
        void begun(long transaction);

        /** A row was inserted. */
        void inserted(Relation relation, Value[] row);

        /** A row was updated: {@code key} holds the columns that identified it before, if one of them changed. */
        void updated(Relation relation, Value @Nullable [] key, Value[] row);

        /** A row was deleted: {@code key} holds the columns that identified it. */
        void deleted(Relation relation, Value[] key);

        /** A table was emptied. */
        void emptied(Relation relation);

        /** All since the last call was one transaction, or a transaction without changes; whole up to that position. */
        void committed(long endPosition);
    }

    /**
     * A table as the messages that follow mean it.
     *
     * @param identity the columns that identify a changed row
     */
    record Relation(long oid, String namespace, String name, List<String> columns, List<String> identity) {}

    /** A value as text, null, or left out because it is large and did not change. */
    record Value(@Nullable String text, boolean unchanged) {

        static final Value NULL = new Value(null, false);
        static final Value UNCHANGED = new Value(null, true);
    }

    private final Handler handler;
    private final Map<Integer, Relation> relations = new HashMap<>();
    private byte[] message = new byte[0];
    private int at;

    PgOutput(Handler handler) {
        this.handler = handler;
    }

    void decode(byte[] bytes) {
        message = bytes;
        at = 1;
        switch (bytes[0]) {
            case 'C' -> {
                at += 1 + 8;
                handler.committed(int64());
            }
            case 'R' -> relation();
            case 'I' -> {
                Relation relation = known(int32());
                at++;
                handler.inserted(relation, tuple());
            }
            case 'U' -> update();
            case 'D' -> {
                Relation relation = known(int32());
                at++;
                handler.deleted(relation, tuple());
            }
            case 'T' -> truncate();
            case 'B' -> {
                at += 8 + 8;
                handler.begun(Integer.toUnsignedLong(int32()));
            }
            case 'Y', 'O', 'M' -> {
                // A type, an origin and an emitted message change no row.
            }
            default ->
                throw new KeywharfException(
                        "postgres.bad_feed",
                        "change feed",
                        "The server sent an unknown message '" + (char) bytes[0] + "'");
        }
    }

    private void relation() {
        int id = int32();
        String namespace = string();
        String name = string();
        at++;
        int count = int16();
        List<String> columns = new ArrayList<>(count);
        List<String> identity = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean identifies = (message[at++] & 1) == 1;
            String column = string();
            columns.add(column);
            if (identifies) {
                identity.add(column);
            }
            at += 4 + 4;
        }
        relations.put(id, new Relation(Integer.toUnsignedLong(id), namespace, name, columns, identity));
    }

    private void update() {
        Relation relation = known(int32());
        Value @Nullable [] before = null;
        byte part = message[at++];
        if (part != 'N') {
            before = tuple();
            at++;
        }
        Value[] after = tuple();
        if (before != null && part == 'O') {
            fillUnchanged(after, before);
        }
        handler.updated(relation, before, after);
    }

    private static void fillUnchanged(Value[] after, Value[] before) {
        for (int i = 0; i < after.length; i++) {
            if (after[i].unchanged()) {
                after[i] = before[i];
            }
        }
    }

    private void truncate() {
        int count = int32();
        at++;
        for (int i = 0; i < count; i++) {
            handler.emptied(known(int32()));
        }
    }

    private Relation known(int id) {
        Relation relation = relations.get(id);
        if (relation == null) {
            throw new KeywharfException(
                    "postgres.bad_feed", "change feed", "The server sent a row of an unknown table");
        }
        return relation;
    }

    private Value[] tuple() {
        Value[] values = new Value[int16()];
        for (int i = 0; i < values.length; i++) {
            byte kind = message[at++];
            values[i] = switch (kind) {
                case 'n' -> Value.NULL;
                case 'u' -> Value.UNCHANGED;
                default -> {
                    int length = int32();
                    at += length;
                    yield new Value(new String(message, at - length, length, StandardCharsets.UTF_8), false);
                }
            };
        }
        return values;
    }

    private int int16() {
        at += 2;
        return Wire.shortAt(message, at - 2);
    }

    private int int32() {
        at += 4;
        return Wire.intAt(message, at - 4);
    }

    private long int64() {
        at += 8;
        return Wire.longAt(message, at - 8);
    }

    private String string() {
        int start = at;
        while (message[at] != 0) {
            at++;
        }
        return new String(message, start, at++ - start, StandardCharsets.UTF_8);
    }
}
