package io.github.keywharf.sharing;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import java.util.List;
import java.util.Optional;

/** Secrets that can be read and not written. */
class FailingSecrets implements SecretStore {
    private final SecretStore real;

    FailingSecrets(SecretStore real) {
        this.real = real;
    }

    @Override
    public Optional<Secret> find(String name) {
        return real.find(name);
    }

    @Override
    public void put(String name, Secret secret) {
        throw KeywharfException.retryable("secret.unavailable", name, "The vault is away");
    }

    @Override
    public void remove(String name) {
        throw KeywharfException.retryable("secret.unavailable", name, "The vault is away");
    }

    @Override
    public List<String> names() {
        return real.names();
    }
}
