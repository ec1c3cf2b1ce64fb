package io.github.keywharf.secret;

import io.github.keywharf.testing.contract.SecretStoreContract;

class MemorySecretStoreTest extends SecretStoreContract {

    @Override
    protected SecretStore store() {
        return SecretStore.inMemory();
    }
}
