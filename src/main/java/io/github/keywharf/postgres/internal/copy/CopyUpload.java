package io.github.keywharf.postgres.internal.copy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** One COPY from the client, from its first row to its last. */
public final class CopyUpload {

    private final CopyIn copy;
    private final CopyBuffer out;
    private final CopyFormat format;

    private CopyUpload(CopyIn copy, CopyFormat format) {
        this.copy = copy;
        this.out = new CopyBuffer(copy);
        this.format = format;
    }

    /**
     * Starts a COPY.
     *
     * @param table as it stands in a statement
     * @param columns as they stand in a statement
     */
    public static CopyUpload start(Connection connection, String table, List<String> columns, CopyFormat format)
            throws SQLException {
        CopyUpload upload = new CopyUpload(
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("COPY " + table + " (" + String.join(", ", columns) + ") FROM STDIN (FORMAT " + format
                                + ")"),
                format);
        if (format == CopyFormat.BINARY) {
            upload.out.header();
        }
        return upload;
    }

    /** Takes the rows. */
    public CopyBuffer out() {
        return out;
    }

    /** Ends the COPY; the rows are in the table, as far as this transaction goes. Gives how many the server took. */
    public long finish() throws SQLException {
        if (format == CopyFormat.BINARY) {
            out.trailer();
        }
        out.flush();
        return copy.endCopy();
    }

    /** Gives the COPY up after {@code cause}, if it is still going on. */
    public void cancel(Throwable cause) {
        try {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
