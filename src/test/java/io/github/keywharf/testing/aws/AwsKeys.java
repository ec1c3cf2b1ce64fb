package io.github.keywharf.testing.aws;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The key pairs that fakes accept; fakes of one account share them. Thread-safe. */
public final class AwsKeys {
    /** A pair that each account has. */
    public static final String ACCESS_KEY = "AKIAFAKEACCOUNT";

    /** Its secret. */
    public static final String SECRET_KEY = "fake/secret+key";

    /** @param sessionToken empty for a lasting pair */
    record Key(String secret, String sessionToken) {}

    private final Map<String, Key> keys = new ConcurrentHashMap<>(Map.of(ACCESS_KEY, new Key(SECRET_KEY, "")));

    /** Accepts a pair, with a session token or an empty text. */
    public AwsKeys issue(String accessKey, String secretKey, String sessionToken) {
        keys.put(accessKey, new Key(secretKey, sessionToken));
        return this;
    }

    Optional<Key> find(String accessKey) {
        return Optional.ofNullable(keys.get(accessKey));
    }
}
