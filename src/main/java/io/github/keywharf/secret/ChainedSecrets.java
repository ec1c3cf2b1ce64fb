package io.github.keywharf.secret;

import java.util.Objects;
import java.util.Optional;

/** Secrets of one source, or of another that has the names absent from the first. */
final class ChainedSecrets implements SecretSource {
    private final SecretSource first;
    private final SecretSource second;

    ChainedSecrets(SecretSource first, SecretSource second) {
        this.first = first;
        this.second = Objects.requireNonNull(second, "next");
    }

    @Override
    public Optional<Secret> find(String name) {
        return first.find(name).or(() -> second.find(name));
    }

    @Override
    public String toString() {
        return first + ", then " + second;
    }
}
