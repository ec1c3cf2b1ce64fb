package io.github.keywharf.testing;

import io.github.keywharf.KeywharfException;

/** What a fake throws when its connection is gone; over a port, {@link FakeServer} resets it. */
public final class DroppedConnection extends KeywharfException {
    private static final long serialVersionUID = 1L;
    private static final String PROBLEM = "The connection was lost; the request may have been carried out";

    /** The error that a client would see. */
    public DroppedConnection(String subject) {
        super(KeywharfException.retryable("http.broken", subject, PROBLEM), subject, PROBLEM, null);
    }
}
