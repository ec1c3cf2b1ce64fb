package io.github.keywharf.secret;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Secrets from a map. */
final class MapSecrets implements SecretSource {
    private final Map<String, String> secrets;

    MapSecrets(Map<String, String> secrets) {
        this.secrets = Map.copyOf(secrets);
    }

    @Override
    public Optional<Secret> find(String name) {
        return Optional.ofNullable(secrets.get(Objects.requireNonNull(name, "name")))
                .map(Secret::of);
    }

    @Override
    public String toString() {
        return "map of " + secrets.size() + " secrets";
    }
}
