package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import java.sql.Connection;

/** Where connections come from. Thread-safe. */
public interface PgConnections extends AutoCloseable {

    /** Name of the event that a session waits for a lock that another one holds. */
    String LOCK_AWAITED = "postgres.lock.awaited";

    /**
     * A connection in auto-commit mode whose session nobody has changed. Close it, which undoes what was not committed
     * and may keep it for the next caller; {@link Connection#abort} it first when its state is not known. A COPY must
     * have ended before the connection is closed.
     *
     * @throws KeywharfException with code {@code postgres.unreachable}, {@code postgres.bad_credentials},
     *     {@code postgres.no_database}, {@code postgres.too_many_connections} or {@code postgres.no_driver}
     */
    Connection open();

    /** Receives the progress of writes, and waits. */
    default EventListener events() {
        return EventListener.NONE;
    }

    /** Host, port and database, for messages; never a password. */
    String name();

    /** Closes the connections that are waiting to be used again; closing twice is harmless. */
    @Override
    void close();
}
