package io.github.keywharf.secret;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Secrets in memory. */
final class MemorySecrets implements SecretStore {
    private final Map<String, Secret> secrets = new ConcurrentSkipListMap<>();

    @Override
    public Optional<Secret> find(String name) {
        return Optional.ofNullable(secrets.get(Objects.requireNonNull(name, "name")))
                .map(Secret::copy);
    }

    @Override
    public void put(String name, Secret secret) {
        SecretStore.checkName(name);
        Arrays.fill(SecretNames.utf8(name, secret), (byte) 0);
        // A replaced secret is not closed, because another thread may be copying it.
        secrets.put(name, secret.copy());
    }

    @Override
    public void remove(String name) {
        secrets.remove(SecretStore.checkName(name));
    }

    @Override
    public List<String> names() {
        return List.copyOf(secrets.keySet());
    }

    @Override
    public String toString() {
        return secrets.size() + " secrets in memory";
    }
}
