package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.table.RowMask;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** One binary COPY into a table, from its first row to its last. */
public final class CopyWriter {

    private final CopyUpload upload;
    private final CopyBuffer out;
    private final CopyColumn[] columns;
    private final boolean numbered;

    private CopyWriter(CopyUpload upload, List<CopyColumn> columns, boolean numbered) {
        this.upload = upload;
        this.out = upload.out();
        this.columns = columns.toArray(new CopyColumn[0]);
        this.numbered = numbered;
    }

    /**
     * Starts a COPY.
     *
     * @param table as it stands in a statement
     * @param number a column before the others that takes each row's number; empty for none
     */
    public static CopyWriter start(Connection connection, String table, String number, List<CopyColumn> columns)
            throws SQLException {
        List<String> names = new ArrayList<>(number.isEmpty() ? List.of() : List.of(Quoted.name(number)));
        columns.forEach(column -> names.add(Quoted.name(column.target.name())));
        CopyUpload upload = CopyUpload.start(connection, table, names, CopyFormat.BINARY);
        return new CopyWriter(upload, columns, !number.isEmpty());
    }

    /** Sends rows of the batch that the columns are bound to, except those refused. */
    public void write(int from, int to, RowMask rejected, long before) throws SQLException {
        boolean any = rejected.any();
        for (int row = from; row < to; row++) {
            if (!any || !rejected.isRejected(row)) {
                head(before + row + 1);
                for (CopyColumn column : columns) {
                    column.write(out, row);
                }
            }
        }
    }

    /**
     * Sends the key of a refused row under its negative number, so that the server knows that the key is there.
     *
     * @param isKey which of the columns are its key
     */
    public void writeKey(int row, long before, boolean[] isKey) throws SQLException {
        head(-(before + row + 1));
        for (int i = 0; i < columns.length; i++) {
            if (isKey[i]) {
                columns[i].write(out, row);
            } else {
                out.putNull();
            }
        }
    }

    private void head(long number) throws SQLException {
        if (numbered) {
            out.putShort(columns.length + 1);
            out.putLongField(number);
        } else {
            out.putShort(columns.length);
        }
    }

    /** Ends the COPY; the rows are in the table, as far as this transaction goes. Gives how many the server took. */
    public long finish() throws SQLException {
        return upload.finish();
    }

    /** Gives the COPY up after {@code cause}, if it is still going on. */
    public void cancel(Throwable cause) {
        upload.cancel(cause);
    }

    /** How many bytes were sent. */
    public long bytes() {
        return out.total();
    }
}
