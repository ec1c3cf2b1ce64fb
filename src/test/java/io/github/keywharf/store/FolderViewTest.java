package io.github.keywharf.store;

/** A folder of a store is a store. */
class FolderViewTest extends ObjectStoreContract {
    @Override
    protected ObjectStore emptyStore() {
        return ObjectStore.inMemory().under("some/folder");
    }
}
