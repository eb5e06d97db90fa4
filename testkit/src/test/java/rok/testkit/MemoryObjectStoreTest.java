package rok.testkit;

import rok.object.MemoryObjectStore;
import rok.object.ObjectStore;

class MemoryObjectStoreTest extends ObjectStoreContract {
    private final ObjectStore only = new MemoryObjectStore();

    @Override
    protected ObjectStore open() {
        return only;
    }
}
