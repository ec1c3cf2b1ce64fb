package io.github.keywharf.store;

/** The store in memory keeps the contract. */
class MemoryStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore emptyStore() {
        return ObjectStore.inMemory();
    }
}
