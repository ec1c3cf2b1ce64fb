package io.github.keywharf.postgres;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
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
    private BytesVector values = (BytesVector) ColumnVector.ofNulls(ColumnType.STRING, 0);

    CopyText(TargetColumn target) {
        super(target);
        this.maxCharacters = target.maxCharacters();
        this.version = target.type().equals("jsonb");
        this.labels = new HashSet<>(target.labels());
    }

    @Override
    void take(ColumnVector vector) {
        values = (BytesVector) vector;
    }

    @Override
    void checkValues(int size, RowMask rejected) {
        if (size == 0) {
            return;
        }
        byte[] bytes = values.bytes();
        int end = values.endByte();
        boolean plain = true;
        for (int i = values.firstByte(); i < end; i++) {
            plain &= bytes[i] > 0;
        }
        if (!plain) {
            checkCharacters(size, rejected);
        }
        if (maxCharacters >= 0) {
            checkLengths(size, rejected);
        }
        if (!labels.isEmpty()) {
            checkLabels(size, rejected);
        }
    }

    private void checkCharacters(int size, RowMask rejected) {
        for (int row = 0; row < size; row++) {
            int at = Utf8.firstProblem(values.bytes(), values.offset(row), values.length(row));
            if (at >= 0 && !isNull(row)) {
                boolean zero = values.bytes()[values.offset(row) + at] == 0;
                rejected.reject(
                        row,
                        target.name(),
                        zero
                                ? "the text has the character U+0000, which PostgreSQL cannot store"
                                : "the text is not valid UTF-8 from byte " + (at + 1) + " on");
            }
        }
    }

    private void checkLengths(int size, RowMask rejected) {
        for (int row = 0; row < size; row++) {
            if (values.length(row) > maxCharacters) {
                int characters = Utf8.characters(values.bytes(), values.offset(row), values.length(row));
                if (characters > maxCharacters && !isNull(row)) {
                    rejected.reject(
                            row,
                            target.name(),
                            "the text has " + characters + " characters, which is more than " + target.declared()
                                    + " takes");
                }
            }
        }
    }

    private void checkLabels(int size, RowMask rejected) {
        for (int row = 0; row < size; row++) {
            if (!isNull(row) && !labels.contains(text(row))) {
                rejected.reject(
                        row,
                        target.name(),
                        "'" + text(row) + "' is none of " + target.declared() + " " + target.labels());
            }
        }
    }

    private String text(int row) {
        return new String(values.bytes(), values.offset(row), values.length(row), StandardCharsets.UTF_8);
    }

    @Override
    void writeValue(CopyBuffer out, int row) throws SQLException {
        int length = values.length(row);
        if (version) {
            out.putInt(length + 1);
            out.putBytes(ONE, 0, 1);
            out.putBytes(values.bytes(), values.offset(row), length);
        } else {
            out.putBytesField(values.bytes(), values.offset(row), length);
        }
    }

    private static final byte[] ONE = {1};
}
