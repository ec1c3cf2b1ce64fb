package io.github.keywharf.store;

import io.github.keywharf.testing.contract.ObjectStoreContract;

/** The store in memory keeps the contract. */
class MemoryStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore emptyStore() {
        return ObjectStore.inMemory();
    }
}
