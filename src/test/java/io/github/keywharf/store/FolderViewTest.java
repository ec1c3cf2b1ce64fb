package io.github.keywharf.store;

import io.github.keywharf.testing.contract.ObjectStoreContract;

/** A folder of a store is a store. */
class FolderViewTest extends ObjectStoreContract {
    @Override
    protected ObjectStore emptyStore() {
        return ObjectStore.inMemory().under("some/folder");
    }
}
