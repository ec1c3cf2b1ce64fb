package io.github.keywharf.format;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import java.util.List;

/** The characters of one CSV file that is written. */
record CsvFormat(char separator, String nullText, String lineEnd) {

    private static final List<ColumnType> UNQUOTED = List.of(
            ColumnType.BOOLEAN,
            ColumnType.FLOAT64,
            ColumnType.BYTES,
            ColumnType.UUID,
            ColumnType.DATE,
            ColumnType.TIME,
            ColumnType.TIMESTAMP,
            ColumnType.TIMESTAMP_UTC);

    CsvFormat {
        for (ColumnType type : UNQUOTED) {
            char[] text = nullText.toCharArray();
            if (FieldParser.of(ColumnVector.builder(type, 1)).append(text, 0, text.length)) {
                throw new IllegalArgumentException("nullText '" + nullText + "' is a " + type
                        + " too; use a text that is not a value, such as \\N");
            }
        }
        Csv.checkTogether(nullText, separator);
    }
}
