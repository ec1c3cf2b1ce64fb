package io.github.keywharf.secret;

class MemorySecretStoreTest extends SecretStoreContract {

    @Override
    protected SecretStore store() {
        return SecretStore.inMemory();
    }
}
