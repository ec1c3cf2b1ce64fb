package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.RowMask;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** Text into columns of text, of an enum, and of JSON. */
final class CopyText extends CopyColumn {

    private final int maxCharacters;
    private final boolean version;
    private final Set<String> labels;

    CopyText(TargetColumn target) {
        super(target);
        this.maxCharacters = target.maxCharacters();
        this.version = target.type().equals("jsonb");
        this.labels = new HashSet<>(target.labels());
    }

    @Override
    void checkValues(int size, RowMask rejected) {
        if (size == 0) {
            return;
        }
        BytesVector values = bytes();
        byte[] bytes = values.bytes();
        int end = values.endByte();
        boolean plain = true;
        for (int i = values.firstByte(); i < end; i++) {
            plain &= bytes[i] > 0;
        }
        if (!plain) {
            reject(size, rejected, row -> problem(row) >= 0, row -> {
                int at = problem(row);
                return values.bytes()[values.offset(row) + at] == 0
                        ? "the text has the character U+0000, which PostgreSQL cannot store"
                        : "the text is not valid UTF-8 from byte " + (at + 1) + " on";
            });
        }
        if (maxCharacters >= 0) {
            reject(
                    size,
                    rejected,
                    row -> values.length(row) > maxCharacters && characters(row) > maxCharacters,
                    row -> "the text has " + characters(row) + " characters, which is more than " + target.declared()
                            + " takes");
        }
        if (!labels.isEmpty()) {
            reject(
                    size,
                    rejected,
                    row -> !isNull(row) && !labels.contains(text(row)),
                    row -> "'" + text(row) + "' is none of " + target.declared() + " " + target.labels());
        }
    }

    private int problem(int row) {
        return Utf8.firstProblem(bytes().bytes(), bytes().offset(row), bytes().length(row));
    }

    private int characters(int row) {
        return Utf8.characters(bytes().bytes(), bytes().offset(row), bytes().length(row));
    }

    private String text(int row) {
        return new String(bytes().bytes(), bytes().offset(row), bytes().length(row), StandardCharsets.UTF_8);
    }

    @Override
    void writeValue(CopyBuffer out, int row) throws SQLException {
        int length = bytes().length(row);
        if (version) {
            out.putInt(length + 1);
            out.putBytes(ONE, 0, 1);
            out.putBytes(bytes().bytes(), bytes().offset(row), length);
        } else {
            out.putBytesField(bytes().bytes(), bytes().offset(row), length);
        }
    }

    private static final byte[] ONE = {1};
}
