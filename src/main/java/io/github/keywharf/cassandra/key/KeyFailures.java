package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.key.KeyRing;
import java.time.Duration;

/**
 * Failures of the last minutes, counted where all hosts see them. A key's failures count by key and origin together, so
 * that a flood from elsewhere never locks its holder out. Thread-safe.
 *
 * <p>A count stops at its limit: what is refused for the limit writes nothing, so that a flood costs two reads of at most
 * so many rows an attempt.
 */
final class KeyFailures {
    private final KeyStatements statements;
    private final String table;
    private final int perKey;
    private final int perOrigin;
    private final Duration window;

    KeyFailures(KeyStatements statements, KeyNames names, int perKey, int perOrigin, Duration window) {
        this.statements = statements;
        this.table = names.table("key_failure");
        this.perKey = perKey;
        this.perOrigin = perOrigin;
        this.window = window;
    }

    /**
     * Refuses an attempt after too many failures.
     *
     * @throws KeywharfException with code {@code key.rate_limited}
     */
    void check(String keyId, String from) {
        if (count(ofOrigin(from), perOrigin) >= perOrigin || count(ofKey(keyId, from), perKey) >= perKey) {
            throw KeywharfException.retryable(
                    KeyRing.RATE_LIMITED,
                    "key " + keyId,
                    "Too many attempts failed from there; try again after " + window);
        }
    }

    private int count(String bucket, int limit) {
        return statements
                .readNearby("SELECT at FROM " + table + " WHERE bucket = ? LIMIT ?", bucket, limit)
                .size();
    }

    /**
     * Counts one more, whether there is such a key or not: a count by key for known ones only would reveal which ids exist.
     * Whoever makes up ids makes no more rows by it than the limit of the origin lets pass.
     *
     * @param guess whether the key was wrong, rather than one that has ended, whose holder harms nobody but itself
     * @return whether that was the last one that is let through
     */
    boolean add(String keyId, String from, boolean guess) {
        boolean last = add(ofKey(keyId, from), perKey);
        if (guess) {
            last |= add(ofOrigin(from), perOrigin);
        }
        return last;
    }

    private boolean add(String bucket, int limit) {
        statements.count("INSERT INTO " + table + " (bucket, at) VALUES (?, now()) USING TTL ?", bucket, (int)
                Math.max(1, window.toSeconds()));
        return count(bucket, limit) >= limit;
    }

    private static String ofOrigin(String from) {
        return "from " + from;
    }

    private static String ofKey(String keyId, String from) {
        return "key " + keyId + " from " + from;
    }
}
